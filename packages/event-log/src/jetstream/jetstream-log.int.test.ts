import { once } from 'node:events';
import { createServer } from 'node:http';
import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAll, createSampleWriter, sampleCommits } from '../contract/sample-commits.ts';
import { type EventLog, LogUnavailableError, ORIGIN } from '../port.ts';
import { fieldOf, parseReply } from './api.ts';
import type { JetStreamLogOptions } from './context.ts';
import { openJetStreamLog } from './jetstream-log.ts';
import { JetStreamSetupError } from './setup-error.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './testing/nats-server.ts';

let server: TestServer;
let connection: NatsConnection;

beforeAll(async () => {
  server = await startTestServer();
  connection = await server.connect();
});

afterAll(async () => {
  await server.dispose();
});

describe('the stream', () => {
  it('is made so that it loses and rewrites nothing', async () => {
    await open({ cell: 'made' });
    expect(fieldOf(await call('STREAM.INFO.FLEETBOOK_made_0001', {}), 'config')).toMatchObject({
      ...{ subjects: ['fleetbook.log.made.0001'], storage: 'file', retention: 'limits', discard: 'new' },
      ...{ max_msgs: -1, max_bytes: -1, max_age: 0, max_msgs_per_subject: -1, max_msg_size: -1, max_consumers: -1 },
      ...{ deny_delete: true, deny_purge: true, allow_direct: true, allow_rollup_hdrs: false, compression: 'none' },
      ...{ duplicate_window: 120_000_000_000, num_replicas: 1 },
    });
  });

  it.each([
    { setting: 'discards old messages', change: { discard: 'old', max_msgs: 5 } },
    { setting: 'may be purged', change: { deny_purge: false } },
    { setting: 'is kept in memory', change: { storage: 'memory' } },
    { setting: 'takes other subjects too', change: { subjects: ['fleetbook.log.unsafe.*'] } },
  ])('is refused when it $setting', async ({ change }) => {
    await open({ cell: 'unsafe' });
    const config = fieldOf(await call('STREAM.INFO.FLEETBOOK_unsafe_0001', {}), 'config');
    await call('STREAM.DELETE.FLEETBOOK_unsafe_0001', {});
    await call('STREAM.CREATE.FLEETBOOK_unsafe_0001', Object.assign({}, config, change));
    await expect(open({ cell: 'unsafe' })).rejects.toBeInstanceOf(JetStreamSetupError);
    await call('STREAM.DELETE.FLEETBOOK_unsafe_0001', {});
  });

  it('is damaged when it does not begin with sequence 1', async () => {
    await open({ cell: 'cut' });
    const config = fieldOf(await call('STREAM.INFO.FLEETBOOK_cut_0001', {}), 'config');
    await call('STREAM.DELETE.FLEETBOOK_cut_0001', {});
    await call('STREAM.CREATE.FLEETBOOK_cut_0001', Object.assign({}, config, { first_seq: 8 }));
    await expect(open({ cell: 'cut' })).rejects.toMatchObject({ name: 'LogDamageError', kind: 'gap' });
  });

  it('is not made when it is only to be found', async () => {
    await expect(open({ cell: 'none', create: false })).rejects.toBeInstanceOf(LogUnavailableError);
  });

  it('that is gone is evidence of loss to a reader that has read it', async () => {
    const log = await open({ cell: 'gone' });
    const [bookmark = ORIGIN] = await appendAll(log, sampleCommits(1));
    await call('STREAM.DELETE.FLEETBOOK_gone_0001', {});
    await expect(log.read(bookmark)[Symbol.asyncIterator]().next()).rejects.toMatchObject({ kind: 'went-back' });
  });

  it.each(['', 'a b', 'a.b', '*', '>', 'x'.repeat(33), 'a\r\nPUB b'])('has no cell named %j', async (cell) => {
    await expect(open({ cell })).rejects.toBeInstanceOf(RangeError);
  });
});

describe('an append', () => {
  it('of a commit that stands in another place is never taken for stored in this one', async () => {
    const log = await open({ cell: 'elsewhere' });
    const writer = createSampleWriter();
    const commits = [writer.next(), writer.next()];
    const bookmarks = await appendAll(log, commits);
    const [first = writer.next()] = commits;
    expect(await log.append(bookmarks[1]?.position ?? ORIGIN.position, first)).not.toMatchObject({
      status: 'appended',
    });
  });

  it('has an unknown outcome when nobody keeps the stream', async () => {
    const log = await open({ cell: 'deleted' });
    await call('STREAM.DELETE.FLEETBOOK_deleted_0001', {});
    const result = await log.append(ORIGIN.position, createSampleWriter().next());
    expect(result).toMatchObject({ status: 'unknown', cause: expect.any(Error) });
  });
});

