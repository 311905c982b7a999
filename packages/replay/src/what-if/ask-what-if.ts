import {
  type DiffAnswer,
  type FleetbookError,
  fleetbookError,
  type WhatIfAnswer,
  type WhatIfQuery,
} from '@fleetbook/contracts';
import { fail, type LedgerEvent, type Result, succeed } from '@fleetbook/domain';
import { messageOf, recallFor } from '../explain/judge-again.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { Moment } from '../past/moment.ts';
import { foldTo } from '../past/past-view.ts';
import type { ViewOfPast } from '../past/view-of-past.ts';
import { insertCommand } from './insert-command.ts';
import { OtherWorld, type TimedByRecord } from './other-world.ts';

const DEFAULT_LIMIT = 100;

/** Events of a range at most: each is decided again while whoever asked waits. */
export const MOST_EVENTS = 200_000;

/** The two ends of the range, as recorded. */
export interface WhatIfRange {
  readonly index: ReplayIndex;
  readonly from: Moment;
  readonly until: Moment;
  readonly mostEvents: number;
  /** What differs between the recorded state at its end and another one. */
  readonly compare: (other: ViewOfPast, limit: number) => Promise<DiffAnswer>;
}

/**
 * Decides a range again with one thing changed. Nothing is written anywhere. Errors: INVALID_FIELD for what lies
 * outside of the range or cannot be read, and the refusal of a command that could not have been inserted.
 */
export async function answerWhatIf(
  range: WhatIfRange,
  query: WhatIfQuery,
): Promise<Result<WhatIfAnswer, FleetbookError>> {
  const { index, from, until } = range;
  const fault = faultOf(query, range);
  if (fault !== undefined) {
    return fail(fault);
  }
  const { limit = DEFAULT_LIMIT, drop } = query;
  const { view } = await foldTo(index, from.number);
  const timed = await timedIn(index, from.number, until.number);
  const world = new OtherWorld(view.ledger, { timed, policies: query.policies, limit });
  const inserted =
    query.insert === undefined ? succeed({}) : await insertCommand({ index, from, view, world }, query.insert);
  if (!inserted.ok) {
    return inserted;
  }
  for await (const events of decisionsIn(index, from.number, until.number)) {
    const message = messageOf(events[0]);
    if (message !== undefined) {
      await recallFor(index, view, message);
    }
    if (events.some(({ number }) => number === drop)) {
      world.drop(events);
    } else {
      world.take(events);
    }
  }
  const { decisions, diverged, divergences } = world;
  return succeed({
    changed: drop === undefined ? (query.insert === undefined ? 'policies' : 'insert') : 'drop',
    ...inserted.value,
    ...{ decisions, diverged, divergences },
    diff: await range.compare(view, limit),
  });
}

function faultOf({ drop, policies }: WhatIfQuery, range: WhatIfRange): FleetbookError | undefined {
  const { mostEvents } = range;
  const [from, until] = [range.from.number, range.until.number];
  if (until < from) {
    return fleetbookError('INVALID_FIELD', { path: 'until', rule: 'not before from' });
  }
  if (until - from > mostEvents) {
    const rule = `at most ${mostEvents} events after from, which is event ${from}; by itself it is the end of the log`;
    return fleetbookError('INVALID_FIELD', { path: 'until', rule });
  }
  if (policies?.reportIntervalMs !== undefined) {
    const rule = 'absent: of reports that change nothing the log does not say when they came';
    return fleetbookError('INVALID_FIELD', { path: 'policies.reportIntervalMs', rule });
  }
  return drop === undefined || (drop > from && drop <= until)
    ? undefined
    : fleetbookError('INVALID_FIELD', { path: 'drop', rule: `an event after ${from} and not after ${until}` });
}

/** What time did in the range, as recorded. */
async function timedIn(index: ReplayIndex, from: number, until: number): Promise<TimedByRecord> {
  const claims = new Set<string>();
  const moves = new Set<string>();
  for await (const [event] of decisionsIn(index, from, until)) {
    if (event?.type === 'ClaimExpired') {
      claims.add(event.data.claimId);
    } else if (event?.type === 'MoveAutoConfirmed') {
      moves.add(event.data.moveId);
    }
  }
  return { claims, moves };
}

/** The decisions after event `from`, up to the one that ends with event `until`. */
async function* decisionsIn(index: ReplayIndex, from: number, until: number): AsyncGenerator<readonly LedgerEvent[]> {
  for (const segment of index.segments) {
    if (segment.end.number > from && segment.after.number < until) {
      for await (const commits of segment.commits()) {
        for (const { events } of commits) {
          yield* decisionsOf(events.filter(({ number }) => number > from && number <= until));
        }
      }
    }
  }
}

function* decisionsOf(events: readonly LedgerEvent[]): Generator<readonly LedgerEvent[]> {
  for (let place = 0; place < events.length; ) {
    const count = events[place]?.count ?? 1;
    yield events.slice(place, place + count);
    place += count;
  }
}
