import { readFileSync } from 'node:fs';
import { COMMAND_TYPES, type CommandType } from '@fleetbook/domain';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { ANSWER_SCHEMAS } from '../answers/schemas.ts';
import { parseBatch, parseCommand } from '../commands/parse.ts';
import { ERROR_CATALOGUE, fleetbookError, isErrorCode } from '../errors/error.ts';
import { decodeStoredEvent } from '../events/decode.ts';
import { STORED_EVENT_SCHEMAS } from '../events/schemas.ts';
import { parseQuery } from '../queries/parse.ts';
import { batchReplySchema, commandReplySchema, queryReplySchema } from '../replies/schemas.ts';
import { encodeToken, isQueryName, QUERY_NAMES } from '../subjects.ts';
import { REFERENCE_DIRECTORY } from './files.ts';

interface Example {
  readonly page: string;
  readonly schema: string;
  readonly text: string;
}

const pageText = (page: string): string => readFileSync(new URL(page, REFERENCE_DIRECTORY), 'utf8');

const examplesIn = (page: string): Example[] =>
  [...pageText(page).matchAll(/^```json ?(\S*)\n(.*?)^```$/gms)].map(([, schema = '', text = '']) => ({
    page,
    schema,
    text,
  }));

const examples = ['commands.md', 'queries.md', 'events.md'].flatMap(examplesIn);

const isCommandType = (name: string): name is CommandType => COMMAND_TYPES.some((type) => type === name);

const succeeds = (schema: z.ZodType, text: string): boolean => schema.safeParse(JSON.parse(text)).success;

const SENDER = { role: 'agent', actor: 'agent-17' } as const;

const isValid = ({ schema, text }: Example): boolean => {
  const [kind = '', name = ''] = schema.split('/');
  const bytes = Buffer.from(text);
  if (kind === 'commands' && name === 'Batch') {
    const batch = parseBatch(SENDER, bytes);
    return batch.ok && batch.value.every((reading) => reading.ok);
  }
  if (kind === 'commands' && isCommandType(name)) {
    return parseCommand({ ...SENDER, command: name }, bytes).ok;
  }
  if (kind === 'queries' && isQueryName(name)) {
    return parseQuery(name, bytes).ok;
  }
  if (kind === 'answers' && isQueryName(name)) {
    return succeeds(queryReplySchema(ANSWER_SCHEMAS[name]), text);
  }
  if (kind === 'replies') {
    return succeeds(name === 'batch' ? batchReplySchema : commandReplySchema, text);
  }
  const event = JSON.parse(text);
  return kind === 'events' && decodeStoredEvent(event).ok && name === `${event.type}.v${event.schemaVersion}`;
};

interface ErrorExample {
  readonly code: string;
  readonly details: Readonly<Record<string, string>>;
}

const errorsIn = (value: unknown): ErrorExample[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, child]) => (key === 'error' ? [child] : errorsIn(child)));

describe('examples of the reference', () => {
  test.each(examples)('$page: $schema is what a service reads or sends', (example) => {
    expect(isValid(example)).toBe(true);
  });

  test.each([
    ['commands.md', [...COMMAND_TYPES, 'Batch'].map((name) => `commands/${name}`)],
    ['queries.md', QUERY_NAMES.flatMap((name) => [`queries/${name}`, `answers/${name}`])],
  ])('%s shows every one of them', (page, wanted) => {
    const shown = new Set(examplesIn(page).map(({ schema }) => schema));
    expect(wanted.filter((schema) => !shown.has(schema))).toEqual([]);
  });

  test('show errors as the catalogue makes them', () => {
    const errors = examples.flatMap(({ text }) => errorsIn(JSON.parse(text)));
    expect(errors.length).toBeGreaterThan(2);
    for (const error of errors) {
      expect(isErrorCode(error.code) && fleetbookError(error.code, error.details)).toEqual(error);
    }
  });

  test('show subject tokens as they are encoded', () => {
    expect(pageText('commands.md').includes(`\`${encodeToken('rack1.host17')}\``)).toBe(true);
  });

  test('name only error codes that exist', () => {
    const named = examples
      .map(({ page }) => page)
      .flatMap((page) => [...pageText(page).matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)]);
    const unknown = named.map(([, code = '']) => code).filter((code) => !Object.hasOwn(ERROR_CATALOGUE, code));
    expect([...new Set(unknown)]).toEqual(['FILTERED_BY_TRAIT', 'FILTERED_BY_AGGREGATE']);
  });

  test('describe every type of event', () => {
    const listed = [...pageText('events.md').matchAll(/^\| `([A-Za-z]+)` \| (?:none|any|[A-Z])/gm)].map(
      ([, type]) => type,
    );
    expect(listed).toEqual(Object.keys(STORED_EVENT_SCHEMAS));
  });
});
