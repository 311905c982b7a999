import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstanceTable } from './instance-table.ts';
import type { Claim, Instance } from './ledger.ts';

const CLAIMANT = { role: 'scheduler', id: 'scheduler-1' } as const;

const id = fc.nat({ max: 40 }).map((number) => `instance-${number}`);

const claim: fc.Arbitrary<Claim> = fc
  .record(
    {
      claimId: fc.nat({ max: 9 }).map((number) => `claim-${number}`),
      node: fc.constantFrom('node-1', 'node-2'),
      status: fc.constantFrom('unconfirmed' as const, 'confirmed' as const),
      claimant: fc.constant(CLAIMANT),
      requestText: fc.constantFrom('{}', '{"resources":{"VCPU":1}}'),
      charge: fc.constantFrom([], [{ provider: 'node-1', class: 'VCPU', amount: 1 }]),
      tenant: fc.constantFrom('tenant-1', 'tenant-2'),
      labels: fc.constant({ team: 'one' }),
      groups: fc.constant([{ id: 'group-1', rule: 'anti-affinity' as const }]),
      expiry: fc.constant({ ttlMs: 1, expiresAt: 2 }),
      release: fc.constant({ since: 1, requestedBy: CLAIMANT, becomes: 'ended' as const }),
      state: fc.constant({ vm: 'active' }),
    },
    { requiredKeys: ['claimId', 'node', 'status', 'claimant', 'requestText', 'charge'] },
  )
  // Most claims have none of what is rare.
  .chain((whole) => {
    const { labels: _, groups: _groups, expiry: _expiry, release: _release, state: _state, ...plain } = whole;
    return fc.oneof({ weight: 3, arbitrary: fc.constant(plain) }, { weight: 1, arbitrary: fc.constant(whole) });
  });

const instanceOf = (name: string): fc.Arbitrary<Instance> => {
  const touched = { touchedAt: fc.integer({ min: 1, max: 2 ** 40 }) };
  const offloaded = { status: 'offloaded', id: name, claimId: 'c', node: 'node-1', claimant: CLAIMANT } as const;
  return fc.oneof(
    fc.record(
      { status: fc.constant('held' as const), id: fc.constant(name), claim, moveId: fc.constant('m'), ...touched },
      { requiredKeys: ['status', 'id', 'claim'] },
    ),
    fc.record({ status: fc.constant('ended' as const), id: fc.constant(name), ...touched }),
    fc.constant<Instance>(offloaded),
  );
};

type Step =
  | { readonly kind: 'set'; readonly id: string; readonly instance: Instance }
  | { readonly kind: 'delete' | 'get'; readonly id: string };

const step: fc.Arbitrary<Step> = id.chain((name) =>
  fc.oneof(
    { weight: 5, arbitrary: instanceOf(name).map((instance): Step => ({ kind: 'set', id: name, instance })) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'delete', id: name }) },
    { weight: 3, arbitrary: fc.constant<Step>({ kind: 'get', id: name }) },
  ),
);

const ended = (number: number): Instance => ({ status: 'ended', id: `instance-${number}`, touchedAt: number + 1 });

describe('the table of instances', () => {
  it('holds what a map of records would, in the same order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = new InstanceTable();
        const plain = new Map<string, Instance>();
        for (const next of steps) {
          if (next.kind === 'set') {
            table.set(next.id, next.instance);
            plain.set(next.id, next.instance);
          } else if (next.kind === 'delete') {
            expect(table.delete(next.id)).toBe(plain.delete(next.id));
          }
          expect(table.get(next.id)).toEqual(plain.get(next.id));
          expect(table.has(next.id)).toBe(plain.has(next.id));
        }
        expect(table.size).toBe(plain.size);
        expect([...table.keys()]).toEqual([...plain.keys()]);
        expect([...table]).toEqual([...plain]);
      }),
      { numRuns: 300 },
    );
  });

  it('grows, and closes up when most of it has gone', () => {
    const table = new InstanceTable();
    const count = 20_000;
    for (let number = 0; number < count; number += 1) table.set(`instance-${number}`, ended(number));
    for (let number = 0; number < count; number += 1) {
      if (number % 10 !== 0) expect(table.delete(`instance-${number}`)).toBe(true);
    }
    const kept = Array.from({ length: count / 10 }, (_, place) => ended(10 * place));
    expect(table.size).toBe(kept.length);
    expect([...table.values()]).toEqual(kept);
    table.set('instance-1', ended(1));
    expect([table.get('instance-1'), table.get('instance-2'), table.get('instance-10')]).toEqual([
      ended(1),
      undefined,
      ended(10),
    ]);
  });
});
