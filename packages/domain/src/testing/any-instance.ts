import fc from 'fast-check';
import type { Claim, Instance } from '../ledger.ts';

const CLAIMANT = { role: 'scheduler', id: 'scheduler-1' } as const;

/** Few, so that they meet again; of some the names fit no columns. */
export const anyInstanceId = fc.oneof(
  { weight: 9, arbitrary: fc.nat({ max: 40 }).map((number) => `instance-${number}`) },
  { weight: 1, arbitrary: fc.constantFrom('', 'größer', 'quoted"', `long-${'x'.repeat(300)}`) },
);

const claim: fc.Arbitrary<Claim> = fc
  .record(
    {
      claimId: fc.oneof(
        fc.nat({ max: 99 }).map((number) => `claim-${number}`),
        fc.constantFrom('', 'line\nfeed', 'x'.repeat(255)),
      ),
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

export const anyInstanceOf = (name: string): fc.Arbitrary<Instance> => {
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
