import type { Cell } from '@fleetbook/domain';
import type { Token } from './token.ts';

/** The histories that one log is of: the present one, and those it was before events were given up. */
export type HistoryLine = Pick<Cell, 'historyId' | 'forks'>;

/** A place in a history, as one log knows it. */
export type Standing =
  /** Of the present history: it may still be ahead of the log's end. */
  | { readonly kind: 'present' }
  /** Of a former history, up to where it was kept: the same event stands there now. */
  | { readonly kind: 'kept' }
  /** Of a former history, among the events that an operator gave up. */
  | { readonly kind: 'given-up' }
  /** Of a former history, after every event that was known to be lost: `lostTo` was the last of those. */
  | { readonly kind: 'beyond'; readonly lostTo: number }
  /** Of a history that the log has never been. */
  | { readonly kind: 'foreign' };

export const standingOf = ({ historyId, forks = [] }: HistoryLine, place: Token): Standing => {
  if (place.historyId === historyId) {
    return { kind: 'present' };
  }
  const fork = forks.find(({ from }) => from === place.historyId);
  if (fork === undefined) {
    return { kind: 'foreign' };
  }
  if (place.number <= fork.keptTo) {
    return { kind: 'kept' };
  }
  return place.number <= fork.lostTo ? { kind: 'given-up' } : { kind: 'beyond', lostTo: fork.lostTo };
};

/** Whether an answer of this log can be at least as new as the token: its event is here, or will come. */
export const isOfLine = (line: HistoryLine, token: Token): boolean =>
  ['present', 'kept'].includes(standingOf(line, token).kind);
