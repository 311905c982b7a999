import { type Result, succeed } from '@fleetbook/domain';
import { createNodeDisk, nodeFileParts, systemClock, systemTimers } from '@fleetbook/operations';
import { type LogRange, openRange } from '@fleetbook/replay';
import type { Failure } from '../call.ts';
import { type OpenLog, orFailure } from './log-at.ts';
import { indexIn } from './past-source.ts';
import { makeScratch } from './scratch.ts';

/** Instants; what an incident file holds, or the whole log, where one is left out. */
export interface AskedRange {
  readonly from?: string;
  readonly to?: string;
}

/**
 * A range of the log; undefined where it is all of it. Where nothing runs on a directory, the index that stands there
 * is used; elsewhere one is made for this call. Errors: NO_SUCH_INSTANT, INVALID_FIELD, LOG_DAMAGED, UNAVAILABLE.
 */
export async function rangeOf(opened: OpenLog, asked: AskedRange): Promise<Result<LogRange | undefined, Failure>> {
  const { cell, log, directory, incident } = opened;
  const first = incident === undefined || incident.from === 1 ? undefined : String(incident.from);
  const [from, to] = [asked.from ?? first, asked.to];
  if (from === undefined && to === undefined) {
    return succeed(undefined);
  }
  const standing = incident?.directory ?? (directory === undefined ? undefined : indexIn(directory, cell));
  const made = standing === undefined ? makeScratch('range') : undefined;
  try {
    const opening = await orFailure(() =>
      openRange({
        ...{ cell, log, timers: systemTimers, disk: createNodeDisk(), parts: nodeFileParts },
        clock: incident === undefined ? systemClock : { ...systemClock, now: () => incident.toAt },
        directory: standing ?? made?.path ?? '',
        ...(from === undefined ? {} : { from }),
        ...(to === undefined ? {} : { to }),
      }),
    );
    return opening.ok ? opening.value : opening;
  } finally {
    await made?.remove();
  }
}
