import { REPLY_HEADER } from '@fleetbook/contracts';
import { headers, type NatsConnection } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeInbox } from '../contract/inbox.contract.ts';
import { InboxUnfitError } from '../inbox-port.ts';
import { fieldOf, numberOf } from './api.ts';
import { openJetStreamInbox } from './jetstream-inbox.ts';
import { startTestServer, type TestServer } from './testing/nats-server.ts';

let server: TestServer;
let connection: NatsConnection;
let cells = 0;

beforeAll(async () => {
  server = await startTestServer();
  connection = await server.connect();
});

afterAll(async () => {
  await server.dispose();
});

describeInbox('jetstream', async (limits) => {
  cells += 1;
  const cell = `cell-${cells}`;
  return {
    open: async () => openJetStreamInbox({ connection, cell, limits }),
    async put(command, payload, { replyTo } = {}) {
      const sent = headers();
      if (replyTo !== undefined) sent.set(REPLY_HEADER, replyTo);
      const subject = `fleetbook.v1.${cell}.inbox.agent.a-1.${command}`;
      const reply = await connection
        .request(subject, payload, { timeout: 5_000, headers: sent })
        .catch(() => undefined);
      const answer: unknown = reply === undefined ? undefined : reply.json();
      return fieldOf(answer, 'error') === undefined ? numberOf(answer, 'seq') : undefined;
    },
    dispose: async () => undefined,
  };
});

it('a stream that drops its oldest message for a new one is no inbox', async () => {
  const stream = { name: 'FLEETBOOK_lossy_INBOX', subjects: ['fleetbook.v1.lossy.inbox.>'], discard: 'old' };
  await connection.request(`$JS.API.STREAM.CREATE.${stream.name}`, JSON.stringify(stream));
  const inbox = openJetStreamInbox({ connection, cell: 'lossy' });
  await expect(inbox.prepare(0)).rejects.toThrow(InboxUnfitError);
});
