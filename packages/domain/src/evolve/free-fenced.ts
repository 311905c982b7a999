import type { LedgerEvent } from '../event.ts';
import type { Change, Ledger, Node } from '../ledger.ts';
import { replaceMove, settleSide } from './close-move.ts';
import { freedInstance } from './evolve-claim.ts';
import { NodeDrafts } from './node-drafts.ts';
import { replaceInstance } from './parts.ts';

/**
 * The changes of an event that fenced a node: the node's own, and what waited for its release there is freed, claims
 * with a release asked for and the sides of closed moves.
 */
export const freeFenced = (ledger: Ledger, event: LedgerEvent, fenced: Node): readonly Change[] => {
  const drafts = new NodeDrafts(ledger, event);
  drafts.begin(fenced);
  const changes: Change[] = [];
  for (const id of ledger.heldBy.get(fenced.id)) {
    const before = ledger.instances.get(id);
    if (before?.status !== 'held' || before.claim.release === undefined) continue;
    drafts.free(fenced.id, before.claim.charge, 1);
    changes.push(replaceInstance(before, freedInstance(before, before.claim.release.becomes)));
  }
  for (const id of ledger.sidesOn.get(fenced.id) ?? []) {
    const before = ledger.moves.get(id);
    if (before?.other === undefined || before.other.state === 'held') continue;
    changes.push(replaceMove(before, { ...before, other: settleSide(drafts, event, before.other, 'released') }));
  }
  return [...drafts.changes(), ...changes];
};
