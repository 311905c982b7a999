import type { AppendResult } from '../port.ts';

/**
 * What befalls one append of one connection:
 * `conflict`: not written, answered as a conflict;
 * `unknown-before`: not written, outcome unknown; `unknown-after`: written, outcome unknown;
 * `hold`: neither written nor answered until `release`, then it proceeds as if sent at that moment;
 * `late`: outcome unknown at once, written at `release` if its expectation still holds then;
 * `hang`: never written, never answered.
 */
export type AppendFault = 'conflict' | 'unknown-before' | 'unknown-after' | 'hold' | 'late' | 'hang';

export interface AppendFaults {
  /** Queues faults: the first for the next append, and so on; appends after the last one are sound. */
  next(...faults: readonly AppendFault[]): void;
  /** Lets every append that is held or late so far proceed, in the order they were sent. */
  release(): void;
  /** Number of appends held or late. */
  readonly waiting: number;
}

export interface AppendFaultGate extends AppendFaults {
  /** Runs `proceed`, the sound append, as the fault due says. */
  pass(proceed: () => AppendResult): Promise<AppendResult>;
}

export function createAppendFaultGate(): AppendFaultGate {
  const due: AppendFault[] = [];
  const waiting: (() => void)[] = [];

  function hold(proceed: () => AppendResult): Promise<AppendResult> {
    return new Promise((resolve) => {
      waiting.push(() => resolve(proceed()));
    });
  }

  return {
    next(...faults) {
      due.push(...faults);
    },
    release() {
      for (const proceed of waiting.splice(0)) {
        proceed();
      }
    },
    get waiting() {
      return waiting.length;
    },
    async pass(proceed) {
      const fault = due.shift();
      switch (fault) {
        case undefined:
          return proceed();
        case 'conflict':
          return { status: 'conflict' };
        case 'unknown-before':
          return unknown(fault);
        case 'unknown-after':
          proceed();
          return unknown(fault);
        case 'hold':
          return hold(proceed);
        case 'late':
          waiting.push(proceed);
          return unknown(fault);
        case 'hang':
          return new Promise(() => {});
      }
    },
  };
}

function unknown(fault: AppendFault): AppendResult {
  return { status: 'unknown', cause: new Error(`injected fault: ${fault}`) };
}
