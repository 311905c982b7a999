import type { NatsConnection } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendAll, sampleCommits } from '../contract/sample-commits.ts';
import { decodeLedgerEvent } from '../decode-event.ts';
import { LogUnavailableError, ORIGIN } from '../port.ts';
import { verifyCommit } from '../verify.ts';
import type { JetStreamContext } from './context.ts';
import { openJetStreamLog } from './jetstream-log.ts';
import { logNames } from './log-names.ts';
import { Session, type SessionEnd } from './session.ts';
import { startTestServer, type TestServer } from './testing/nats-server.ts';

const COMMITS = 40;

let server: TestServer;
let connection: NatsConnection;

beforeAll(async () => {
  server = await startTestServer();
  connection = await server.connect();
  const log = await openJetStreamLog({ connection, cell: 'main', create: true, appendTimeoutMs: 1_000 });
  await appendAll(log, sampleCommits(COMMITS));
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
    startReadingThread: undefined,
    warn: () => undefined,
    noteDamagedCopy: () => undefined,
    reconnectListeners: new Set(),
    isClosed: () => false,
  };
  return context;
}

async function startSession(context: JetStreamContext) {
  const ends: SessionEnd[] = [];
  const session = new Session(context, ORIGIN, undefined, {
    verify: verifyCommit,
    onCommit: () => undefined,
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

/** Counts the turns of the event loop until `stop` is called. */
function countTurns() {
  let turn = 0;
  let next: NodeJS.Immediate;
  const count = (): void => {
    turn += 1;
    next = setImmediate(count);
  };
  count();
  return { turn: () => turn, stop: () => clearImmediate(next) };
}

function workFor(durationMs: number): void {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    // Until the time is used up.
  }
}

describe('a session whose commits take long', () => {
  it('lets other work of the process go on between any two of them', async () => {
    const turns = countTurns();
    const turnsOfCommits: number[] = [];
    await new Promise<void>((resolve, reject) => {
      const session = new Session(
        contextWith(() => undefined),
        ORIGIN,
        undefined,
        {
          verify: verifyCommit,
          onCommit: () => {
            workFor(2);
            if (turnsOfCommits.push(turns.turn()) === COMMITS) {
              session.close();
              resolve();
            }
          },
          onEnd: (end) => reject(new Error(end.kind)),
          isFull: () => false,
        },
      );
      session.start().catch(reject);
    });
    turns.stop();
    expect(new Set(turnsOfCommits).size).toBe(COMMITS);
  });

  it('tells its end after everything that had arrived', async () => {
    const context = contextWith(() => undefined);
    const told: (number | string)[] = [];
    await new Promise<void>((resolve, reject) => {
      const session = new Session(context, ORIGIN, undefined, {
        verify: verifyCommit,
        onCommit: ({ bookmark }) => {
          workFor(2);
          told.push(bookmark.position);
          if (told.length === 5) {
            reconnect(context);
          }
        },
        onEnd: (end) => {
          told.push(end.kind);
          resolve();
        },
        isFull: () => false,
      });
      session.start().catch(reject);
    });
    const positions = told.slice(0, -1);
    expect(positions.length).toBeGreaterThanOrEqual(5);
    expect(positions).toEqual(positions.map((_, place) => place + 1));
    expect(told.at(-1)).toBe('broken');
  });
});
