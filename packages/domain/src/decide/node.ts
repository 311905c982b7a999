import type {
  CommandMessage,
  DisableNode,
  EnableNode,
  MarkNodeDown,
  RegisterNode,
  RetireNode,
  TransferNode,
} from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { isOff } from '../given-up.ts';
import type { Ledger, Node } from '../ledger.ts';
import { compareIds } from '../order.ts';
import { NODE_TABLE } from '../tables/node-table.ts';
import { accept, reject, unchanged, withList } from './answer.ts';
import { holdersOf } from './holders.ts';

/** How many holders a refusal names at most. */
const HOLDERS_SHOWN = 20;

const registered = (incarnation: number): Decision =>
  accept({ type: 'NodeRegistered', schemaVersion: 1, data: { incarnation } });

const isFenced = ({ status }: Node): boolean => status.kind === 'down' && status.fenced;

/** Of a start of the host before its last one. */
const isOverBoot = (node: Node, bootId: string): boolean => node.bootId !== bootId && node.bootIds.includes(bootId);

/**
 * An agent may take over a node that was given to it, or one that nothing can run on: its word frees what is charged
 * there. That a host is down says only that it is not heard of.
 */
const mayRegister = (node: Node, agent: string, bootId: string): boolean =>
  node.owner === agent || node.transferTo === agent || (isFenced(node) && !isOverBoot(node, bootId));

/** What an operator can do for an agent that is to have the node of another; of a fenced one it names an old start. */
const waysToOwn = (node: Node): readonly string[] => (isOff(node) ? [] : ['TransferNode', 'MarkNodeDown with fenced']);

/** Registered so already. A fenced host that speaks was not off: what it says from here on is another incarnation. */
const isKnownStart = (node: Node, agent: string, bootId: string): boolean =>
  node.owner === agent && node.bootId === bootId && !isFenced(node);

/** A start of a host: a new boot id or a new owner is a new incarnation, what is known is old news. */
export const decideRegister = (
  ledger: Ledger,
  { actor, command }: CommandMessage<RegisterNode>,
  judgedAt: JudgedAt,
): Decision => {
  const node = ledger.nodes.look(command.node);
  if (node === undefined) return registered(1);
  if (!mayRegister(node, actor.id, command.bootId)) {
    const { id, owner } = node;
    return reject('NODE_OWNED_BY', judgedAt, { node: id, owner, legal: waysToOwn(node) });
  }
  const transition = NODE_TABLE[node.status.kind].RegisterNode;
  if (transition.kind === 'refuse') return reject(transition.code, judgedAt, { node: node.id });
  if (isKnownStart(node, actor.id, command.bootId)) {
    return unchanged({ type: 'RegisterNode', node: node.id, incarnation: node.incarnation });
  }
  if (isOverBoot(node, command.bootId)) {
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
  const holders = [...holdersOf(ledger, node.id)].sort((left, right) => compareIds(left.instance, right.instance));
  const details = { node: node.id, count: holders.length };
  return reject('NODE_NOT_EMPTY', judgedAt, withList(details, 'holders', holders, HOLDERS_SHOWN));
};

const isSaidAlready = ({ status }: Node, command: EnableNode | DisableNode | MarkNodeDown | RetireNode): boolean => {
  if (command.type === 'DisableNode') return status.kind === 'disabled' && status.reason === command.reason;
  if (command.type !== 'MarkNodeDown' || status.kind !== 'down') return false;
  return status.reason === command.reason && status.fenced === command.fenced;
};

/** The operator's switches of a known node. */
export const decideStatus = (
  ledger: Ledger,
  node: Node,
  command: EnableNode | DisableNode | MarkNodeDown | RetireNode,
  judgedAt: JudgedAt,
): Decision => {
  const transition = NODE_TABLE[node.status.kind][command.type];
  if (transition.kind === 'unchanged' || isSaidAlready(node, command)) {
    return unchanged({ type: command.type, node: node.id });
  }
  switch (command.type) {
    case 'EnableNode':
      return accept({ type: 'NodeEnabled', schemaVersion: 1, data: {} });
    case 'DisableNode':
      return accept({ type: 'NodeDisabled', schemaVersion: 1, data: {} });
    case 'MarkNodeDown':
      return accept({ type: 'NodeMarkedDown', schemaVersion: 1, data: {} });
    case 'RetireNode':
      return node.claimCount > 0 || ledger.sidesOn.has(node.id)
        ? refuseHolders(ledger, node, judgedAt)
        : accept({ type: 'NodeRetired', schemaVersion: 1, data: {} });
  }
};

/** Gives a node to another agent, from its next registration on. */
export const decideTransfer = (node: Node, command: TransferNode): Decision =>
  command.owner === (node.transferTo ?? node.owner)
    ? unchanged({ type: 'TransferNode', node: node.id })
    : accept({ type: 'NodeTransferred', schemaVersion: 1, data: {} });
