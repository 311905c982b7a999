import type { ReferenceEvent } from './event.ts';
import type { ReferenceMove, ReferenceState } from './state.ts';
import { violate } from './violations.ts';

/**
 * Notes a charge that is freed while it may still run: freeing takes the word of the node's agent in its current
 * incarnation, a node that is fenced or retired, or an operator's force. What was never confirmed (`isUnused`) runs
 * nowhere. What an evacuation (`move`) holds on its source takes a host that has started anew.
 */
export function checkFreeing(
  state: ReferenceState,
  event: ReferenceEvent,
  node: string,
  isUnused: boolean,
  move?: ReferenceMove,
): void {
  if (isUnused || isForced(event) || isGone(state, node)) {
    return;
  }
  if (!isAgentOf(state, event, node)) {
    violate(state, event, `${event.actor.role} ${event.actor.id} frees a charge on node ${node}`);
  }
  checkStartedAnew(state, event, node, move);
}

/** A host that an evacuation gave up on has to start anew before its word counts about what was left there. */
export function checkStartedAnew(
  state: ReferenceState,
  event: ReferenceEvent,
  id: string,
  move: ReferenceMove | undefined,
): void {
  const { incarnation = 0 } = state.nodes.get(id) ?? {};
  const isSource = move?.kind === 'evacuation' && move.otherSide === 'source';
  if (isSource && !isGone(state, id) && incarnation <= (move.sourceIncarnation ?? 0)) {
    violate(state, event, `node ${id} has not started again since move ${move.id} left it`);
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
  // A drop states the incarnation of the node that it names, and may free what a move holds on another one.
  const isOfOther = command !== undefined && 'node' in command && command.node !== id;
  const isCurrent = named === undefined || isOfOther || named === node?.incarnation;
  return event.actor.role === 'agent' && event.actor.id === node?.owner && isCurrent;
}
