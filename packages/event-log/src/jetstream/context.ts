import type { NatsConnection } from 'nats';
import type { DecodeEvent } from '../decode-event.ts';
import type { LogNames } from './names.ts';

/** What every part of the adapter works with. */
export interface JetStreamContext {
  readonly connection: NatsConnection;
  readonly names: LogNames;
  readonly decodeEvent: DecodeEvent;
  /** First part of the subjects at which answers and messages arrive. */
  readonly inboxPrefix: string;
  readonly appendTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly warn: (message: string) => void;
  /** Called when the connection has been made again; a feed made before is not to be trusted. */
  readonly reconnectListeners: Set<() => void>;
  readonly isClosed: () => boolean;
}
