import { type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import type { BundleHere } from './bundle-source.ts';
import { type OpenLog, openLogAt } from './log-at.ts';
import { findTarget } from './target.ts';

/** The log of what `--data`, `--server` and the surroundings name. */
export async function openCallLog(call: Call): Promise<Result<OpenLog, Failure>> {
  const directory = call.args.text('data');
  if (directory !== undefined) {
    const { isFile, openBundleFile } = await import('./bundle-source.ts');
    if (await isFile(call, directory)) {
      const opened = await openBundleFile(call, directory);
      return opened.ok ? succeed(logOf(opened.value)) : opened;
    }
    const { openDirectoryLog } = await import('./directory-log.ts');
    return openDirectoryLog(call, directory);
  }
  const target = await findTarget(call);
  return target.ok ? openLogAt(target.value) : target;
}

function logOf({ manifest, log, directory, close }: BundleHere): OpenLog {
  const { cell, from, to, toAt, digest, isRedacted } = manifest;
  return { cell, log, target: undefined, incident: { from, to, toAt, digest, isRedacted, directory }, close };
}
