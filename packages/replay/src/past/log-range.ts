import { type FleetbookError, fleetbookError, type PastFacts } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Bookmark, ORIGIN } from '@fleetbook/event-log';
import type { ReplayIndex } from '../index/replay-index.ts';
import { pastFacts } from './ask-one.ts';
import { Instants, type InstantsOptions } from './instants.ts';
import { foldTo, type PastView } from './past-view.ts';

export interface RangeOptions extends InstantsOptions {
  /** Instants; by themselves the first event and the end of the log. */
  readonly from?: string;
  readonly to?: string;
}

/** A stretch of the log, from the end of one commit to the end of a decision. */
export interface LogRange {
  /** Where a reader stands before its first commit: that with the first instant. */
  readonly after: Bookmark;
  /** Number of its last event. */
  readonly to: number;
  /** The instant at which it ends, with what vouches for a state that is folded to there. */
  readonly end: PastFacts;
  /** The inventory before it and what vouches for that; undefined where the range begins with the ledger. */
  readonly start: PastView | undefined;
}

/** Finds a range, and folds the state before it. Errors: NO_SUCH_INSTANT, INVALID_FIELD, UNAVAILABLE. */
export async function openRange(options: RangeOptions): Promise<Result<LogRange, FleetbookError>> {
  const instants = new Instants(options);
  const index = await instants.upToDate();
  if (!index.ok) {
    return index;
  }
  const from = await instants.moment(index.value, options.from ?? '1');
  if (!from.ok) {
    return from;
  }
  const to = await instants.moment(index.value, options.to ?? String(index.value.end.number));
  if (!to.ok) {
    return to;
  }
  if (to.value.number < from.value.number) {
    return fail(fleetbookError('INVALID_FIELD', { path: 'to', rule: 'not before from' }));
  }
  const after = await commitBefore(index.value, from.value.number);
  const start = after.number === 0 ? undefined : await foldTo(index.value, after.number);
  const end = pastFacts(to.value, start?.proof ?? { proof: 'log' });
  return succeed({ after, to: to.value.number, end, start });
}

/** Where the last commit ends that does not reach event `number`. */
async function commitBefore({ segments }: ReplayIndex, number: number): Promise<Bookmark> {
  const segment = segments.findLast(({ after }) => after.number < number);
  let last = segment?.after ?? ORIGIN;
  for await (const commits of segment?.commits() ?? []) {
    const reached = commits.findIndex(({ bookmark }) => bookmark.number >= number);
    last = (reached === -1 ? commits : commits.slice(0, reached)).at(-1)?.bookmark ?? last;
    if (reached !== -1) {
      break;
    }
  }
  return last;
}
