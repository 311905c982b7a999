import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { EventLog } from '@fleetbook/event-log';
import type { Disk } from '@fleetbook/operations';
import { manifestFault } from './bundle-facts.ts';
import { type BundleManifest, decodeBundle } from './bundle-file.ts';
import { createBundleLog } from './bundle-log.ts';
import { writeStart } from './start-segment.ts';

export interface OpenBundle {
  readonly manifest: BundleManifest;
  /** Read only. With `directory` as that of an index, the past of it can be asked for. */
  readonly log: EventLog;
}

/**
 * Opens a bundle whose every statement about its events is true: its log, and in `directory`, which has to be empty,
 * the state before it. Nothing but the directory is written. Errors: BUNDLE_DAMAGED, FORMAT_TOO_NEW, LOG_DAMAGED.
 */
export async function openBundle(
  file: string,
  bytes: Buffer,
  { disk, directory }: { readonly disk: Disk; readonly directory: string },
): Promise<Result<OpenBundle, FleetbookError>> {
  const decoded = decodeBundle(file, bytes);
  if (!decoded.ok) {
    return decoded;
  }
  const { manifest, body } = decoded.value;
  const opened = createBundleLog(body);
  if (!opened.ok) {
    return opened;
  }
  const { log, commits } = opened.value;
  const fault = manifestFault(manifest, body, commits);
  if (fault !== undefined) {
    return fail(fleetbookError('BUNDLE_DAMAGED', { file, reason: fault }));
  }
  if (body.start !== undefined) {
    await writeStart(disk, directory, manifest, body.start);
  }
  return succeed({ manifest, log });
}
