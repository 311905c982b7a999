import type { CommandMessage, RebuildInstance } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { increaseOver, largerOf } from '../evolve/counted.ts';
import { requestTextOf } from '../evolve/evolve-claim.ts';
import { prepareDemand } from '../fit/fit.ts';
import { fitReplacing, fitWithin } from '../fit/replacing.ts';
import type { Claim, Ledger, Node } from '../ledger.ts';
import { policiesOf } from '../policies.ts';
import type { ChargeLine } from '../request.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { accept, reject, unchanged } from './answer.ts';
import { instanceFacts, refuseClosed } from './claim.ts';
import { refuseFit } from './refuse-fit.ts';

const isDone = (claim: Claim, command: RebuildInstance, charge: readonly ChargeLine[]): boolean =>
  JSON.stringify(charge) === JSON.stringify(claim.charge) &&
  (command.stage === 'before' || claim.requestText === requestTextOf(command));

/** Before the work the larger of old and new is held, after it the new, which is part of what is held. */
const rebuild = (ledger: Ledger, node: Node, claim: Claim, command: RebuildInstance, judgedAt: JudgedAt): Decision => {
  const { fitWorkLimit } = policiesOf(ledger);
  const judge = command.stage === 'before' ? fitReplacing : fitWithin;
  const fitted = judge(node, claim.charge, prepareDemand(command), fitWorkLimit);
  if (fitted.kind !== 'fits') return refuseFit(ledger, node, fitted, judgedAt);
  const charge = command.stage === 'before' ? largerOf(claim.charge, fitted.charge) : fitted.charge;
  // A node that is closed to claims lets its instances shrink, not grow.
  const closed = increaseOver(claim.charge, charge).length > 0 ? refuseClosed(node, judgedAt) : undefined;
  if (closed !== undefined) return closed;
  if (isDone(claim, command, charge)) {
    const { claimId } = claim;
    return unchanged({ type: command.type, node: node.id, instance: command.instance, claimId, charge });
  }
  return accept({ type: 'InstanceRebuilt', schemaVersion: 1, data: { charge } });
};

/** Rebuilds an instance where it is held. */
export const decideRebuild = (
  ledger: Ledger,
  node: Node,
  { command }: CommandMessage<RebuildInstance>,
  judgedAt: JudgedAt,
): Decision => {
  const instance = ledger.instances.get(command.instance);
  const facts = { instance: command.instance, ...instanceFacts(instance) };
  const transition = CLAIM_TABLE[claimStateOf(instance)].RebuildInstance;
  if (instance?.status !== 'held') {
    return reject(transition.kind === 'refuse' ? transition.code : 'CLAIM_NOT_FOUND', judgedAt, facts);
  }
  const { claim } = instance;
  if (claim.claimId !== command.claimId || claim.node !== command.node) {
    return reject('CLAIM_MISMATCH', judgedAt, facts);
  }
  return transition.kind === 'refuse'
    ? reject(transition.code, judgedAt, facts)
    : rebuild(ledger, node, claim, command, judgedAt);
};
