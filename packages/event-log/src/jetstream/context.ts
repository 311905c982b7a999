import type { Worker } from 'node:worker_threads';
import type { NatsConnection } from 'nats';
import { type DecodeEvent, decodeLedgerEvent } from '../decode-event.ts';
import type { DamagedCopy, Restoration } from '../port.ts';
import { type LogNames, logNames } from './log-names.ts';

export interface JetStreamLogOptions {
  /** Stays the caller's: `close` leaves it open. It should reconnect for ever. */
  readonly connection: NatsConnection;
  readonly cell: string;
  /** Make the stream if there is none. */
  readonly create: boolean;
  /** Of a stream that is made here. Default 1. */
  readonly replicas?: number;
  /**
   * What is restored into it: as long as that has not ended, nobody opens the log without naming the same. Throws
   * LogUnfinishedError for another. Asks for `create`.
   */
  readonly restoration?: Restoration;
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
  /**
   * Starts a thread whose module ends in `serveReading`, for long reads: it takes a connection of its own. Not used
   * with a `decodeEvent`.
   */
  readonly startReadingThread?: () => Worker;
  /** Hears of what was repaired without loss: a replica whose copy is damaged. */
  readonly warn?: (message: string) => void;
}

/** What another thread has to know to read the same log: values only. */
export interface FeedSettings {
  readonly names: LogNames;
  /** First part of the subjects at which answers and messages arrive. */
  readonly inboxPrefix: string;
  readonly requestTimeoutMs: number;
  readonly heartbeatMs: number;
}

/** What a feed works with. */
export interface FeedContext extends FeedSettings {
  readonly connection: NatsConnection;
  /** Called when the connection has been made again; a feed made before is not to be trusted. */
  readonly reconnectListeners: Set<() => void>;
}

/** What every part of the adapter works with. */
export interface JetStreamContext extends FeedContext {
  readonly decodeEvent: DecodeEvent;
  readonly appendTimeoutMs: number;
  readonly startReadingThread: (() => Worker) | undefined;
  readonly warn: (message: string) => void;
  readonly noteDamagedCopy: (copy: DamagedCopy) => void;
  readonly isClosed: () => boolean;
}

export function createContext(
  options: JetStreamLogOptions,
  isClosed: () => boolean,
  noteDamagedCopy: (copy: DamagedCopy) => void = () => undefined,
): JetStreamContext {
  return {
    connection: options.connection,
    names: logNames(options.cell),
    decodeEvent: options.decodeEvent ?? decodeLedgerEvent,
    inboxPrefix: options.inboxPrefix ?? '_INBOX',
    appendTimeoutMs: options.appendTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs ?? 5000,
    heartbeatMs: options.heartbeatMs ?? 1000,
    startReadingThread: options.decodeEvent === undefined ? options.startReadingThread : undefined,
    warn: options.warn ?? (() => {}),
    noteDamagedCopy,
    reconnectListeners: new Set(),
    isClosed,
  };
}
