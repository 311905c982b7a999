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

it('lets go of everything of one sender and command at once behind a message of another that is kept', async () => {
  const [cell, count] = ['trimmed', 200];
  const inbox = openJetStreamInbox({ connection, cell });
  await inbox.prepare(0);
  const put = (command: string) => connection.request(`fleetbook.v1.${cell}.inbox.agent.a-1.${command}`);
  await put('RegisterNode');
  await Promise.all(Array.from({ length: count }, () => put('ConfirmClaim')));
  const before = await callsOfApi();
  await inbox.trim(count + 1, [1]);
  expect((await callsOfApi()) - before).toBeLessThan(10);
  expect(await inbox.next(1)).toBeUndefined();
  expect(await inbox.next(0)).toMatchObject({ sequence: 1 });
});

async function callsOfApi(): Promise<number> {
  const account: unknown = (await connection.request('$JS.API.INFO')).json();
  return numberOf(account, 'api', 'total') ?? 0;
}
