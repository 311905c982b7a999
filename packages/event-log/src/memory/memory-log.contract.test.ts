import { describeEventLog, type EventLogHarness } from '../contract/event-log.contract.ts';
import type { EventLog } from '../port.ts';
import { createMemoryLog } from './memory-log.ts';
import { createMemoryStore, storeFaults } from './memory-store.ts';

describeEventLog('memory', async (): Promise<EventLogHarness> => {
  const store = createMemoryStore();
  const faults = storeFaults(store);
  const opened: EventLog[] = [];
  return {
    async open(options) {
      const log = createMemoryLog({ store, ...options });
      opened.push(log);
      return log;
    },
    async stall() {
      faults.setAvailable(false);
    },
    async resume() {
      faults.setAvailable(true);
    },
    async interrupt() {
      faults.setAvailable(false);
      faults.setAvailable(true);
    },
    async dispose() {
      await Promise.all(opened.map((log) => log.close()));
    },
  };
});
