import { randomInt } from 'node:crypto';
import { fleetbookError } from '@fleetbook/contracts';
import { createLogger, createNodeDisk, slicesOn, systemClock, systemTimers } from '@fleetbook/operations';
import { createKeyHash, createSnapshot } from '@fleetbook/tracker';
import { type Ending, OK, type Run } from '../call.ts';
import { openDirectoryLog } from '../session/directory-log.ts';
import { orFailure } from '../session/log-at.ts';
import { trackerDirectories } from '../session/tracker-directories.ts';
import { packageVersion } from '../version.ts';

export const snapshotCreate: Run = async (call): Promise<Ending> => {
  const directories = await trackerDirectories(call);
  if (!directories.ok) {
    return { failure: directories.error };
  }
  const { data, first: directory } = directories.value;
  const opened = await openDirectoryLog(call, data);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  const { log, cell, close } = opened.value;
  const created = await orFailure(() =>
    createSnapshot({
      ...{ log, cell, directory, disk: createNodeDisk(), clock: systemClock, timers: systemTimers },
      keysOf: createKeyHash,
      keySeed: randomInt(2 ** 32),
      logger: quietLogger(),
      slices: slicesOn(systemClock, () => new Promise((resolve) => systemTimers.soon(resolve)))(),
    }),
  ).finally(close);
  if (!created.ok) {
    return { failure: created.error };
  }
  if (!created.value.ok) {
    const { code, cause } = created.value.error;
    const error = code === 'NO_SPACE' ? 'DISK_FULL' : 'DATA_UNUSABLE';
    return { failure: fleetbookError(error, { directory, reason: cause.message }) };
  }
  const { path, bookmark, begunAt } = created.value.value;
  const { number, hash } = bookmark;
  if (call.args.isSet('json')) {
    const outcome = path === undefined ? 'unchanged' : 'created';
    call.terminal.print(
      JSON.stringify({ outcome, cell, number, hash, begunAt, ...(path === undefined ? {} : { path }) }),
    );
  } else if (path === undefined) {
    call.terminal.print(`The newest snapshot is of event ${number}, with which the log of cell ${cell} ends.`);
  } else {
    call.terminal.print(
      `Saved the state of cell ${cell} at event ${number}, folded from event ${begunAt + 1} on: ${path}`,
    );
  }
  return OK;
};

/** What is ignored on the way is told by `snapshot list`. */
function quietLogger() {
  const facts = { service: 'tracker', version: packageVersion(), serviceInstanceId: 'cli' };
  return createLogger({ ...facts, level: 'silent', output: 'stderr' });
}
