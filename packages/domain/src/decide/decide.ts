import type { Command, CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Ledger } from '../ledger.ts';
import { decideAdopt } from './adopt.ts';
import { accept, reject } from './answer.ts';
import { refuseNode, refuseRole } from './authorise.ts';
import { decideBatch } from './batch.ts';
import { carrying } from './carrying.ts';
import { decideClaim, decideClaimAmong } from './claim.ts';
import { decideClaimMove } from './claim-move.ts';
import { decideForceDrop } from './force-drop.ts';
import { decideMove } from './move.ts';
import { decideRegister } from './node.ts';
import { decideNodeCommand } from './node-command.ts';
import { decideRebuild } from './rebuild.ts';
import { decideLiveClaim } from './release.ts';

type CommandOnNode = Exclude<Extract<Command, { readonly node: string }>, { readonly type: 'RegisterNode' }>;

/** Judges a command that names one node, which has to be known and open to the actor. */
const decideOnNode = (ledger: Ledger, message: CommandMessage<CommandOnNode>, judgedAt: JudgedAt): Decision => {
  const { command } = message;
  const node = ledger.nodes.look(command.node);
  if (node === undefined) return reject('NODE_NOT_FOUND', judgedAt, { node: command.node });
  const outside = refuseNode(message, node, judgedAt);
  if (outside !== undefined) return outside;
  switch (command.type) {
    case 'ClaimInstance':
      return decideClaim(ledger, node, carrying(message, command), judgedAt);
    case 'ConfirmClaim':
    case 'AbortClaim':
    case 'DropInstance':
    case 'ShelveOffload':
      return decideLiveClaim(ledger, carrying(message, command), judgedAt);
    case 'RebuildInstance':
      return decideRebuild(ledger, node, carrying(message, command), judgedAt);
    case 'AdoptInstance':
      return decideAdopt(ledger, node, carrying(message, command), judgedAt);
    case 'ForceDrop':
      return decideForceDrop(ledger, carrying(message, command), judgedAt);
    default:
      return decideNodeCommand(ledger, node, command, judgedAt);
  }
};

/**
 * Judges a validated command on the state: events to append, a refusal, or nothing to change.
 * Deterministic and without lasting effects. `judgedAt.number` is the number of the last event in the state.
 */
export const decide = (ledger: Ledger, message: CommandMessage, judgedAt: JudgedAt): Decision => {
  const forbidden = refuseRole(message, judgedAt);
  if (forbidden !== undefined) return forbidden;
  const { command } = message;
  switch (command.type) {
    case 'RegisterNode':
      return decideRegister(ledger, carrying(message, command), judgedAt);
    case 'ClaimMove':
      return decideClaimMove(ledger, carrying(message, command), judgedAt);
    case 'AdvanceMove':
    case 'ConfirmMove':
    case 'RevertMove':
    case 'FailMove':
    case 'CancelMove':
    case 'DropMoveClaim':
      return decideMove(ledger, carrying(message, command), judgedAt);
    case 'RevokeCheckpoint':
      return accept({ type: 'CheckpointRevoked', schemaVersion: 1, data: {} });
    case 'AtomicBatch':
      return decideBatch(ledger, carrying(message, command), judgedAt, decide);
    case 'ClaimInstance':
      return (command.alternates?.length ?? 0) > 0
        ? decideClaimAmong(ledger, carrying(message, command), judgedAt)
        : decideOnNode(ledger, carrying(message, command), judgedAt);
    default:
      return decideOnNode(ledger, carrying(message, command), judgedAt);
  }
};
