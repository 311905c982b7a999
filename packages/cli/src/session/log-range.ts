import { type FleetbookError, fleetbookError, parseInstant, readInstant } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import { createNodeDisk, nodeFileParts, systemClock, systemTimers } from '@fleetbook/operations';
import { type LogRange, openRange, type RangeOptions } from '@fleetbook/replay';
import type { Call, Failure } from '../call.ts';
import { connectToCell } from './connection.ts';
import { indexDirectoryOf } from './index-directory.ts';
import { type OpenLog, orFailure } from './log-at.ts';

/** Instants; what an incident file holds, or the whole log, where one is left out. */
export interface AskedRange {
  readonly from?: string;
  readonly to?: string;
}

/**
 * A range of the log; undefined where it is all of it. Of the log no more is read than leads to the end of the range.
 * Errors: NO_SUCH_INSTANT, INVALID_FIELD, LOG_DAMAGED, UNAVAILABLE.
 */
export async function rangeOf(
  call: Call,
  opened: OpenLog,
  asked: AskedRange,
): Promise<Result<LogRange | undefined, Failure>> {
  const { incident } = opened;
  const first = incident === undefined || incident.from === 1 ? undefined : String(incident.from);
  const [from, to] = [asked.from ?? first, asked.to];
  if (from === undefined && to === undefined) {
    return succeed(undefined);
  }
  return withIndex(call, opened, asked, (surroundings) =>
    openRange({ ...surroundings, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }),
  );
}

/** What `--as-of` says, if it is there. Error: INVALID_FIELD. */
export function asOfIn({ args }: Call): Result<string | undefined, Failure> {
  const text = args.text('as-of');
  const instant = text === undefined ? succeed(undefined) : readInstant('asOf', text);
  return instant.ok ? succeed(text) : instant;
}

type Surroundings = Omit<RangeOptions, 'from' | 'to'>;

/** Works on a range with an index of its log. What lies after the end is told before anything is read. */
export async function withIndex<Value>(
  call: Call,
  opened: OpenLog,
  asked: AskedRange,
  work: (surroundings: Surroundings) => Promise<Result<Value, FleetbookError>>,
): Promise<Result<Value, Failure>> {
  const { cell, log, incident } = opened;
  const fault = await beyondEnd(call, opened, asked);
  if (fault !== undefined) {
    return fail(fault);
  }
  const directory = await indexDirectoryOf(opened, 'range');
  try {
    const done = await orFailure(() =>
      work({
        ...{ cell, log, timers: systemTimers, disk: createNodeDisk(), parts: nodeFileParts },
        clock: incident === undefined ? systemClock : { ...systemClock, now: () => incident.toAt },
        directory: directory.path,
      }),
    );
    return done.ok ? done.value : done;
  } finally {
    await directory.release();
  }
}

const ASK_TIMEOUT_MS = 1_500;

/** Why an event that is asked for is not in the log, as far as its tracker says. */
async function beyondEnd(
  call: Call,
  { target }: OpenLog,
  { from, to }: AskedRange,
): Promise<FleetbookError | undefined> {
  const numbers = [from, to].flatMap((asOf = '') => {
    const instant = parseInstant(asOf);
    return instant?.kind === 'number' ? [{ asOf, number: instant.number }] : [];
  });
  const isAsked = target !== undefined && numbers.length > 0;
  const fleetbook = isAsked ? await connectToCell(call, target) : undefined;
  if (fleetbook === undefined || !fleetbook.ok) {
    return undefined;
  }
  try {
    const reply = await fleetbook.value.as('operator', 'verify').ask('writer', {}, { timeoutMs: ASK_TIMEOUT_MS });
    const last = reply.outcome === 'answer' ? reply.answer.number : Number.POSITIVE_INFINITY;
    const beyond = numbers.find(({ number }) => number > last);
    const reason = `the log ends with event ${last}`;
    return beyond && fleetbookError('NO_SUCH_INSTANT', { asOf: beyond.asOf, reason, last });
  } finally {
    await fleetbook.value.close();
  }
}
