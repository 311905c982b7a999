import type { Change, ChargeLine, HeldRecord } from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClaimGroups } from './claim-groups.ts';
import { createRunningCounters } from './running-counters.ts';
import { createTenantUsage } from './tenant-usage.ts';

const NAMES = Array.from({ length: 20 }, (_unused, number) => `tenant-${number}`);

/** Shared by the claims that hold them, as the nodes of a ledger share theirs; some sums are beyond what is safe. */
const CHARGES: readonly (readonly ChargeLine[])[] = [
  [],
  [{ provider: 'a', class: 'VCPU', amount: 2 }],
  [
    { provider: 'a', class: 'VCPU', amount: 2 },
    { provider: 'a', class: 'DISK_GB', amount: Number.MAX_SAFE_INTEGER },
  ],
];

const anyClaim = fc.record({
  node: fc.constantFrom('a', 'b'),
  tenant: fc.constantFrom(undefined, ...NAMES),
  charge: fc.constantFrom(...CHARGES),
});

function heldOf({ node, tenant, charge }: typeof anyClaim extends fc.Arbitrary<infer One> ? One : never): Change {
  const shared = { claimId: 'c', node, status: 'confirmed', requestText: '{}', charge } as const;
  const claim = {
    ...shared,
    claimant: { role: 'scheduler', id: 's' },
    ...(tenant === undefined ? {} : { tenant }),
  } as const;
  const after: HeldRecord = { status: 'held', id: 'i', claim };
  return { table: 'instances', key: 'i', before: undefined, after };
}

describe('claims counted in groups', () => {
  it('add up to what they do one by one', () => {
    fc.assert(
      fc.property(fc.array(anyClaim, { maxLength: 120 }), (claims) => {
        const [oneByOne, counted] = [createTenantUsage(), createTenantUsage()];
        const [each, all] = [createRunningCounters(), createRunningCounters()];
        const groups = new ClaimGroups();
        for (const claim of claims) {
          oneByOne.update(heldOf(claim));
          each.update(heldOf(claim));
          groups.add(claim.node, claim.tenant, claim.charge);
        }
        for (const group of groups.all()) {
          counted.restore(group);
          all.restore(group);
        }
        for (const tenant of NAMES) {
          expect(counted.of(tenant)).toEqual(oneByOne.of(tenant));
          expect(all.ofTenant(tenant)).toEqual(each.ofTenant(tenant));
        }
        expect(all.ofCell()).toEqual(each.ofCell());
      }),
      { numRuns: 200 },
    );
  });
});
