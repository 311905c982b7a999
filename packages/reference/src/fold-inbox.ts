import type { ReferenceEvent, ReferenceEventOf } from './event.ts';
import type { ReferenceState } from './state.ts';
import { violate } from './violations.ts';

const MOST_PARKED = 1_000;

/** Each message of the inbox is dealt with once, or once more after it was parked. */
export function settleMessage(state: ReferenceState, event: ReferenceEvent, sequence: number): void {
  const isParked = state.parked.some((message) => message.sequence === sequence);
  if (sequence <= state.inboxUpTo && !isParked) {
    violate(state, event, `message ${sequence} of the inbox is dealt with twice`);
  }
  state.parked = state.parked.filter((message) => message.sequence !== sequence);
  state.inboxUpTo = Math.max(state.inboxUpTo, sequence);
}

export function parkMessage(state: ReferenceState, event: ReferenceEventOf<'InboxParked'>): void {
  const { sequence, code } = event.data;
  settleMessage(state, event, sequence);
  state.parked.push({ sequence, code, since: event.at, isRetried: false });
  state.parked.sort((left, right) => left.sequence - right.sequence);
  if (state.parked.length > MOST_PARKED) {
    state.parked.shift();
  }
}

export function retryMessage(state: ReferenceState, event: ReferenceEventOf<'InboxRetried'>): void {
  const found = state.parked.find(({ sequence }) => sequence === event.data.sequence);
  if (found === undefined) {
    violate(state, event, `message ${event.data.sequence} of the inbox is not parked`);
  } else {
    found.isRetried = true;
  }
}
