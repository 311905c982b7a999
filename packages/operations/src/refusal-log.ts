import type { LogFacts, Logger } from './logger.ts';
import type { Clock } from './ports/clock.ts';

/** Warnings of what was not taken: one a minute for each key, however often it happens. */
export interface RefusalLog {
  /** `facts` are those of this case; a line also says how many of its key went without one before it. */
  note(key: string, facts: LogFacts): void;
}

interface Entry {
  readonly loggedMs: number;
  readonly facts: LogFacts;
  suppressed: number;
}

const QUIET_MS = 60_000;
/** Whoever makes up keys gets one line for all further ones. */
const MAX_KEYS = 1_000;
const OTHERS = 'others';

export function createRefusalLog(message: string, { logger, clock }: { logger: Logger; clock: Clock }): RefusalLog {
  const entries = new Map<string, Entry>();
  let sweptMs = clock.monotonicMs();

  /** What is over is told of, should its key never come again. */
  function sweep(nowMs: number): void {
    sweptMs = nowMs;
    for (const [key, { loggedMs, facts, suppressed }] of entries) {
      if (nowMs - loggedMs >= QUIET_MS) {
        entries.delete(key);
        if (suppressed > 0) {
          logger.warn(message, { ...facts, suppressed });
        }
      }
    }
  }

  return {
    note(key, facts) {
      const nowMs = clock.monotonicMs();
      if (nowMs - sweptMs >= QUIET_MS) {
        sweep(nowMs);
      }
      const place = entries.has(key) || entries.size < MAX_KEYS ? key : OTHERS;
      const entry = entries.get(place);
      if (entry !== undefined && nowMs - entry.loggedMs < QUIET_MS) {
        entry.suppressed += 1;
        return;
      }
      const suppressed = entry?.suppressed ?? 0;
      entries.set(place, { loggedMs: nowMs, facts, suppressed: 0 });
      logger.warn(message, suppressed === 0 ? facts : { ...facts, suppressed });
    },
  };
}
