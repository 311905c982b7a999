import {
  type ErrorDetails,
  type FleetbookError,
  fleetbookError,
  type Instant,
  parseInstant,
  readInstant,
} from '@fleetbook/contracts';
import { fail, type LedgerEvent, type Result, succeed } from '@fleetbook/domain';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { Segment } from '../index/segment.ts';
import { firstsOfCommand } from './event-source.ts';

/** The end of a decision: where tokens, instants and answers stand. */
export interface Moment {
  /** Of the decision's last event. */
  readonly number: number;
  /** When it was recorded, epoch milliseconds. */
  readonly at: number;
  /** When its command was issued, by its sender's clock; undefined where no command caused it. */
  readonly issuedAt: number | undefined;
}

/**
 * The decision that an instant falls on, or the last one before it; of `command:<id>` the one just before the first
 * that was recorded under that id. Errors: NO_SUCH_INSTANT, INVALID_FIELD.
 * @param now epoch milliseconds: what is after the last event and not after this is the end of the log.
 */
export async function findMoment(
  index: ReplayIndex,
  asOf: string,
  now: number,
): Promise<Result<Moment, FleetbookError>> {
  const instant = readInstant('asOf', asOf);
  if (!instant.ok) {
    return instant;
  }
  const refuse = (reason: string): Result<never, FleetbookError> =>
    fail(fleetbookError('NO_SUCH_INSTANT', { asOf, reason, ...boundsOf(index.segments) }));
  const place = await placeOf(index, instant.value, now);
  if (typeof place === 'string') {
    return refuse(place);
  }
  const event = await eventAt(index.segments, place);
  return event === undefined
    ? refuse('the log does not reach it')
    : succeed(await momentOfEvent(index.segments, event));
}

/** Whether an index that may end before its log tells where an instant falls as the whole log would. */
export async function isReached(index: ReplayIndex, asOf: string, now: number): Promise<boolean> {
  const { segments, end } = index;
  const instant = parseInstant(asOf);
  const isPassed = (at: number): boolean => (segments.at(-1)?.lastAt ?? 0) > at;
  switch (instant?.kind) {
    case 'number':
      return instant.number <= end.number;
    case 'ago':
      return isPassed(now - instant.agoMs);
    case 'time':
      return isPassed(instant.at);
    case 'before-command':
    case 'after-command':
      return (await firstsOfCommand(index, instant.commandId, end.number)).length > 0;
    default:
      // No log tells more of what is no instant.
      return true;
  }
}

/** The event with this number; undefined where the index has none. */
async function eventAt(segments: readonly Segment[], number: number): Promise<LedgerEvent | undefined> {
  const segment = segments.find(({ after, end }) => after.number < number && number <= end.number);
  const [event] = (await segment?.events([number])) ?? [];
  return event;
}

/** The number of an event of the decision, or why there is none. */
async function placeOf(index: ReplayIndex, instant: Instant, now: number): Promise<number | string> {
  switch (instant.kind) {
    case 'number':
      return numberIn(index, instant.number);
    case 'ago':
      return numberAt(index, now - instant.agoMs, now);
    case 'time':
      return numberAt(index, instant.at, now);
    case 'before-command':
    case 'after-command': {
      // Several actors may use one command id: the first that was recorded counts.
      const [event] = await firstsOfCommand(index, instant.commandId, index.end.number);
      const first = event?.number;
      if (first === undefined) {
        return `no command ${instant.commandId} is recorded up to event ${index.end.number}`;
      }
      return instant.kind === 'after-command' ? first : numberIn(index, first - 1);
    }
  }
}

function numberIn({ end, segments }: ReplayIndex, number: number): number | string {
  const first = firstOf(segments);
  if (number < first) {
    return first === 1 ? NOTHING_BEFORE : `nothing is known of what was before event ${first}`;
  }
  return number <= end.number ? number : `the log ends with event ${end.number}`;
}

const NOTHING_BEFORE = 'nothing was there before the first event';

/** The first event that is known. */
function firstOf(segments: readonly Segment[]): number {
  return (segments.find(({ hasEvents }) => hasEvents)?.after.number ?? 0) + 1;
}

async function numberAt(index: ReplayIndex, at: number, now: number): Promise<number | string> {
  const { segments } = index;
  const segment = segments.findLast(({ hasEvents, firstAt }) => hasEvents && firstAt <= at);
  const lastAt = segments.at(-1)?.lastAt ?? 0;
  if (segment === undefined) {
    return numberIn(index, 0);
  }
  if (at > Math.max(now, lastAt)) {
    return `nothing is known of what is after ${new Date(Math.max(now, lastAt)).toISOString()}`;
  }
  return (await segment.lastEventUntil(at))?.number ?? segment.after.number;
}

/** The decision that an event belongs to; undefined where the index does not have the event. */
export async function momentOf(segments: readonly Segment[], number: number): Promise<Moment | undefined> {
  const event = await eventAt(segments, number);
  return event === undefined ? undefined : momentOfEvent(segments, event);
}

async function momentOfEvent(segments: readonly Segment[], event: LedgerEvent): Promise<Moment> {
  const first = event.index === 0 ? event : await eventAt(segments, event.number - event.index);
  return { number: event.number - event.index + event.count - 1, at: event.at, issuedAt: first?.issuedAt };
}

function boundsOf(segments: readonly Segment[]): ErrorDetails {
  const [first, last] = [segments.find(({ hasEvents }) => hasEvents), segments.at(-1)];
  return first === undefined || last === undefined
    ? {}
    : { first: firstOf(segments), last: last.end.number, firstAt: first.firstAt, lastAt: last.lastAt };
}
