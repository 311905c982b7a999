import type { ClassCharge } from '@fleetbook/contracts';
import type { Change, ChargeLine, Claim, Move } from '@fleetbook/domain';
import type { ClaimGroup } from './claim-groups.ts';
import { addExactly, type ExactSum, exactTexts, timesExactly, toSafe } from './exact-sum.ts';
import { createSideTenants, type SideTenantRow } from './side-tenants.ts';

export interface TenantFigures {
  /** Nodes on which the tenant holds something. */
  readonly nodes: number;
  readonly claims: number;
  /** By class name. */
  readonly charged: readonly ClassCharge[];
}

/** What the live claims of each tenant hold, and the moves of its instances besides. */
export interface TenantUsage {
  update(change: Change): void;
  /** Counts claims that were there before it. */
  restore(group: ClaimGroup): void;
  of(tenant: string): TenantFigures;
  /** The tenant that a move holds its side for; undefined where the instance is nobody's. */
  ofSide(moveId: string): string | undefined;
  /** For which tenants moves hold their sides: what a checkpoint has to keep. */
  sides(): readonly SideTenantRow[];
  restoreSide(move: Move, tenant: string): void;
}

interface Sums {
  claims: number;
  /** Claims and sides per node. */
  readonly nodes: Map<string, number>;
  readonly charged: Map<string, ExactSum>;
}

export function createTenantUsage(): TenantUsage {
  const sums = new Map<string, Sums>();

  /** `factor`: how often the charge counts, less than 0 where it is taken back. */
  function count(tenant: string, claims: number, node: string, charge: readonly ChargeLine[], factor: number): void {
    const entry = sums.get(tenant) ?? {
      claims: 0,
      nodes: new Map<string, number>(),
      charged: new Map<string, ExactSum>(),
    };
    entry.claims += claims;
    addTo(entry.nodes, node, factor);
    for (const line of charge) {
      const amount = timesExactly(line.amount, factor);
      entry.charged.set(line.class, addExactly(entry.charged.get(line.class) ?? 0, amount));
    }
    if (entry.nodes.size === 0) {
      sums.delete(tenant);
    } else {
      sums.set(tenant, entry);
    }
  }

  function countClaim({ tenant, node, charge }: Claim, sign: 1 | -1): void {
    if (tenant !== undefined) {
      count(tenant, sign, node, charge, sign);
    }
  }

  const sides = createSideTenants((tenant, { node, counted }, sign) => count(tenant, 0, node, counted, sign));

  return {
    update(change) {
      sides.update(change);
      if (change.table !== 'instances') {
        return;
      }
      const before = change.before?.status === 'held' ? change.before.claim : undefined;
      const after = change.after?.status === 'held' ? change.after.claim : undefined;
      if (before !== undefined && after !== undefined && hasEqualUsage(before, after)) {
        return;
      }
      if (before !== undefined) {
        countClaim(before, -1);
      }
      if (after !== undefined) {
        countClaim(after, 1);
      }
    },
    restore({ tenant, node, charge, claims }) {
      if (tenant !== undefined) {
        count(tenant, claims, node, charge, claims);
      }
    },
    ofSide: sides.of,
    sides: sides.rows,
    restoreSide: sides.restore,
    of(tenant) {
      const entry = sums.get(tenant);
      return entry === undefined
        ? { nodes: 0, claims: 0, charged: [] }
        : { nodes: entry.nodes.size, claims: entry.claims, charged: chargesOf(entry.charged) };
    },
  };
}

/** A confirmation replaces the claim and keeps what it holds, and where. */
function hasEqualUsage(before: Claim, after: Claim): boolean {
  return before.charge === after.charge && before.node === after.node && before.tenant === after.tenant;
}

function addTo(counts: Map<string, number>, key: string, change: number): void {
  const count = (counts.get(key) ?? 0) + change;
  if (count === 0) {
    counts.delete(key);
  } else {
    counts.set(key, count);
  }
}

function chargesOf(charged: ReadonlyMap<string, ExactSum>): readonly ClassCharge[] {
  const rows = Array.from(charged).filter(([, amount]) => amount !== 0);
  rows.sort(([left], [right]) => (left < right ? -1 : 1));
  return rows.map(([name, amount]) => {
    const exact = exactTexts({ charged: amount });
    return { class: name, charged: toSafe(amount), ...(exact === undefined ? {} : { exact }) };
  });
}
