import type { Reshape } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { reshape } from '../evolve/reshape.ts';
import type { Ledger, Node } from '../ledger.ts';
import { accept, reject, unchanged } from './answer.ts';
import { refuseIncarnation } from './report.ts';

/** Charges follow an inventory that went to another provider. What each owner holds of a class stays the same. */
export const decideReshape = (ledger: Ledger, node: Node, command: Reshape, judgedAt: JudgedAt): Decision => {
  const stale = refuseIncarnation(node, command.incarnation, judgedAt);
  if (stale !== undefined) return stale;
  const reshaped = reshape(ledger, node, command.rules);
  if (!reshaped.ok) return reject('RESHAPE_MISMATCH', judgedAt, { node: node.id, ...reshaped.error });
  return reshaped.value.providers === node.tree.providers
    ? unchanged({ type: command.type, node: node.id })
    : accept({ type: 'ChargesReshaped', schemaVersion: 1, data: {} });
};
