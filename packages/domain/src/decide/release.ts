import type { AbortClaim, CommandMessage, ConfirmClaim, DropInstance, ShelveOffload } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { DecidedEvent, EndedMove, RejectionDetails } from '../event.ts';
import type { HeldRecord, Ledger, OffloadedRecord, Release } from '../ledger.ts';
import type { RejectionCode } from '../rejection.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { refuseClaim } from './authorise.ts';
import { carrying } from './carrying.ts';
import { instanceFacts } from './claim.ts';
import { moveFacts } from './move-facts.ts';
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

/** A release that was asked for already. Ending an instance goes further than shelving it, whoever shelves it. */
const isAskedAlready = (becomes: Release['becomes'], event: DecidedEvent, { type }: LiveClaimCommand): boolean => {
  const [isIntent, isShelving] = [event.type === 'DropRequested', type === 'ShelveOffload'];
  return becomes === 'ended' ? isIntent || isShelving : isIntent && isShelving;
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
      return releaseEvent(ledger, carrying(message, command), instance);
  }
};

/**
 * A host that was given up on and returns while its instance is being brought up elsewhere may not end it: that its
 * guest is gone there is no news. Until the instance is at its destination, its claim is still on the source.
 */
const refuseEvacuated = (
  ledger: Ledger,
  { actor, command }: CommandMessage<LiveClaimCommand>,
  { moveId }: LiveInstance,
): RejectionDetails | undefined => {
  const move = moveId === undefined ? undefined : ledger.moves.get(moveId);
  const isOfSource = actor.role === 'agent' && command.type === 'DropInstance' && command.node === move?.source;
  return isOfSource && move?.kind === 'evacuation' ? moveFacts(move) : undefined;
};

/** Confirms, aborts, drops or shelves exactly the claim that the command names. */
export const decideLiveClaim = (
  ledger: Ledger,
  message: CommandMessage<LiveClaimCommand>,
  judgedAt: JudgedAt,
): Decision => {
  const { command } = message;
  const over = refuseOldIncarnation(ledger, message, command.node, judgedAt);
  if (over !== undefined) return over;
  const instance = ledger.instances.get(command.instance);
  const transition = CLAIM_TABLE[claimStateOf(instance)][command.type];
  const refuse = (code: RejectionCode): Decision =>
    reject(code, judgedAt, { instance: command.instance, ...instanceFacts(instance) });
  if (instance === undefined || instance.status === 'ended') {
    return refuse(transition.kind === 'refuse' ? transition.code : 'CLAIM_NOT_FOUND');
  }
  const { claimId, node, claimant } = instance.status === 'held' ? instance.claim : instance;
  if (claimId !== command.claimId || node !== command.node) return refuse('CLAIM_MISMATCH');
  const forbidden = refuseClaim(message, claimant, judgedAt);
  if (forbidden !== undefined) return forbidden;
  if (transition.kind === 'refuse') return refuse(transition.code);
  const evacuated = refuseEvacuated(ledger, message, instance);
  if (evacuated !== undefined) return reject('MOVE_OPEN', judgedAt, { ...instanceFacts(instance), ...evacuated });
  const result = { type: command.type, node, instance: instance.id, claimId } as const;
  if (transition.kind === 'unchanged') return unchanged(result);
  const event = eventOf(ledger, message, instance);
  const becomes = instance.status === 'held' ? instance.claim.release?.becomes : undefined;
  return becomes !== undefined && isAskedAlready(becomes, event, command)
    ? unchanged({ ...result, state: 'releasing', becomes })
    : accept(event);
};
