import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Result, succeed } from '@fleetbook/domain';
import { createNodeDisk, nodeFileParts, systemClock, systemTimers } from '@fleetbook/operations';
import { type LogRange, openRange } from '@fleetbook/replay';
import type { Call, Failure } from '../call.ts';
import type { OpenLog } from '../session/log-at.ts';
import { indexIn } from '../session/past-source.ts';

/**
 * The range that `--from` and `--to` name, or that an incident file holds; undefined for the whole log. Where nothing
 * runs on a directory, the index that stands there is used; elsewhere one is made for this call.
 * Throws LogDamageError, LogUnavailableError.
 */
export async function rangeOf(call: Call, opened: OpenLog): Promise<Result<LogRange | undefined, Failure>> {
  const { cell, log, directory, incident } = opened;
  const first = incident === undefined || incident.from === 1 ? undefined : String(incident.from);
  const [from, to] = [call.args.text('from') ?? first, call.args.text('to')];
  if (from === undefined && to === undefined) {
    return succeed(undefined);
  }
  const standing = incident?.directory ?? (directory === undefined ? undefined : indexIn(directory, cell));
  const made = standing === undefined ? await mkdtemp(join(tmpdir(), 'fleetbook-verify-')) : undefined;
  try {
    return await openRange({
      ...{ cell, log, timers: systemTimers, disk: createNodeDisk(), parts: nodeFileParts },
      clock: incident === undefined ? systemClock : { ...systemClock, now: () => incident.toAt },
      directory: standing ?? made ?? '',
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  } finally {
    await (made === undefined ? undefined : rm(made, { recursive: true, force: true }));
  }
}
