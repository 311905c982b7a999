import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 10;

/**
 * Resolves with the first value of `find` that is not undefined; throws, saying what was waited for, when there is none
 * within `timeoutMs`.
 */
export async function until<Value>(
  what: string,
  find: () => Value | undefined | Promise<Value | undefined>,
  timeoutMs = 15_000,
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
