import { randomUUID } from 'node:crypto';
import { afterAll, describe, it } from 'vitest';
import { describeEventLog, type EventLogHarness } from '../contract/event-log.contract.ts';
import type { EventLog } from '../port.ts';
import { openEventStoreLog } from './event-store-log.ts';
import { startServerUnderTest } from './testing/server-under-test.ts';
import { startTcpProxy } from './testing/tcp-proxy.ts';

const server = await startServerUnderTest();
const proxy = await startTcpProxy(server.host, server.port);
const connectionString = `esdb://127.0.0.1:${proxy.port}?tls=false`;

afterAll(async () => {
  await proxy.close();
  await server.stop();
});

describe('EventStoreDB itself', () => {
  it('keeps the contract of an event log', ({ skip }) => {
    skip(server.whyNotReal !== undefined, server.whyNotReal);
  });
});

describeEventLog(server.name, async (): Promise<EventLogHarness> => {
  const cell = randomUUID().slice(0, 18);
  const opened: EventLog[] = [];
  return {
    async open(options) {
      const log = await openEventStoreLog({
        ...{ connectionString, cell, appendTimeoutMs: 1_000, readTimeoutMs: 1_000 },
        ...options,
      });
      opened.push(log);
      return log;
    },
    async stall() {
      proxy.stall();
    },
    async resume() {
      proxy.resume();
    },
    async interrupt() {
      proxy.interrupt();
    },
    async dispose() {
      proxy.resume();
      await Promise.all(opened.map((log) => log.close()));
    },
  };
});