describe('storage', () => {
  it('is what the stream takes, and the limit of the server where its monitoring endpoint is known', async () => {
    await withServer({ maximumStoreBytes: 50_000_000 }, async (limited) => {
      const options = { connection: await limited.connect(), monitoringUrl: limited.monitoringUrl };
      const log = await open(options);
      const empty = await log.storage?.();
      expect(empty).toEqual({ bytes: 0, quotas: [{ usedBytes: 0, limitBytes: 50_000_000 }] });
      await appendAll(log, sampleCommits(3));
      const { bytes = 0, quotas = [] } = (await log.storage?.()) ?? {};
      expect(bytes).toBeGreaterThan(500);
      expect(quotas).toEqual([{ usedBytes: bytes, limitBytes: 50_000_000 }]);
      expect(await (await open({ connection: options.connection })).storage?.()).toEqual({ bytes, quotas: [] });
    });
  });
});

it('is not there on a server without JetStream, and that is said', async () => {
  await withServer({ hasJetStream: false }, async (plain) => {
    const opening = open({ connection: await plain.connect() });
    await expect(opening).rejects.toThrow(/is not answered: JetStream is off on the server, or not up yet$/);
  });
});

it('tells its end as soon as a lost connection is made again, not when the question has timed out', async () => {
  await withServer({}, async (restarted) => {
    const log = await open({ cell: 'main', connection: await restarted.connect() });
    await restarted.freeze();
    const end = log.end();
    await restarted.stop('SIGKILL');
    await restarted.start();
    await expect(end).resolves.toBe(ORIGIN.position);
  });
});

describe('durability', () => {
  it('is verified only by the monitoring endpoint of the server connected to', async () => {
    const other = await startTestServer();
    const closed = 'http://127.0.0.1:1';
    const said = [undefined, server.monitoringUrl, `${server.monitoringUrl}/`, other.monitoringUrl, closed];
    const logs = await Promise.all(said.map((monitoringUrl) => open(monitoringUrl ? { monitoringUrl } : {})));
    await other.dispose();
    expect(logs.map((log) => log.durability)).toEqual([
      'unverified',
      'verified',
      'verified',
      'unverified',
      'unverified',
    ]);
  });

  it('is asked for again where the monitoring endpoint did not answer: known, or refused, from then on', async () => {
    await withServer({ syncInterval: '1m' }, async (lazy) => {
      const gates = await Promise.all([server, lazy].map(({ monitoringUrl }) => startGate(monitoringUrl)));
      const [sound, weak] = await Promise.all([
        open({ monitoringUrl: gates[0]?.url ?? '' }),
        open({ connection: await lazy.connect(), monitoringUrl: gates[1]?.url ?? '' }),
      ]);
      expect(await sound.verifyDurability?.()).toBe('unverified');
      expect(await weak.verifyDurability?.()).toBe('unverified');
      for (const gate of gates) {
        gate.open();
      }
      expect(await sound.verifyDurability?.()).toBe('verified');
      expect(sound.durability).toBe('verified');
      await expect(weak.verifyDurability?.()).rejects.toMatchObject({ code: 'WEAK_DURABILITY' });
      for (const gate of gates) {
        gate.close();
      }
    });
  });

  it('is refused of a server that is known to sync later', async () => {
    await withServer({ syncInterval: '1m' }, async (lazy) => {
      const options = { connection: await lazy.connect(), monitoringUrl: lazy.monitoringUrl };
      await expect(open(options)).rejects.toMatchObject({ code: 'WEAK_DURABILITY' });
    });
  });

  it('is not what is said to be amiss of a server that takes no message as large as a commit', async () => {
    await withServer({ maxPayload: 65_536 }, async (narrow) => {
      await expect(open({ connection: await narrow.connect() })).rejects.toMatchObject({ code: 'LOG_UNUSABLE' });
    });
  });
});

/** An address that passes on what another one answers, once it is open. */
async function startGate(monitoringUrl: string) {
  let isOpen = false;
  const gate = createServer(async ({ url = '/' }, answer) => {
    const passed = isOpen ? await fetch(new URL(url, monitoringUrl)) : undefined;
    answer.writeHead(passed?.status ?? 503).end(await passed?.text());
  });
  await once(gate.listen(0, '127.0.0.1'), 'listening');
  const address = gate.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    open() {
      isOpen = true;
    },
    close: () => void gate.close(),
  };
}

async function open(options: Partial<JetStreamLogOptions>): Promise<EventLog> {
  return openJetStreamLog({ connection, cell: 'main', create: true, appendTimeoutMs: 1000, ...options });
}

async function call(name: string, body: object): Promise<unknown> {
  return parseReply((await connection.request(`$JS.API.${name}`, JSON.stringify(body))).data);
}

async function withServer(options: TestServerOptions, use: (server: TestServer) => Promise<void>): Promise<void> {
  const started = await startTestServer(options);
  try {
    await use(started);
  } finally {
    await started.dispose();
  }
}
