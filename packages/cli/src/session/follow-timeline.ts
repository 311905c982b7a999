import { setTimeout as delay } from 'node:timers/promises';
import type { AnswerReply, FleetbookError, QueryReply, TimelineAnswer, TimelineQuery } from '@fleetbook/contracts';
import type { Source } from './source.ts';

const FOLLOW_EVERY_MS = 500;
const PAGE = 1_000;

/** What `--follow` says of an incident file, and of a directory on which nothing runs. */
export const NOTHING_GROWS = 'nothing is added there: this is all';

export interface Following {
  /** What it is a timeline of. */
  readonly subject: TimelineQuery;
  /** The last event that is known. */
  readonly after: number;
  /** How long one question may take, milliseconds. */
  readonly timeoutMs: number;
  readonly stop: AbortSignal;
  readonly everyMs?: number;
  show(reply: AnswerReply<TimelineAnswer>): void;
  /** Told once when answers begin to fail, for a reason that passes. */
  waitsFor(error: FleetbookError): void;
}

/**
 * Asks for what is newer until it is stopped, each time with a time of its own. What passes by itself is waited out;
 * gives the first error that does not.
 */
export async function followTimeline(source: Source, following: Following): Promise<FleetbookError | undefined> {
  const { stop, show, everyMs = FOLLOW_EVERY_MS } = following;
  let { after } = following;
  let isWaiting = false;
  for (;;) {
    await delay(everyMs, undefined, { signal: stop }).catch(() => undefined);
    const reply = stop.aborted ? undefined : await newer(source, following, after);
    if (reply === undefined || stop.aborted) {
      return undefined;
    }
    if (reply.outcome === 'answer') {
      show(reply);
      after = reply.past?.number ?? after;
    } else if (reply.error.retry !== 'same-id') {
      return reply.error;
    } else if (!isWaiting) {
      following.waitsFor(reply.error);
    }
    isWaiting = reply.outcome === 'error';
  }
}

/** All of it: a page holds the newest, and what is older is asked for until nothing is left out. */
async function newer(
  source: Source,
  { subject, timeoutMs }: Following,
  after: number,
): Promise<QueryReply<TimelineAnswer>> {
  const ask = (more: TimelineQuery): Promise<QueryReply<TimelineAnswer>> =>
    source.ask('timeline', { ...subject, ...more, after, limit: PAGE }, { timeoutMs });
  const newest = await ask({});
  if (newest.outcome === 'error') {
    return newest;
  }
  let { entries, next } = newest.answer;
  while (next !== undefined) {
    const older = await ask({ before: next });
    if (older.outcome === 'error') {
      return older;
    }
    entries = [...older.answer.entries, ...entries];
    next = older.answer.next;
  }
  return { ...newest, answer: { entries } };
}
