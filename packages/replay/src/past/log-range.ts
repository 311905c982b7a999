import { type FleetbookError, fleetbookError, type Instant, type PastFacts, readInstant } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { type Bookmark, ORIGIN } from '@fleetbook/event-log';
import { IndexError } from '../index/index-error.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { pastFacts } from './ask-one.ts';
import { Instants, type InstantsOptions } from './instants.ts';
import type { Moment } from './moment.ts';
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

/**
 * Finds a range, and folds the state before it. Of the log no more is read than leads to its end. Errors:
 * NO_SUCH_INSTANT, INVALID_FIELD. Throws LogDamageError, LogUnavailableError.
 */
export async function openRange(options: RangeOptions): Promise<Result<LogRange, FleetbookError>> {
  return withSoundIndex(new Instants(options), async (instants) => {
    const bounds = await findBounds(instants, options);
    if (!bounds.ok) {
      return bounds;
    }
    const { index, from, to } = bounds.value;
    const after = await commitBefore(index, from.number);
    const start = after.number === 0 ? undefined : await foldTo(index, after.number);
    const end = pastFacts(to, start?.proof ?? { proof: 'log' });
    return succeed({ after, to: to.number, end, start });
  });
}

/** What stands in the directory of an index may be damaged, or go while it is read: then it is made anew. */
export async function withSoundIndex<Value>(
  instants: Instants,
  work: (instants: Instants) => Promise<Value>,
): Promise<Value> {
  try {
    return await work(instants);
  } catch (error) {
    if (!(error instanceof IndexError)) {
      throw error;
    }
  }
  await instants.discard();
  return work(instants);
}

export interface RangeBounds {
  /** It may end with the range. */
  readonly index: ReplayIndex;
  readonly from: Moment;
  readonly to: Moment;
}

/** The two ends of a range. Ends that are in the wrong order as they stand are told before anything is read. */
export async function findBounds(
  instants: Instants,
  { from, to: last }: Pick<RangeOptions, 'from' | 'to'>,
): Promise<Result<RangeBounds, FleetbookError>> {
  const first = from ?? '1';
  const wrongOrder = () => fail(fleetbookError('INVALID_FIELD', { path: 'to', rule: 'not before from' }));
  const begin = readInstant('from', first);
  const end = last === undefined ? undefined : readInstant('to', last);
  if (!begin.ok) {
    return begin;
  }
  if (end?.ok === false) {
    return end;
  }
  if (from !== undefined && end !== undefined && isBefore(end.value, begin.value)) {
    return wrongOrder();
  }
  const reached = last === undefined ? await instants.upToDate() : succeed(await instants.reaching(first, last));
  if (!reached.ok) {
    return reached;
  }
  const index = reached.value;
  const start = await momentIn(instants, index, first);
  if (!start.ok) {
    return start;
  }
  const to = await momentIn(instants, index, last ?? String(index.end.number));
  if (!to.ok) {
    return to;
  }
  return to.value.number < start.value.number ? wrongOrder() : succeed({ index, from: start.value, to: to.value });
}

/** A refusal says what there is: all of the log, not as much as has been read. */
async function momentIn(instants: Instants, index: ReplayIndex, asOf: string): Promise<Result<Moment, FleetbookError>> {
  const found = await instants.moment(index, asOf);
  if (found.ok) {
    return found;
  }
  const whole = await instants.upToDate();
  return whole.ok ? instants.moment(whole.value, asOf) : whole;
}

function isBefore(one: Instant, other: Instant): boolean {
  return (
    (one.kind === 'number' && other.kind === 'number' && one.number < other.number) ||
    (one.kind === 'time' && other.kind === 'time' && one.at < other.at)
  );
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
