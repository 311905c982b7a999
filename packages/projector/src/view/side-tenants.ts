import type { Change, Move, Side } from '@fleetbook/domain';

/** What a checkpoint stores of a move's side: the tenant it is held for. */
export type SideTenantRow = readonly [moveId: string, tenant: string];

/** Counts a side for the tenant of its instance, or takes it out again. */
export type CountSide = (tenant: string, side: Side, sign: 1 | -1) => void;

/**
 * For which tenant each move holds its side. The ledger tells it as long as the instance lives; what is left of an
 * ended one is still held for its tenant, so it is remembered here.
 */
export interface SideTenants {
  update(change: Change): void;
  /** Undefined where the move holds no side, or its instance is nobody's. */
  of(moveId: string): string | undefined;
  rows(): readonly SideTenantRow[];
  /** Counts the side of a move that was made before this index was. */
  restore(move: Move, tenant: string): void;
}

export function createSideTenants(count: CountSide): SideTenants {
  const tenants = new Map<string, string>();

  function exchange(id: string, before: Side | undefined, after: Side | undefined): void {
    const tenant = tenants.get(id);
    if (tenant === undefined) {
      return;
    }
    if (before !== undefined) {
      count(tenant, before, -1);
    }
    if (after === undefined) {
      tenants.delete(id);
    } else {
      count(tenant, after, 1);
    }
  }

  return {
    update(change) {
      // A move is opened, and switched, by a change of its instance that comes before that of the move itself.
      if (change.table === 'instances' && change.after !== undefined && change.after.status !== 'ended') {
        const { after } = change;
        const tenant = after.status === 'held' ? after.claim.tenant : after.tenant;
        if (after.moveId !== undefined && tenant !== undefined) {
          tenants.set(after.moveId, tenant);
        }
      } else if (change.table === 'moves' && change.before?.other !== change.after?.other) {
        exchange(change.key, change.before?.other, change.after?.other);
      }
    },
    of: (moveId) => tenants.get(moveId),
    rows: () => Array.from(tenants),
    restore(move, tenant) {
      tenants.set(move.id, tenant);
      exchange(move.id, undefined, move.other);
    },
  };
}
