import { readdirSync, readFileSync } from 'node:fs';
import type { EventType, LedgerEventOf } from '@fleetbook/domain';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import { decodeStoredEvent } from './decode.ts';
import { STORED_EVENT_SCHEMAS } from './schemas.ts';
import { EVENT_CHECKS } from './shapes.ts';

const GOLDEN = new URL('../golden/', import.meta.url);

const goldenText = (name: string): string => readFileSync(new URL(name, GOLDEN), 'utf8');

const golden = (name: string): Readonly<Record<string, unknown>> => JSON.parse(goldenText(name));

const versions = Object.entries(STORED_EVENT_SCHEMAS).flatMap(([type, schemas]) =>
  schemas.map((schema, index) => ({ name: `${type}.v${index + 1}`, schema })),
);

/** `<type>.v<version>.json`, and `<type>.v<version>.<what is special>.json` for further ones. */
const goldens = versions.flatMap(({ name: version, schema }) =>
  readdirSync(GOLDEN)
    .filter((name) => name.startsWith(`${version}.`))
    .map((name) => ({ name, schema })),
);

const kindOf = (raw: unknown): string => {
  const decoded = decodeStoredEvent(raw);
  return decoded.ok ? 'read' : decoded.error.kind;
};

describe('golden events', () => {
  test('there is one of every type and version, and no other', () => {
    expect(readdirSync(GOLDEN)).toEqual(expect.arrayContaining(versions.map(({ name }) => `${name}.json`)));
    expect(goldens.map(({ name }) => name).sort()).toEqual(readdirSync(GOLDEN).sort());
    expect(Object.keys(EVENT_CHECKS)).toEqual(Object.keys(STORED_EVENT_SCHEMAS));
  });

  test.each(goldens)('$name is read by the schema and by the quick check', ({ name, schema }) => {
    const raw = golden(name);
    expect(schema.safeParse(raw).error).toBeUndefined();
    expect(kindOf(raw)).toBe('read');
  });

  test.each(goldens)('$name keeps the stored order of its fields', ({ name, schema }) => {
    const raw = golden(name);
    expect(JSON.stringify(schema.parse(raw))).toBe(JSON.stringify(raw));
  });
});

describe('a stored event is refused', () => {
  const raw = golden('InstanceClaimed.v1.json');
  const data = { node: 'host-17', charge: [] };

  test.each([
    ['that is no object', [raw]],
    ['without a type', { ...raw, type: undefined }],
    ['without a version', { ...raw, schemaVersion: undefined }],
    ['of version 0', { ...raw, schemaVersion: 0 }],
    ['of version 1.5', { ...raw, schemaVersion: 1.5 }],
    ['with a field too many', { ...raw, extra: 1 }],
    ['with a field too many in its data', { ...raw, data: { ...data, extra: 1 } }],
    ['without its command', { ...raw, command: undefined }],
    ["with another event's command", { ...raw, command: golden('NodeRegistered.v1.json')['command'] }],
    ['with a number that is no integer', { ...raw, number: 1.5 }],
    ['with a role nobody has', { ...raw, actor: { role: 'root', id: 'a' } }],
  ])('%s', (_what, event) => {
    expect(kindOf(JSON.parse(JSON.stringify(event)))).toBe('malformed');
  });

  test.each([
    ['a version newer than this release knows', { ...raw, schemaVersion: 2 }],
    ['a type newer than this release knows', { ...raw, type: 'InstanceMoved' }],
    ['a type named like a property of every object', { ...raw, type: 'constructor' }],
  ])('as too new: %s', (_what, event) => {
    expect(kindOf(event)).toBe('too-new');
  });
});

test('what a schema reads is the event of the domain', () => {
  type Newest = { [Type in EventType]: z.output<(typeof STORED_EVENT_SCHEMAS)[Type][0]> };
  expectTypeOf<Newest>().toExtend<{ [Type in EventType]: LedgerEventOf<Type> }>();
});
