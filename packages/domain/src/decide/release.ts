import type { AbortClaim, CommandMessage, ConfirmClaim, DropInstance } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { DecidedEvent } from '../event.ts';
import type { Ledger } from '../ledger.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { refuseClaim } from './authorise.ts';
import { claimFacts } from './claim.ts';

type ClaimCommand = ConfirmClaim | AbortClaim | DropInstance;

const EVENTS: Readonly<Record<ClaimCommand['type'], DecidedEvent>> = {
  ConfirmClaim: { type: 'ClaimConfirmed', schemaVersion: 1, data: {} },
  AbortClaim: { type: 'ClaimAborted', schemaVersion: 1, data: {} },
  DropInstance: { type: 'InstanceDropped', schemaVersion: 1, data: {} },
};

/** Confirms, aborts or drops exactly the live claim that the command names. */
export const decideLiveClaim = (
  ledger: Ledger,
  message: CommandMessage<ClaimCommand>,
  judgedAt: JudgedAt,
): Decision => {
  const { command } = message;
  const instance = ledger.instances.get(command.instance);
  const transition = CLAIM_TABLE[claimStateOf(instance)][command.type];
  if (instance?.status !== 'held') {
    const code = transition.kind === 'refuse' ? transition.code : 'CLAIM_NOT_FOUND';
    return reject(code, judgedAt, { instance: command.instance });
  }
  const { claim } = instance;
  const facts = { instance: instance.id, claim: claimFacts(claim) };
  if (claim.claimId !== command.claimId || claim.node !== command.node) {
    return reject('CLAIM_MISMATCH', judgedAt, facts);
  }
  const forbidden = refuseClaim(message, instance, judgedAt);
  if (forbidden !== undefined) return forbidden;
  if (transition.kind === 'refuse') return reject(transition.code, judgedAt, facts);
  if (transition.kind === 'reach') return accept(EVENTS[command.type]);
  return unchanged({ type: command.type, node: claim.node, instance: instance.id, claimId: claim.claimId });
};
