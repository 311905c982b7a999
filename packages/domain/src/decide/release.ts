import type { AbortClaim, CommandMessage, ConfirmClaim, DropInstance, ShelveOffload } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { DecidedEvent, EndedMove } from '../event.ts';
import type { HeldRecord, Ledger, OffloadedRecord } from '../ledger.ts';
import type { RejectionCode } from '../rejection.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { refuseClaim } from './authorise.ts';
import { instanceFacts } from './claim.ts';
import { outcomeFor, refuseOldIncarnation, releaseRight } from './release-right.ts';

type LiveClaimCommand = ConfirmClaim | AbortClaim | DropInstance | ShelveOffload;
type LiveInstance = HeldRecord | OffloadedRecord;

/** What becomes of the other side of the open move that ends with its instance. */
const endedMove = (
  ledger: Ledger,
  { actor }: CommandMessage,
  { moveId }: LiveInstance,
): { readonly move?: EndedMove } => {
  const move = moveId === undefined ? undefined : ledger.moves.get(moveId);
  return move === undefined ? {} : { move: { moveId: move.id, other: outcomeFor(ledger, actor, move) } };
};

const releaseEvent = (
  ledger: Ledger,
  message: CommandMessage<DropInstance | ShelveOffload>,
  instance: LiveInstance,
): DecidedEvent => {
  const move = endedMove(ledger, message, instance);
  const mayFree =
    instance.status === 'offloaded' ||
    instance.claim.status === 'unconfirmed' ||
    releaseRight(ledger, message.actor, instance.claim.node);
  if (!mayFree) return { type: 'DropRequested', schemaVersion: 1, data: move };
  return message.command.type === 'DropInstance'
    ? { type: 'InstanceDropped', schemaVersion: 1, data: move }
    : { type: 'InstanceOffloaded', schemaVersion: 1, data: {} };
};

/** A release that was asked for already; ending an instance goes further than shelving it. */
const isAskedAlready = (instance: LiveInstance, event: DecidedEvent, command: LiveClaimCommand): boolean => {
  const becomes = instance.status === 'held' ? instance.claim.release?.becomes : undefined;
  return (
    event.type === 'DropRequested' &&
    (becomes === 'ended' || (becomes !== undefined && command.type !== 'DropInstance'))
  );
};

const eventOf = (ledger: Ledger, message: CommandMessage<LiveClaimCommand>, instance: LiveInstance): DecidedEvent => {
  const { command } = message;
  switch (command.type) {
    case 'ConfirmClaim':
      return { type: 'ClaimConfirmed', schemaVersion: 1, data: {} };
    case 'AbortClaim':
      return { type: 'ClaimAborted', schemaVersion: 1, data: {} };
    case 'DropInstance':
    case 'ShelveOffload':
      return releaseEvent(ledger, { ...message, command }, instance);
  }
};

/** Confirms, aborts, drops or shelves exactly the claim that the command names. */
export const decideLiveClaim = (
  ledger: Ledger,
  message: CommandMessage<LiveClaimCommand>,
  judgedAt: JudgedAt,
): Decision => {
  const { command } = message;
  const instance = ledger.instances.get(command.instance);
  const transition = CLAIM_TABLE[claimStateOf(instance)][command.type];
  const refuse = (code: RejectionCode): Decision =>
    reject(code, judgedAt, { instance: command.instance, ...instanceFacts(instance) });
  if (instance === undefined || instance.status === 'ended') {
    return refuse(transition.kind === 'refuse' ? transition.code : 'CLAIM_NOT_FOUND');
  }
  const { claimId, node, claimant } = instance.status === 'held' ? instance.claim : instance;
  if (claimId !== command.claimId || node !== command.node) return refuse('CLAIM_MISMATCH');
  const forbidden = refuseClaim(message, claimant, judgedAt) ?? refuseOldIncarnation(ledger, message, node, judgedAt);
  if (forbidden !== undefined) return forbidden;
  if (transition.kind === 'refuse') return refuse(transition.code);
  const result = { type: command.type, node, instance: instance.id, claimId } as const;
  if (transition.kind === 'unchanged') return unchanged(result);
  const event = eventOf(ledger, message, instance);
  return isAskedAlready(instance, event, command) ? unchanged({ ...result, state: 'releasing' }) : accept(event);
};
