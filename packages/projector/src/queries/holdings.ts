import type { HeldView } from '@fleetbook/contracts';
import { type HeldSide, instancesHeldOn, type Ledger, sidesHeldOn } from '@fleetbook/domain';

/** How many of what a node holds one answer lists. */
const MAX_LISTED = 1_000;

/** The instances held on a node, the first 1,000 by id. */
export function heldOn(ledger: Ledger, node: string): readonly HeldView[] {
  return instancesHeldOn(ledger, node, MAX_LISTED);
}

/** What moves hold on a node besides, the first 1,000 by move id. */
export function sidesOn(ledger: Ledger, node: string): readonly HeldSide[] {
  return sidesHeldOn(ledger, node).slice(0, MAX_LISTED);
}
