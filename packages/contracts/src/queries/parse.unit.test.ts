import { describe, expect, test } from 'vitest';
import { QUERY_NAMES, type QueryName } from '../subjects.ts';
import { encodeQuery, parseQuery } from './parse.ts';

const faultOf = (name: QueryName, body: unknown) => {
  const result = parseQuery(name, Buffer.from(JSON.stringify(body)));
  return result.ok ? undefined : { code: result.error.code, ...result.error.details };
};

const request = { resources: { VCPU: 1 } };

describe('a query', () => {
  test.each(['nodes', 'moves', 'attention', 'counters', 'usage', 'health', 'digest', 'writer'] as const)(
    '%s needs no body',
    (name) => {
      expect(parseQuery(name, new Uint8Array())).toEqual({ ok: true, value: {} });
    },
  );

  test.each(QUERY_NAMES)('%s refuses an unknown field by its name', (name) => {
    expect(faultOf(name, { atleast: 'h.1' })).toEqual({ code: 'UNKNOWN_FIELD', path: 'atleast' });
  });

  test('is read as it was encoded', () => {
    const query = { request, limit: 3, strategy: 'spread', seed: 7, atLeast: 'h.1.2', deadlineMs: 0 } as const;
    expect(parseQuery('candidates', encodeQuery('candidates', query))).toEqual({ ok: true, value: query });
  });

  test.each([
    ['no token', 'health', { atLeast: '17' }, 'atLeast', 'token'],
    ['a token without a number', 'health', { atLeast: 'history.' }, 'atLeast', 'token'],
    ['a token with a padded number', 'health', { atLeast: 'history.07' }, 'atLeast', 'token'],
    ['a deadline beyond a minute', 'health', { deadlineMs: 60_001 }, 'deadlineMs', 'at most 60000'],
    ['a limit of nothing', 'nodes', { limit: 0 }, 'limit', 'at least 1'],
    ['a limit beyond a page', 'candidates', { request, limit: 1_001 }, 'limit', 'at most 1000'],
    ['an unknown status', 'nodes', { status: 'gone' }, 'status', 'one of: enabled, disabled, down, retired'],
    ['an unknown kind of move', 'moves', { kind: 'warm' }, 'kind', 'one of: resize, cold, live, evacuation, unshelve'],
    ['a kind twice', 'attention', { kinds: ['drift', 'drift'] }, 'kinds', 'no repetition'],
    ['no kind at all', 'attention', { kinds: [] }, 'kinds', 'at least 1 item'],
    ['counters of two things', 'counters', { node: 'a', tenant: 'b' }, '(body)', 'at most one of node and tenant'],
    ['no node', 'node', {}, 'node', 'required'],
    ['usage of two things', 'usage', { node: 'a', tenant: 'b' }, '(body)', 'at most one of node, tenant and aggregate'],
    ['history of nothing', 'history', {}, '(body)', 'exactly one of node, instance, move and command'],
    [
      'history of two things',
      'history',
      { node: 'a', command: 'b' },
      '(body)',
      'exactly one of node, instance, move and command',
    ],
    ['no request', 'candidates', {}, 'request', 'required'],
    ['an amount of zero', 'capacity', { request: { resources: { VCPU: 0 } } }, 'request.resources.VCPU', 'at least 1'],
    ['a seed below zero', 'candidates', { request, seed: -1 }, 'seed', 'at least 0'],
    [
      'the role of the writer',
      'outcome',
      { commandId: 'c', role: 'system', actor: 'a' },
      'role',
      'one of: agent, scheduler, operator',
    ],
  ] as const)('with %s is refused', (_what, name, body, path, rule) => {
    expect(faultOf(name, body)).toEqual({ code: 'INVALID_FIELD', path, rule });
  });
});
