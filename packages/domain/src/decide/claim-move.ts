import type { ClaimMove, CommandMessage } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { increaseOver } from '../evolve/counted.ts';
import { demandOf } from '../fit/demand-of.ts';
import { fitPrepared, prepareDemand } from '../fit/fit.ts';
import { fitReplacing } from '../fit/replacing.ts';
import type { Claim, Instance, Ledger, Node } from '../ledger.ts';
import { policiesOf } from '../policies.ts';
import { CLAIM_TABLE, claimStateOf } from '../tables/claim-table.ts';
import { accept, firstRefusal, reject } from './answer.ts';
import { refuseNode } from './authorise.ts';
import { instanceFacts, refuseClosed } from './claim.ts';
import { refuseFit } from './refuse-fit.ts';
import { refuseUsedId } from './used-id.ts';

const refuseInstance = (
  instance: Instance | undefined,
  command: ClaimMove,
  judgedAt: JudgedAt,
): Decision | undefined => {
  const transition = CLAIM_TABLE[claimStateOf(instance)][command.kind === 'unshelve' ? 'Unshelve' : 'ClaimMove'];
  const facts = { instance: command.instance, ...instanceFacts(instance) };
  if (instance?.status === 'held' && command.kind !== 'unshelve') {
    const { claim } = instance;
    const isNamed = claim.claimId === command.claimId && claim.node === command.source;
    if (!isNamed) return reject('CLAIM_MISMATCH', judgedAt, facts);
  }
  return transition.kind === 'refuse' ? reject(transition.code, judgedAt, facts) : undefined;
};

/** Nothing but an evacuation leaves a node that is down. */
const refuseDown = (source: Node | undefined, { kind }: ClaimMove, judgedAt: JudgedAt): Decision | undefined =>
  kind !== 'evacuation' && source?.status.kind === 'down'
    ? reject('NODE_DOWN', judgedAt, { node: source.id, status: source.status.kind, reason: source.status.reason })
    : undefined;

/** Rules about where a move starts that depend on what moves. */
const refuseSource = (source: Node | undefined, command: ClaimMove, judgedAt: JudgedAt): Decision | undefined => {
  if (source === undefined) return undefined;
  const facts = { node: source.id, status: source.status.kind };
  if (command.kind === 'evacuation' && source.status.kind !== 'down') return reject('SOURCE_NOT_DOWN', judgedAt, facts);
  const mustLeave = command.kind === 'live' || command.kind === 'evacuation';
  return mustLeave && source.id === command.destination
    ? reject('SAME_NODE', judgedAt, { node: source.id })
    : undefined;
};

const refuseReplace = ({ source, destination, replace }: ClaimMove, judgedAt: JudgedAt): Decision | undefined =>
  replace === true && source !== destination
    ? reject('REPLACE_NEEDS_SAME_NODE', judgedAt, { destination, ...(source === undefined ? {} : { source }) })
    : undefined;

const fitMove = (ledger: Ledger, node: Node, command: ClaimMove, claim: Claim | undefined, judgedAt: JudgedAt) => {
  const { fitWorkLimit } = policiesOf(ledger);
  const isAsked = command.request !== undefined || command.charge !== undefined;
  const demand = prepareDemand(isAsked || claim === undefined ? command : demandOf(claim.requestText));
  const isReplaced = command.replace === true && claim?.node === node.id;
  const fitted = isReplaced
    ? fitReplacing(node, claim.charge, demand, fitWorkLimit)
    : fitPrepared(node, demand, fitWorkLimit);
  if (fitted.kind !== 'fits') return refuseFit(ledger, node, fitted, judgedAt, isReplaced ? claim.charge : undefined);
  const { charge } = fitted;
  const counted = isReplaced ? { counted: increaseOver(claim.charge, charge) } : {};
  return accept({ type: 'MoveClaimed', schemaVersion: 1, data: { charge, ...counted } });
};

/** Charges the destination of a move of an instance that is held and confirmed, or shelved. */
export const decideClaimMove = (ledger: Ledger, message: CommandMessage<ClaimMove>, judgedAt: JudgedAt): Decision => {
  const { command, commandId } = message;
  const destination = ledger.nodes.look(command.destination);
  const source = command.source === undefined ? undefined : ledger.nodes.look(command.source);
  if (destination === undefined) return reject('NODE_NOT_FOUND', judgedAt, { node: command.destination });
  const outside = refuseNode(message, destination, judgedAt);
  if (outside !== undefined) return outside;
  if (command.source !== undefined && source === undefined) {
    return reject('NODE_NOT_FOUND', judgedAt, { node: command.source });
  }
  const instance = ledger.instances.get(command.instance);
  const refusal =
    firstRefusal([refuseClosed(destination, judgedAt), refuseDown(source, command, judgedAt)]) ??
    refuseInstance(instance, command, judgedAt) ??
    refuseUsedId(ledger, commandId, command.instance, judgedAt, instance) ??
    refuseSource(source, command, judgedAt) ??
    refuseReplace(command, judgedAt);
  if (refusal !== undefined) return refusal;
  return fitMove(ledger, destination, command, instance?.status === 'held' ? instance.claim : undefined, judgedAt);
};
