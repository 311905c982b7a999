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

const readerOf = (path: string): Reader => (/^(commands|queries)\//.test(path) ? 'service' : 'client');

describe('the frozen schemas of v1', () => {
  test('are of messages and events', () => {
    expect(frozenPaths.length).toBeGreaterThanOrEqual(46);
  });

  test.each(frozenPaths.filter((path) => !path.startsWith('events/')))('%s has at most grown since', (path) => {
    expect(nonAdditiveChanges(readFrozen(path), currentAt(path), readerOf(path))).toEqual([]);
  });

  test.each(frozenPaths.filter((path) => path.startsWith('events/')))('%s is as it was stored', (path) => {
    expect(currentAt(path)).toEqual(readFrozen(path));
  });
});

describe('a change of a schema', () => {
  const frozen = {
    type: 'object',
    properties: {
      node: { type: 'string', maxLength: 9 },
      list: { type: 'array', items: { type: 'object', properties: {} } },
    },
    required: ['node'],
  };

  const changed = (changes: object, reader: Reader = 'service') =>
    nonAdditiveChanges(frozen, { ...frozen, ...changes }, reader);

  const { node, list } = frozen.properties;

  test.each([
    ['an optional field', { properties: { node, list, zone: { type: 'string' } } }],
    [
      'an optional field deep inside',
      { properties: { node, list: { ...list, items: { type: 'object', properties: { a: {} } } } } },
    ],
  ])('by %s is additive', (_what, changes) => {
    expect(changed(changes)).toEqual([]);
  });

  test.each([
    ['a field taken away', { properties: { node } }],
    ['a field of another type', { properties: { node: { type: 'integer' }, list } }],
    ['a tighter limit', { properties: { node: { ...node, maxLength: 8 }, list } }],
    ['a limit where there was none', { properties: { node, list: { ...list, maxItems: 5 } } }],
    ['an item that lost a field', { properties: { node, list: { type: 'array', items: { type: 'string' } } } }],
    ['a field that became required', { required: ['node', 'list'] }],
  ])('by %s is not additive', (_what, changes) => {
    expect(changed(changes)).not.toEqual([]);
  });

  test('by a field that replies no longer always carry is not additive', () => {
    expect(changed({ required: [] }, 'client')).not.toEqual([]);
    expect(changed({ required: [] }, 'service')).toEqual([]);
    expect(changed({ required: ['node', 'list'] }, 'client')).toEqual([]);
  });
});
