import type { CommandMessage, DisableNode, EnableNode, RegisterNode, RetireNode } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Ledger, Node } from '../ledger.ts';
import { compareIds } from '../order.ts';
import { NODE_TABLE } from '../tables/node-table.ts';
import { accept, reject, unchanged, withList } from './answer.ts';

/** How many holders a refusal names at most. */
const HOLDERS_SHOWN = 20;

const registered = (incarnation: number): Decision =>
  accept({ type: 'NodeRegistered', schemaVersion: 1, data: { incarnation } });

/** A start of a host: a new boot id is a new incarnation, a known one is old news. */
export const decideRegister = (
  ledger: Ledger,
  { actor, command }: CommandMessage<RegisterNode>,
  judgedAt: JudgedAt,
): Decision => {
  const node = ledger.nodes.get(command.node);
  if (node === undefined) return registered(1);
  if (node.owner !== actor.id) return reject('NODE_OWNED_BY', judgedAt, { node: node.id, owner: node.owner });
  const transition = NODE_TABLE[node.status.kind].RegisterNode;
  if (transition.kind === 'refuse') return reject(transition.code, judgedAt, { node: node.id });
  if (node.bootId === command.bootId) {
    return unchanged({ type: 'RegisterNode', node: node.id, incarnation: node.incarnation });
  }
  if (node.bootIds.includes(command.bootId)) {
    return reject('STALE_INCARNATION', judgedAt, {
      node: node.id,
      bootId: command.bootId,
      currentBootId: node.bootId,
      incarnation: node.incarnation,
    });
  }
  return registered(node.incarnation + 1);
};

const refuseHolders = (ledger: Ledger, node: Node, judgedAt: JudgedAt): Decision => {
  const instances = [...(ledger.heldBy.get(node.id) ?? [])].sort(compareIds);
  const holders = instances.map((id) => {
    const instance = ledger.instances.get(id);
    return { instance: id, claimId: instance?.status === 'held' ? instance.claim.claimId : '' };
  });
  const details = { node: node.id, count: node.claimCount };
  return reject('NODE_NOT_EMPTY', judgedAt, withList(details, 'holders', holders, HOLDERS_SHOWN));
};

/** The operator's switches of a known node. */
export const decideStatus = (
  ledger: Ledger,
  node: Node,
  command: EnableNode | DisableNode | RetireNode,
  judgedAt: JudgedAt,
): Decision => {
  const transition = NODE_TABLE[node.status.kind][command.type];
  const isSameReason =
    command.type === 'DisableNode' && node.status.kind === 'disabled' && node.status.reason === command.reason;
  if (transition.kind === 'refuse') return reject(transition.code, judgedAt, { node: node.id });
  if (transition.kind === 'unchanged' || isSameReason) return unchanged({ type: command.type, node: node.id });
  switch (command.type) {
    case 'EnableNode':
      return accept({ type: 'NodeEnabled', schemaVersion: 1, data: {} });
    case 'DisableNode':
      return accept({ type: 'NodeDisabled', schemaVersion: 1, data: {} });
    case 'RetireNode':
      return node.claimCount > 0
        ? refuseHolders(ledger, node, judgedAt)
        : accept({ type: 'NodeRetired', schemaVersion: 1, data: {} });
  }
};
