import { Events, type NatsConnection } from 'nats';
import { type DecodeEvent, decodeLedgerEvent } from '../decode-event.ts';
import { MAX_COMMIT_BYTES } from '../encode.ts';
import { type EventLog, LogUnavailableError, ORIGIN, type Subscription } from '../port.ts';
import { append } from './append.ts';
import type { JetStreamContext } from './context.ts';
import { askDurability } from './durability.ts';
import { Follower } from './follower.ts';
import { logNames } from './names.ts';
import { readBatches } from './read.ts';
import { JetStreamSetupError } from './setup-error.ts';
import { askEnd, createStream, inspectStream } from './stream.ts';

export interface JetStreamLogOptions {
  /** Stays the caller's: `close` leaves it open. It should reconnect for ever. */
  readonly connection: NatsConnection;
  readonly cell: string;
  /** Make the stream if there is none. */
  readonly create: boolean;
  /** Of a stream that is made here. Default 1. */
  readonly replicas?: number;
  readonly appendTimeoutMs: number;
  /** For everything but appends. Default 5,000. */
  readonly requestTimeoutMs?: number;
  /** How often the server gives a sign of life to a reader; three missed ones end a feed. Default 1,000. */
  readonly heartbeatMs?: number;
  /** The server's HTTP endpoint, such as http://127.0.0.1:8222. Without it durability is 'unverified'. */
  readonly monitoringUrl?: string;
  /** The connection's own inbox prefix. Default `_INBOX`. */
  readonly inboxPrefix?: string;
  /** Default: strict per type and schema version. */
  readonly decodeEvent?: DecodeEvent;
  /** Hears of what was repaired without loss: a replica whose copy is damaged. */
  readonly warn?: (message: string) => void;
}

/** What goes on the wire besides the commit: headers and subject. */
const MESSAGE_OVERHEAD_BYTES = 1024;

/**
 * The cell's log as a JetStream stream, one message per commit.
 * Throws LogUnavailableError (no server, no stream), JetStreamSetupError (a stream or server that does not keep
 * what it acknowledges) or LogDamageError (messages are missing).
 */
export async function openJetStreamLog(options: JetStreamLogOptions): Promise<EventLog> {
  const { connection } = options;
  const subscriptions = new Set<Subscription>();
  let isClosed = false;
  const context = createContext(options, () => isClosed || connection.isClosed());
  checkServer(connection);
  if (options.create) {
    await createStream(context, options.replicas ?? 1);
  }
  await inspectStream(context, ORIGIN);
  const durability = await askDurability(connection, options.monitoringUrl, context.requestTimeoutMs);
  const stopWatching = watchReconnects(connection, context.reconnectListeners);

  return {
    adapter: 'jetstream',
    durability,
    append: (expected, commit) => append(context, expected, commit),
    read: (after) => readBatches(context, after),
    async subscribe(after, handler) {
      const follower = new Follower(context, after, handler);
      const stop = async () => {
        subscriptions.delete(follower);
        await follower.stop();
      };
      subscriptions.add(follower);
      try {
        await follower.open();
      } catch (error) {
        await stop();
        throw error;
      }
      return { stop };
    },
    end: () => askEnd(context),
    async close() {
      isClosed = true;
      stopWatching();
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
    },
  };
}

function createContext(options: JetStreamLogOptions, isClosed: () => boolean): JetStreamContext {
  return {
    connection: options.connection,
    names: logNames(options.cell),
    decodeEvent: options.decodeEvent ?? decodeLedgerEvent,
    inboxPrefix: options.inboxPrefix ?? '_INBOX',
    appendTimeoutMs: options.appendTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs ?? 5000,
    heartbeatMs: options.heartbeatMs ?? 1000,
    warn: options.warn ?? (() => {}),
    reconnectListeners: new Set(),
    isClosed,
  };
}

function checkServer(connection: NatsConnection): void {
  const { info } = connection;
  if (info === undefined) {
    throw new LogUnavailableError('the connection to the server is closed');
  }
  const needed = MAX_COMMIT_BYTES + MESSAGE_OVERHEAD_BYTES;
  if (info.max_payload < needed) {
    throw new JetStreamSetupError(`the server takes messages of ${info.max_payload} bytes, a log needs ${needed}`);
  }
}

/** Returns the function that ends it. */
function watchReconnects(connection: NatsConnection, listeners: ReadonlySet<() => void>): () => void {
  const statuses = connection.status();
  async function watch(): Promise<void> {
    for await (const status of statuses) {
      if (status.type === Events.Reconnect) {
        for (const listener of [...listeners]) {
          listener();
        }
      }
    }
  }
  void watch();
  return () => {
    // The client's iterator can be stopped, though its declared type does not say so.
    if ('stop' in statuses && typeof statuses.stop === 'function') {
      statuses.stop();
    }
  };
}
