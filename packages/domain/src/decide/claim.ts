import type { ClaimInstance, CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { JsonValue, PassedOver, RejectionDetails } from '../event.ts';
import { requestTextOf } from '../evolve/request-text.ts';
import { fitPrepared, type PreparedDemand, prepareDemand } from '../fit/fit.ts';
import type { BrokenRule } from '../fit/result.ts';
import type { Claim, Instance, Ledger, Node } from '../ledger.ts';
import { compareText } from '../order.ts';
import { policiesOf } from '../policies.ts';
import type { RejectionCode } from '../rejection.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { INVENTORY_TABLE, NODE_TABLE } from '../tables/node-table.ts';
import { accept, reject, unchanged, withList } from './answer.ts';
import { refuseNode } from './authorise.ts';
import { type Misfit, refuseFit } from './refuse-fit.ts';
import { refuseUsedId } from './used-id.ts';

/** Why a node takes no claims at all, whatever is asked for. */
export const closedBy = (node: Node): RejectionCode | undefined => {
  const status = NODE_TABLE[node.status.kind].ClaimInstance;
  if (status.kind === 'refuse') return status.code;
  const inventory = INVENTORY_TABLE[node.inventoryStatus.kind].ClaimInstance;
  if (inventory.kind === 'refuse') return inventory.code;
  return node.owesReport === undefined ? undefined : 'GUEST_REPORT_OWED';
};

/** Why a node is closed, and since when where that is known. */
const closureFacts = ({ status, inventoryStatus }: Node, code: RejectionCode): RejectionDetails => {
  if (code === 'INVENTORY_STALE' && inventoryStatus.kind === 'stale') {
    return { reason: inventoryStatus.reason, since: inventoryStatus.since };
  }
  return 'reason' in status ? { reason: status.reason } : {};
};

export const refuseClosed = (node: Node, judgedAt: JudgedAt): Decision | undefined => {
  const closed = closedBy(node);
  return closed === undefined ? undefined : reject(closed, judgedAt, { node: node.id, ...closureFacts(node, closed) });
};

const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
  JSON.stringify(Object.entries(labels ?? {}).sort(([left], [right]) => compareText(left, right)));

/** Whether a live claim is what the command asks for; who asks does not matter, the instance is the same. */
const isEqualClaim = (claim: Claim, command: ClaimInstance): boolean =>
  (claim.node === command.node || (command.alternates?.includes(claim.node) ?? false)) &&
  claim.tenant === command.tenant &&
  claim.requestText === requestTextOf(command) &&
  labelsText(claim.labels) === labelsText(command.labels) &&
  JSON.stringify(claim.groups ?? []) === JSON.stringify(command.groups ?? []);

export const claimFacts = (claim: Claim) => ({
  claimId: claim.claimId,
  node: claim.node,
  status: claim.status,
  ...(claim.release === undefined ? {} : { release: { since: claim.release.since, becomes: claim.release.becomes } }),
});

/** The live claim and the open move of an instance, as refusals tell them. */
export const instanceFacts = (instance: Instance | undefined): RejectionDetails => {
  if (instance === undefined || instance.status === 'ended') return {};
  const move = instance.moveId === undefined ? {} : { moveId: instance.moveId };
  return instance.status === 'held'
    ? { claim: claimFacts(instance.claim), ...move }
    : { offloaded: { claimId: instance.claimId, node: instance.node }, ...move };
};

/** Why one of several nodes did not take a claim. */
interface NodeRefusal extends PassedOver {
  readonly rules: readonly BrokenRule[];
  /** Besides them what its code tells: why the node is closed, or where the search for room ended. */
  readonly facts: RejectionDetails;
}

const shortRule = (broken: BrokenRule): JsonValue => {
  const { group, class: name, rule, requested, headroom, largestFree, provider } = broken;
  const named = provider === undefined ? {} : { provider };
  return { group, class: name, rule, requested, headroom, largestFree, ...named };
};

/** One refusal for all nodes, named by the first of them: with the reasons of each, as many as can be stored. */
const refuseAll = (refusals: readonly NodeRefusal[], judgedAt: JudgedAt): Decision => {
  const [first] = refusals;
  if (first === undefined) throw new Error('no node was asked');
  const nodes = refusals.map(({ node, code, rules, facts }) => ({
    ...{ node, code, ...facts },
    rules: rules.slice(0, 2).map(shortRule),
  }));
  return reject(first.code, judgedAt, withList({ node: first.node, ...first.facts }, 'nodes', nodes));
};

const refusalOn = (node: Node, fitted: Misfit, workLimit: number): NodeRefusal =>
  fitted.kind === 'too-complex'
    ? { node: node.id, code: 'REQUEST_TOO_COMPLEX', rules: [], facts: { workLimit } }
    : { node: node.id, code: fitted.code, rules: fitted.rules, facts: {} };

/** The first node that is open and fits takes the claim. */
const decideFirst = (
  ledger: Ledger,
  nodes: readonly string[],
  demand: PreparedDemand,
  judgedAt: JudgedAt,
): Decision => {
  const refusals: NodeRefusal[] = [];
  const { fitWorkLimit } = policiesOf(ledger);
  for (const id of nodes) {
    const node = ledger.nodes.look(id);
    if (node === undefined) {
      refusals.push({ node: id, code: 'NODE_NOT_FOUND', rules: [], facts: {} });
      continue;
    }
    const closed = closedBy(node);
    if (closed !== undefined) {
      refusals.push({ node: id, code: closed, rules: [], facts: closureFacts(node, closed) });
      continue;
    }
    const fitted = fitPrepared(node, demand, fitWorkLimit);
    if (fitted.kind === 'fits') {
      const passedOver = refusals.map(({ node: passed, code }) => ({ node: passed, code }));
      const data = { node: node.id, charge: fitted.charge, ...(passedOver.length === 0 ? {} : { passedOver }) };
      return accept({ type: 'InstanceClaimed', schemaVersion: 1, data });
    }
    refusals.push(refusalOn(node, fitted, fitWorkLimit));
  }
  return refuseAll(refusals, judgedAt);
};

const refuseForeign = (
  ledger: Ledger,
  nodes: readonly string[],
  message: CommandMessage<ClaimInstance>,
  judgedAt: JudgedAt,
): Decision | undefined => {
  for (const id of nodes) {
    const node = ledger.nodes.look(id);
    const refusal = node === undefined ? undefined : refuseNode(message, node, judgedAt);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};

/** A claim that is there already, and equal, is the answer whatever has become of its node. */
const answerEqual = (instance: Instance | undefined, command: ClaimInstance): Decision | undefined => {
  if (instance?.status !== 'held' || !isEqualClaim(instance.claim, command)) return undefined;
  const { claimId, node, charge } = instance.claim;
  return unchanged({ type: 'ClaimInstance', node, instance: instance.id, claimId, charge });
};

const refuseInstance = (
  instance: Instance | undefined,
  { instance: id }: ClaimInstance,
  judgedAt: JudgedAt,
): Decision | undefined => {
  const transition = CLAIM_TABLE[claimStateOf(instance)].ClaimInstance;
  return transition.kind === 'refuse'
    ? reject(transition.code, judgedAt, { instance: id, ...instanceFacts(instance) })
    : undefined;
};

/** Charges the first node that takes it for an instance that nobody holds. */
export const decideClaimAmong = (
  ledger: Ledger,
  message: CommandMessage<ClaimInstance>,
  judgedAt: JudgedAt,
): Decision => {
  const { command, commandId } = message;
  const nodes = [...new Set([command.node, ...(command.alternates ?? [])])];
  const instance = ledger.instances.get(command.instance);
  return (
    refuseForeign(ledger, nodes, message, judgedAt) ??
    answerEqual(instance, command) ??
    refuseInstance(instance, command, judgedAt) ??
    refuseUsedId(ledger, commandId, command.instance, judgedAt, instance) ??
    decideFirst(ledger, nodes, prepareDemand(command), judgedAt)
  );
};

/** Charges a node for an instance that nobody holds. */
export const decideClaim = (
  ledger: Ledger,
  node: Node,
  message: CommandMessage<ClaimInstance>,
  judgedAt: JudgedAt,
): Decision => {
  const { command, commandId } = message;
  const instance = ledger.instances.get(command.instance);
  const answer =
    answerEqual(instance, command) ??
    refuseClosed(node, judgedAt) ??
    refuseInstance(instance, command, judgedAt) ??
    refuseUsedId(ledger, commandId, command.instance, judgedAt, instance);
  if (answer !== undefined) return answer;
  const { fitWorkLimit } = policiesOf(ledger);
  const fitted = fitPrepared(node, prepareDemand(command), fitWorkLimit);
  return fitted.kind === 'fits'
    ? accept({ type: 'InstanceClaimed', schemaVersion: 1, data: { node: node.id, charge: fitted.charge } })
    : refuseFit(ledger, node, fitted, judgedAt);
};
