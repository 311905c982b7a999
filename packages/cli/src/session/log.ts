import type { Result } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import { type OpenLog, openLogAt } from './log-at.ts';
import { findTarget } from './target.ts';

/** The log of what `--data`, `--server` and the surroundings name. */
export async function openCallLog(call: Call): Promise<Result<OpenLog, Failure>> {
  const directory = call.args.text('data');
  if (directory !== undefined) {
    const { openDirectoryLog } = await import('./directory-log.ts');
    return openDirectoryLog(call, directory);
  }
  const target = await findTarget(call);
  return target.ok ? openLogAt(target.value) : target;
}
