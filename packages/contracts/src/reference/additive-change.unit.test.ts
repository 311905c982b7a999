import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nonAdditiveChanges, type Reader } from './additive-change.ts';
import { jsonSchemas } from './json-schemas.ts';

const FROZEN = new URL('../../frozen/v1/', import.meta.url);

const frozenPaths = readdirSync(FROZEN, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.json'))
  .map((path) => path.replaceAll('\\', '/'));

const readFrozen = (path: string): unknown => JSON.parse(readFileSync(new URL(path, FROZEN), 'utf8'));

const current = jsonSchemas();

/** Schemas as JSON, without what JSON does not keep. */
const currentAt = (path: string): unknown => JSON.parse(JSON.stringify(current.get(path) ?? null));

/** Services read what is sent to them, and what they stored. */
const readerOf = (path: string): Reader => (/^(commands|queries|events)\//.test(path) ? 'service' : 'client');

describe('the frozen schemas of v1', () => {
  test('are of every message and event', () => {
    expect(frozenPaths.toSorted()).toEqual([...current.keys()].toSorted());
  });

  test.each(frozenPaths)('%s has at most grown since', (path) => {
    expect(nonAdditiveChanges(readFrozen(path), currentAt(path), readerOf(path))).toEqual([]);
  });
});

describe('a change of a schema', () => {
  const frozen = {
    type: 'object',
    properties: {
      node: { type: 'string', maxLength: 9 },
      list: { type: 'array', items: { type: 'object', properties: {} } },
      mode: { type: 'string', const: 'full' },
      kind: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
    },
    required: ['node'],
  };

  const changed = (changes: object, reader: Reader = 'service') =>
    nonAdditiveChanges(frozen, { ...frozen, ...changes }, reader);

  const { node, list, mode, kind } = frozen.properties;
  const { properties } = frozen;

  test.each([
    ['an optional field', { properties: { ...properties, zone: { type: 'string' } } }],
    [
      'an optional field deep inside',
      { properties: { ...properties, list: { ...list, items: { type: 'object', properties: { a: {} } } } } },
    ],
    ['another word', { properties: { ...properties, mode: { type: 'string', enum: ['flat', 'full'] } } }],
    [
      'another alternative, wherever it stands',
      { properties: { ...properties, kind: { oneOf: [{ type: 'boolean' }, ...kind.oneOf] } } },
    ],
  ])('by %s is additive', (_what, changes) => {
    expect(changed(changes)).toEqual([]);
  });

  test.each([
    ['a field taken away', { properties: { node, mode, kind } }],
    ['a field of another type', { properties: { ...properties, node: { type: 'integer' } } }],
    ['a tighter limit', { properties: { ...properties, node: { ...node, maxLength: 8 } } }],
    ['a limit where there was none', { properties: { ...properties, list: { ...list, maxItems: 5 } } }],
    [
      'an item that lost a field',
      { properties: { ...properties, list: { type: 'array', items: { type: 'string' } } } },
    ],
    ['a word taken away', { properties: { ...properties, mode: { type: 'string', const: 'flat' } } }],
    ['words where there was any text', { properties: { ...properties, node: { ...node, enum: ['a'] } } }],
    ['an alternative taken away', { properties: { ...properties, kind: { oneOf: [{ type: 'string' }] } } }],
    ['a field that became required', { required: ['node', 'list'] }],
  ])('by %s is not additive', (_what, changes) => {
    expect(changed(changes)).not.toEqual([]);
  });

  test('into a choice of which it is one is additive for services alone', () => {
    const choice = { oneOf: [{ type: 'string' }, frozen] };
    expect(nonAdditiveChanges({ $schema: 'x', ...frozen }, choice, 'service')).toEqual([]);
    expect(nonAdditiveChanges(frozen, choice, 'client')).not.toEqual([]);
    expect(nonAdditiveChanges(frozen, { oneOf: [{ type: 'string' }] }, 'service')).not.toEqual([]);
  });

  test('by a larger limit is additive for services alone', () => {
    const larger = { properties: { ...properties, node: { ...node, maxLength: 10 } } };
    expect(changed(larger, 'service')).toEqual([]);
    expect(changed(larger, 'client')).not.toEqual([]);
  });

  test('by a field that replies no longer always carry is not additive', () => {
    expect(changed({ required: [] }, 'client')).not.toEqual([]);
    expect(changed({ required: [] }, 'service')).toEqual([]);
    expect(changed({ required: ['node', 'list'] }, 'client')).toEqual([]);
  });
});
