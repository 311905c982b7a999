import type { CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Ledger } from '../ledger.ts';
import { reject } from './answer.ts';
import { refuseNode, refuseRole } from './authorise.ts';
import { decideClaim } from './claim.ts';
import { decideRegister } from './node.ts';
import { decideNodeCommand } from './node-command.ts';
import { decideLiveClaim } from './release.ts';

/**
 * Judges a validated command on the state: events to append, a refusal, or nothing to change.
 * Deterministic and without effects. `judgedAt.number` is the number of the last event in the state.
 */
export const decide = (ledger: Ledger, message: CommandMessage, judgedAt: JudgedAt): Decision => {
  const forbidden = refuseRole(message, judgedAt);
  if (forbidden !== undefined) return forbidden;
  const { command } = message;
  if (command.type === 'RegisterNode') return decideRegister(ledger, { ...message, command }, judgedAt);
  const node = ledger.nodes.get(command.node);
  if (node === undefined) return reject('NODE_NOT_FOUND', judgedAt, { node: command.node });
  const outside = refuseNode(message, node, judgedAt);
  if (outside !== undefined) return outside;
  switch (command.type) {
    case 'ClaimInstance':
      return decideClaim(ledger, node, { ...message, command }, judgedAt);
    case 'ConfirmClaim':
    case 'AbortClaim':
    case 'DropInstance':
      return decideLiveClaim(ledger, { ...message, command }, judgedAt);
    default:
      return decideNodeCommand(ledger, node, command, judgedAt);
  }
};
