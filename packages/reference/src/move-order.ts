import type { ReferenceEvent } from './event.ts';
import type { ReferenceMove, ReferenceState } from './state.ts';
import { violate } from './violations.ts';

/** Per kind: the way of a move that goes well, and what it may come to at `switched` or after it. */
const WAYS: Readonly<Record<string, readonly string[]>> = {
  resize: ['claimed', 'prepared', 'running', 'switched', 'finished'],
  cold: ['claimed', 'prepared', 'running', 'switched', 'finished'],
  live: ['claimed', 'prepared', 'running', 'switched', 'completed'],
  evacuation: ['claimed', 'running', 'switched', 'completed'],
  unshelve: ['claimed', 'running', 'completed'],
};

/** Notes a step that the kind of the move does not know: a skipped state, or an end that is out of reach. */
export function checkStep(state: ReferenceState, event: ReferenceEvent, move: ReferenceMove, next: string): void {
  if (!nextOf(move).includes(next)) {
    violate(state, event, `a ${move.kind} goes from ${move.state} to ${next}`);
  }
}

function nextOf(move: ReferenceMove): string[] {
  const way = WAYS[move.kind] ?? [];
  const after = way.slice(way.indexOf(move.state) + 1, way.indexOf(move.state) + 2);
  if (move.otherSide === 'destination') {
    return [...after, 'cancelled', 'failed'];
  }
  const ends = way.includes('completed') ? [] : ['confirmed', 'reverted'];
  return [...after, ...ends, move.state];
}
