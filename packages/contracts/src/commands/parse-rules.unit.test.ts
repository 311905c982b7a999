import type { CommandType } from '@fleetbook/domain';
import { describe, expect, test } from 'vitest';
import { parseBatch, parseCommand } from './parse.ts';
import { SAMPLE_BODIES } from './sample-bodies.ts';

const SENDER = { role: 'agent', actor: 'agent-1' } as const;

const encode = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value), 'utf8');

const parse = (command: CommandType, changes: Readonly<Record<string, unknown>> = {}) =>
  parseCommand({ ...SENDER, command }, encode({ ...SAMPLE_BODIES[command], ...changes }));

const faultOf = (command: CommandType, changes: Readonly<Record<string, unknown>>) => {
  const result = parse(command, changes);
  return result.ok ? undefined : { code: result.error.code, ...result.error.details };
};

describe('an atomic batch', () => {
  const { commandId, origin } = SAMPLE_BODIES.ConfirmClaim;
  const part = { type: 'ConfirmClaim', node: 'host-17', instance: 'vm-4711', claimId: 'claim-1' };

  test('on the subject of batches is the command of that name', () => {
    const batch = parseBatch(SENDER, encode({ atomic: true, ...SAMPLE_BODIES.AtomicBatch }));
    expect(batch).toEqual({ ok: true, value: [parse('AtomicBatch')] });
  });

  test('gives its origin to each part', () => {
    const result = parse('AtomicBatch', { commands: [part] });
    const { type, ...fields } = part;
    expect(result.ok && JSON.stringify(result.value.command)).toBe(
      JSON.stringify({ type: 'AtomicBatch', origin, commands: [{ type, origin, ...fields }] }),
    );
  });

  test.each([
    ['neither atomic nor not', { atomic: false, commands: [] }, { path: 'atomic', rule: 'one of: true' }],
    ['without parts', { atomic: true, commands: [] }, { path: 'commands', rule: 'at least 1 item' }],
    [
      'of more than 64 parts',
      { atomic: true, commands: Array(65).fill(part) },
      { path: 'commands', rule: 'at most 64 items' },
    ],
    [
      'with an envelope in a part',
      { atomic: true, commands: [part, { ...part, commandId }] },
      { path: 'commands[1].commandId' },
    ],
    [
      'whose parts could not be named',
      { atomic: true, commandId: 'c'.repeat(251) },
      { path: 'commandId', rule: 'at most 250 characters' },
    ],
    [
      'with a part of no type',
      { atomic: true, commands: [{ node: 'a' }] },
      { path: 'commands[0].type', rule: 'required' },
    ],
    ['with a part that is no object', { atomic: true, commands: [7] }, { path: 'commands[0]', rule: 'object' }],
    [
      'with a wrong field in a part',
      { atomic: true, commands: [part, { ...part, node: '' }] },
      { path: 'commands[1].node', rule: 'id' },
    ],
  ])('%s is refused', (_what, fields, details) => {
    const batch = parseBatch(SENDER, encode({ ...SAMPLE_BODIES.AtomicBatch, ...fields }));
    const [reading] = batch.ok ? batch.value : [batch];
    expect(reading?.ok === false && reading.error.details).toEqual(details);
  });

  test('has only commands that can be undone together', () => {
    for (const type of ['RegisterNode', 'AtomicBatch', 'ForceDrop']) {
      expect(faultOf('AtomicBatch', { commands: [{ ...part, type }] })).toMatchObject({
        path: 'commands[0].type',
        rule: expect.stringMatching(/^one of: ClaimInstance, .*, DropMoveClaim$/),
      });
    }
  });
});

describe('what belongs together is there together', () => {
  const source = { source: 'host-17', claimId: 'claim-1' };

  test.each<[string, CommandType, Readonly<Record<string, unknown>>, string]>([
    [
      'a rebuild with neither request nor charge',
      'RebuildInstance',
      { request: undefined },
      'either request or charge',
    ],
    ['a forced drop of a claim and a move', 'ForceDrop', { moveId: 'move-1' }, 'either claimId or moveId'],
    ['a forced drop of neither', 'ForceDrop', { claimId: undefined }, 'either claimId or moveId'],
    [
      'a move with request and charge',
      'ClaimMove',
      { charge: [{ provider: 'host-18', class: 'VCPU', amount: 1 }] },
      'not both request and charge',
    ],
    ['a move from nowhere', 'ClaimMove', { source: undefined }, 'source and claimId, and for unshelve neither'],
    [
      'an unshelve from a node',
      'ClaimMove',
      { kind: 'unshelve', ...source },
      'source and claimId, and for unshelve neither',
    ],
    [
      'an unshelve that asks for nothing',
      'ClaimMove',
      { kind: 'unshelve', source: undefined, claimId: undefined, request: undefined },
      'request or charge, for unshelve',
    ],
  ])('%s is refused', (_what, type, changes, rule) => {
    expect(faultOf(type, changes)).toEqual({ code: 'INVALID_FIELD', path: '(body)', rule });
  });
});

describe('a value deep in a body is judged where it stands', () => {
  test.each<[string, CommandType, Readonly<Record<string, unknown>>, string, string]>([
    [
      'a policy that fixes nothing',
      'SetInventoryPolicy',
      { policies: [{ provider: 'host-17', class: 'VCPU' }] },
      'policies[0]',
      'reserved or allocationRatio',
    ],
    [
      'a policy twice',
      'SetInventoryPolicy',
      { policies: [1, 2].map((reserved) => ({ provider: 'host-17', class: 'VCPU', reserved })) },
      'policies',
      'no provider and class twice',
    ],
    [
      'units of an owner without their count',
      'Reshape',
      { rules: [{ class: 'GPU', from: 'a', to: 'b', owners: [{ instance: 'vm-1', units: ['gpu-0'] }] }] },
      'rules[0].owners[0].units',
      'as many units as the amount',
    ],
    [
      'a guest twice',
      'ReportGuests',
      { guests: [{ instance: 'vm-1' }, { instance: 'vm-1' }] },
      'guests',
      'no instance twice',
    ],
    [
      'a group twice',
      'ClaimInstance',
      { groups: ['affinity', 'anti-affinity'].map((rule) => ({ id: 'web', rule })) },
      'groups',
      'no group twice',
    ],
    ['a short life', 'ClaimInstance', { ttlMs: 999 }, 'ttlMs', 'at least 1000'],
    ['a life beyond a day', 'ClaimInstance', { ttlMs: 86_400_001 }, 'ttlMs', 'at most 86400000'],
    [
      'nine alternates',
      'ClaimInstance',
      { alternates: Array.from({ length: 9 }, (_, index) => `host-${index}`) },
      'alternates',
      'at most 8 items',
    ],
    ['fencing that is not said', 'MarkNodeDown', { fenced: undefined }, 'fenced', 'required'],
  ])('%s is refused', (_what, type, changes, path, rule) => {
    expect(faultOf(type, changes)).toEqual({ code: 'INVALID_FIELD', path, rule });
  });
});
