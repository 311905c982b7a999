import type { ReferenceEvent } from './event.ts';
import type { ReferenceMove, ReferenceState } from './state.ts';
import { violate } from './violations.ts';

/**
 * Notes a charge that is freed while it may still run: freeing takes the word of the node's agent in its current
 * incarnation, a node that is fenced or retired, or an operator's force. What was never confirmed (`isUnused`) runs
 * nowhere. What an evacuation left (`leftBy`) on a node that is still down takes a host that has started anew.
 */
export function checkFreeing(
  state: ReferenceState,
  event: ReferenceEvent,
  node: string,
  isUnused: boolean,
  leftBy?: ReferenceMove,
): void {
  if (isUnused || isForced(event) || isGone(state, node)) {
    return;
  }
  if (!isAgentOf(state, event, node)) {
    violate(state, event, `${event.actor.role} ${event.actor.id} frees a charge on node ${node}`);
  }
  const { incarnation = 0, status } = state.nodes.get(node) ?? {};
  const isSame = incarnation <= (leftBy?.sourceIncarnation ?? 0);
  if (leftBy?.side?.state === 'left-behind' && status === 'down' && isSame) {
    violate(state, event, `node ${node} has not started again since move ${leftBy.id} left it`);
  }
}

function isForced(event: ReferenceEvent): boolean {
  return event.command?.type === 'ForceDrop';
}

function isGone(state: ReferenceState, id: string): boolean {
  const node = state.nodes.get(id);
  return node?.status === 'retired' || (node?.status === 'down' && node.isFenced);
}

function isAgentOf(state: ReferenceState, event: ReferenceEvent, id: string): boolean {
  const node = state.nodes.get(id);
  const { command } = event;
  const named = command !== undefined && 'incarnation' in command ? command.incarnation : undefined;
  const isCurrent = named === undefined || named === node?.incarnation;
  return event.actor.role === 'agent' && event.actor.id === node?.owner && isCurrent;
}
