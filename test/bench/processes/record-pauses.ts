// Loaded into a process before anything else: writes down how long each collection of garbage held up its main thread.
import { appendFileSync } from 'node:fs';
import { constants, type PerformanceEntry, PerformanceObserver } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';
import { PAUSES_FILE_VARIABLE } from './pauses.ts';

const path = process.env[PAUSES_FILE_VARIABLE];

/** What the process itself asked for between two tasks holds up nothing. */
function isForced(entry: PerformanceEntry): boolean {
  const flags: unknown = Object(Reflect.get(entry, 'detail')).flags;
  return typeof flags === 'number' && (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) !== 0;
}

if (path !== undefined && isMainThread) {
  const observer = new PerformanceObserver((list) => {
    const pauses = list.getEntries().filter((entry) => !isForced(entry));
    appendFileSync(path, pauses.map(({ duration }) => `${duration.toFixed(3)}\n`).join(''));
  });
  observer.observe({ entryTypes: ['gc'] });
}
