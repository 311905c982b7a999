import type { CommandMessage, RebuildInstance } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { increaseOver, largerOf } from '../evolve/counted.ts';
import { requestTextOf } from '../evolve/request-text.ts';
import { prepareDemand } from '../fit/fit.ts';
import { fitReplacing, fitWithin } from '../fit/replacing.ts';
import type { BrokenRule, FitResult, FitRule } from '../fit/result.ts';
import type { Claim, Ledger, Node } from '../ledger.ts';
import { policiesOf } from '../policies.ts';
import type { ChargeLine } from '../request.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { accept, reject, unchanged, withList } from './answer.ts';
import { instanceFacts, refuseClosed } from './claim.ts';
import { heldOf, type Misfit, refuseFit } from './refuse-fit.ts';

const isDone = (claim: Claim, command: RebuildInstance, charge: readonly ChargeLine[]): boolean =>
  JSON.stringify(charge) === JSON.stringify(claim.charge) &&
  (command.stage === 'before' || claim.requestText === requestTextOf(command));

/** Rules that say no more than that an instance does not hold what it is to hold after the work. */
const IS_GROWTH: ReadonlySet<FitRule> = new Set([
  'UNKNOWN_CLASS',
  'UNKNOWN_PROVIDER',
  'UNKNOWN_UNIT',
  'NO_CAPACITY',
  'NO_ASSIGNMENT',
]);

const growthOf = (fitted: FitResult): readonly BrokenRule[] =>
  fitted.kind === 'refused' ? fitted.rules.filter(({ rule }) => IS_GROWTH.has(rule)) : [];

const refuseRebuild = (
  ledger: Ledger,
  node: Node,
  { charge }: Claim,
  { stage, instance }: RebuildInstance,
  fitted: Misfit,
  judgedAt: JudgedAt,
): Decision => {
  const growth = growthOf(fitted);
  if (stage === 'before' || growth.length === 0) return refuseFit(ledger, node, fitted, judgedAt, charge);
  const rules = growth.map((rule) => {
    const { group, class: name, requested, provider } = rule;
    return {
      group,
      class: name,
      requested,
      held: heldOf(charge, rule),
      ...(provider === undefined ? {} : { provider }),
    };
  });
  const details = { node: node.id, instance, legal: ['RebuildInstance with stage before'] };
  return reject('REBUILD_GROWS', judgedAt, withList(details, 'rules', rules));
};

/** Before the work the larger of old and new is held, after it the new, which is part of what is held. */
const rebuild = (ledger: Ledger, node: Node, claim: Claim, command: RebuildInstance, judgedAt: JudgedAt): Decision => {
  const { fitWorkLimit } = policiesOf(ledger);
  const isBefore = command.stage === 'before';
  const demand = prepareDemand(command);
  // A node that is closed to claims lets its instances shrink, not grow.
  const closed = isBefore ? refuseClosed(node, judgedAt) : undefined;
  if (closed !== undefined && growthOf(fitWithin(node, claim.charge, demand, fitWorkLimit)).length > 0) return closed;
  const fitted = (isBefore ? fitReplacing : fitWithin)(node, claim.charge, demand, fitWorkLimit);
  if (fitted.kind !== 'fits') return refuseRebuild(ledger, node, claim, command, fitted, judgedAt);
  const charge = isBefore ? largerOf(claim.charge, fitted.charge) : fitted.charge;
  if (closed !== undefined && increaseOver(claim.charge, charge).length > 0) return closed;
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
