import type { HeldView } from '@fleetbook/contracts';
import { type HeldSide, type Ledger, sidesHeldOn } from '@fleetbook/domain';

/** How many of what a node holds one answer lists. */
const MAX_LISTED = 1_000;

/** The instances held on a node, the first 1,000 by id. */
export function heldOn(ledger: Ledger, node: string): readonly HeldView[] {
  const ids = Array.from(ledger.heldBy.get(node)).sort();
  return ids.slice(0, MAX_LISTED).flatMap((id): readonly HeldView[] => {
    const instance = ledger.instances.get(id);
    if (instance?.status !== 'held') {
      return [];
    }
    const { claim, moveId } = instance;
    return [
      {
        instance: id,
        claimId: claim.claimId,
        ...(claim.release === undefined ? {} : { isReleasing: true, becomes: claim.release.becomes }),
        ...(moveId === undefined ? {} : { moveId }),
      },
    ];
  });
}

/** What moves hold on a node besides, the first 1,000 by move id. */
export function sidesOn(ledger: Ledger, node: string): readonly HeldSide[] {
  return sidesHeldOn(ledger, node).slice(0, MAX_LISTED);
}
