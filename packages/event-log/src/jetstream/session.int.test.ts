import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLedgerEvent } from '../decode-event.ts';
import { LogUnavailableError, ORIGIN } from '../port.ts';
import type { JetStreamContext } from './context.ts';
import { openJetStreamLog } from './jetstream-log.ts';
import { logNames } from './names.ts';
import { Session, type SessionEnd } from './session.ts';
import { startTestServer, type TestServer } from './testing/nats-server.ts';

let server: TestServer;
let connection: NatsConnection;

beforeAll(async () => {
  server = await startTestServer();
  connection = await server.connect();
  await openJetStreamLog({ connection, cell: 'main', create: true, appendTimeoutMs: 1_000 });
});

afterAll(async () => {
  await server.dispose();
});

const makesConsumer = (subject: string) => subject.startsWith('$JS.API.CONSUMER.CREATE.');

/** A context over the real server in which `before` runs ahead of the request for a consumer, and may refuse it. */
function contextWith(before: (context: JetStreamContext) => void): JetStreamContext {
  const intercepted = new Proxy(connection, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') {
        return value;
      }
      return (...parts: readonly unknown[]): unknown => {
        if (key === 'request' && makesConsumer(String(parts[0]))) {
          before(context);
        }
        return Reflect.apply(value, target, parts);
      };
    },
  });
  const context: JetStreamContext = {
    connection: intercepted,
    names: logNames('main'),
    decodeEvent: decodeLedgerEvent,
    inboxPrefix: '_INBOX',
    appendTimeoutMs: 1_000,
    requestTimeoutMs: 1_000,
    heartbeatMs: 1_000,
    warn: () => undefined,
    reconnectListeners: new Set(),
    isClosed: () => false,
  };
  return context;
}

async function startSession(context: JetStreamContext) {
  const ends: SessionEnd[] = [];
  const session = new Session(context, ORIGIN, undefined, {
    onCommits: () => undefined,
    onEnd: (end) => void ends.push(end),
    isFull: () => false,
  });
  const failure = await session.start().then(
    () => undefined,
    (error: unknown) => error,
  );
  session.close();
  return { ends, failure };
}

const reconnect = ({ reconnectListeners }: JetStreamContext) => {
  for (const listener of [...reconnectListeners]) {
    listener();
  }
};

describe('a session whose start fails', () => {
  it('says so once, by throwing', async () => {
    const { ends, failure } = await startSession(
      contextWith(() => {
        throw new Error('no answer');
      }),
    );
    expect(failure).toBeInstanceOf(LogUnavailableError);
    expect(ends).toEqual([]);
  });

  it('says so once, by its end, when the connection was made again meanwhile', async () => {
    const { ends, failure } = await startSession(
      contextWith((context) => {
        reconnect(context);
        throw new Error('no answer');
      }),
    );
    expect([failure, ends]).toMatchObject([undefined, [{ kind: 'broken' }]]);
  });
});
