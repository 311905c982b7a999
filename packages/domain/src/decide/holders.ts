import type { Ledger } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';

/** A claim, or a side of a move besides the claim of its instance. */
export type Holder =
  | { readonly instance: string; readonly claimId: string }
  | { readonly instance: string; readonly moveId: string; readonly state: string };

/** The claims on a node, then the sides of moves there, each in no order; only those whose charge is wanted. */
export function* holdersOf(
  ledger: Ledger,
  node: string,
  isWanted: (charge: readonly ChargeLine[]) => boolean = () => true,
): Generator<Holder, void> {
  for (const id of ledger.heldBy.get(node)) {
    const instance = ledger.instances.get(id);
    if (instance?.status !== 'held' || !isWanted(instance.claim.charge)) continue;
    yield { instance: id, claimId: instance.claim.claimId };
  }
  for (const moveId of ledger.sidesOn.get(node) ?? []) {
    const move = ledger.moves.get(moveId);
    if (move?.other === undefined || !isWanted(move.other.counted)) continue;
    yield { instance: move.instance, moveId, state: move.other.state };
  }
}
