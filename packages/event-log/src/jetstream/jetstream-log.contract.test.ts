import { afterAll, beforeAll } from 'vitest';
import { describeEventLog, type EventLogHarness } from '../contract/event-log.contract.ts';
import type { EventLog } from '../port.ts';
import { openJetStreamLog } from './jetstream-log.ts';
import { startTestServer, type TestServer } from './testing/nats-server.ts';

let server: TestServer;
let cells = 0;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(async () => {
  await server.dispose();
});

describeEventLog('jetstream', async (): Promise<EventLogHarness> => {
  cells += 1;
  const cell = `cell-${cells}`;
  const opened: EventLog[] = [];
  return {
    async open(options) {
      const log = await openJetStreamLog({
        ...{ connection: await server.connect(), cell, create: true },
        ...{ appendTimeoutMs: 400, requestTimeoutMs: 400, heartbeatMs: 200 },
        ...options,
      });
      opened.push(log);
      return log;
    },
    async stall() {
      await server.freeze();
    },
    async resume() {
      server.thaw();
    },
    async interrupt() {
      await server.stop('SIGKILL');
      await server.start();
    },
    async dispose() {
      server.thaw();
      await Promise.all(opened.map((log) => log.close()));
    },
  };
});
