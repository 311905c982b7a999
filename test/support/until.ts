import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;
/** To tell what never comes, not what comes late: a machine may be busy with something else for many seconds. */
const PATIENCE_MS = 60_000;

/**
 * Resolves with the first value of `find` that is not undefined; throws, saying what was waited for, when there is none
 * within `timeoutMs`.
 */
export async function until<Value>(
  what: string,
  find: () => Value | undefined | Promise<Value | undefined>,
  timeoutMs = PATIENCE_MS,
): Promise<Value> {
  const limit = performance.now() + timeoutMs;
  for (;;) {
    const found = await find();
    if (found !== undefined) {
      return found;
    }
    if (performance.now() > limit) {
      throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    }
    await delay(POLL_MS);
  }
}
