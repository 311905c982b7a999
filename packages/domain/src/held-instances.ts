import type { HeldInstance } from './decision.ts';
import type { Ledger, Release } from './ledger.ts';

/** An instance held on a node. */
export interface HeldOnNode extends HeldInstance {
  /** Its release was asked for: stop the guest and let go of it. */
  readonly isReleasing?: true;
  /** What it is to become then: it is dropped, or offloaded. */
  readonly becomes?: Release['becomes'];
  /** Its open move. */
  readonly moveId?: string;
}

/** What claims hold on a node, by id. @param most of how many, the first ones. */
export const instancesHeldOn = (ledger: Ledger, node: string, most = Infinity): readonly HeldOnNode[] => {
  const ids = Array.from(ledger.heldBy.get(node)).sort();
  return ids.slice(0, most).flatMap((id): readonly HeldOnNode[] => {
    const instance = ledger.instances.get(id);
    if (instance?.status !== 'held') return [];
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
};
