import { afterEach, beforeEach, describe } from 'vitest';
import type { DecodeEvent } from '../decode-event.ts';
import type { EventLog } from '../port.ts';
import { describeAppend } from './append.contract.ts';
import { describeDamage } from './damage.contract.ts';
import { describeReading } from './reading.contract.ts';
import { describeTrouble } from './trouble.contract.ts';

/** One log, empty at first, and what can be done to it from outside. */
export interface EventLogHarness {
  /** A new connection to the log; the first one creates it. Appends are bounded by a time-out below 2 s. */
  open(options?: { readonly decodeEvent?: DecodeEvent }): Promise<EventLog>;
  /** From when it resolves until `resume`, nothing is answered: appends made now have an unknown outcome. */
  stall(): Promise<void>;
  resume(): Promise<void>;
  /** Breaks every connection; when it resolves, the log can be reached again. */
  interrupt(): Promise<void>;
  /** Closes what `open` opened and gives the log up. */
  dispose(): Promise<void>;
}

export type CreateHarness = () => Promise<EventLogHarness>;

/** How the tests get at logs: of the test's own harness, or of a second one. */
export interface LogsUnderTest {
  readonly harness: EventLogHarness;
  open(options?: { readonly decodeEvent?: DecodeEvent }): Promise<EventLog>;
  openAnotherLog(): Promise<EventLog>;
}

/** The rules of the EventLog port, run against one adapter. */
export function describeEventLog(name: string, createHarness: CreateHarness): void {
  describe(`event log: ${name}`, () => {
    const harnesses: EventLogHarness[] = [];

    async function addHarness(): Promise<EventLogHarness> {
      const harness = await createHarness();
      harnesses.push(harness);
      return harness;
    }

    const logs: LogsUnderTest = {
      get harness() {
        const [first] = harnesses;
        if (first === undefined) {
          throw new Error('no harness before the test has begun');
        }
        return first;
      },
      open: (options) => logs.harness.open(options),
      openAnotherLog: async () => (await addHarness()).open(),
    };

    beforeEach(async () => {
      await addHarness();
    });

    afterEach(async () => {
      await Promise.all(harnesses.splice(0).map((harness) => harness.dispose()));
    });

    describeAppend(logs);
    describeReading(logs);
    describeDamage(logs);
    describeTrouble(logs);
  });
}
