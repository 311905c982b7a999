/// <reference types="node" preserve="true" />
import type { NatsConnection } from 'nats';
import type { Service, ServiceDescription } from './service.ts';

/** Text is sent as UTF-8. */
export type Payload = Uint8Array | string;

/**
 * Sends the answer to a request, once; later calls do nothing. Without a payload: this message gets no answer from
 * here. Never throws. A message that asked for no answer, or for one outside an inbox, gets none.
 */
export type Respond = (payload?: Payload) => void;

/** Headers of a message; '' for one that is not there. */
export interface MessageHeaders {
  get(name: string): string;
}

/**
 * Called synchronously for each message. A throw or rejection costs only that message: it is reported, and answered
 * INTERNAL_ERROR. The payload is a view of the client's buffer, not a copy.
 */
export type MessageHandler = (
  subject: string,
  payload: Buffer,
  respond: Respond,
  headers?: MessageHeaders,
) => void | Promise<void>;

export type Reply =
  | { readonly status: 'reply'; readonly payload: Buffer }
  /** Nobody subscribes to the subject: nothing was done. */
  | { readonly status: 'no-responders' }
  /** Not sent at all: the connection is down or closed, or the payload is above the server's limit. */
  | { readonly status: 'not-sent'; readonly reason: 'disconnected' | 'closed' | 'too-large' }
  /** Sent, but no answer came in time: what was done is not known. */
  | { readonly status: 'timeout' }
  /** Sent, and the connection broke before an answer: what was done is not known. */
  | { readonly status: 'connection-lost' };

export interface Subscription {
  readonly subject: string;
  /** Leaves the subject; messages already on their way are still handled. After it resolves no handler is called. */
  stop(): Promise<void>;
}

export interface SubscribeOptions {
  /** Members of a queue group share the messages. Never for commands. */
  readonly queue?: string;
}

export interface SendOptions {
  readonly tellsDeadline?: boolean;
  /** Headers by name; the server tells their letters' case apart. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Asked once the time is over, and about every second from then on: while it says so, `onReply` is called once more
   * when the answer comes after all.
   */
  readonly isAwaited?: () => boolean;
}

/** What becomes of a connection after `connectBus` has given it. */
export type BusStatus =
  /** Again, after `disconnected`. */
  | { readonly type: 'connected'; readonly server: string }
  | { readonly type: 'disconnected'; readonly server: string }
  /** The server refused a publish or subscribe, or said something else is wrong; the connection goes on. */
  | { readonly type: 'refused'; readonly reason: string }
  /** For good: closed by us, or because the server no longer accepts the credentials. */
  | { readonly type: 'closed'; readonly cause: Error | undefined };

export interface HandlerFailure {
  readonly subject: string;
  readonly error: unknown;
}

/** One connection to NATS, used through plain callbacks. Reconnects by itself, for ever. */
export interface Bus {
  /** For the JetStream adapter of the event log only. */
  readonly connection: NatsConnection;
  readonly isConnected: boolean;
  /** Largest payload the server takes, bytes. */
  readonly maximumPayloadBytes: number;
  /** Throws InvalidSubjectError. */
  subscribe(subject: string, handler: MessageHandler, options?: SubscribeOptions): Subscription;
  /** False if it was not sent: no connection, or above the server's limit. Throws InvalidSubjectError. */
  publish(subject: string, payload: Payload): boolean;
  /**
   * Sends a request without a promise or timer of its own; `onReply` is called once, possibly before `send` returns,
   * and a second time only with a late answer that `isAwaited`. Time-outs are kept to 20 ms. Throws
   * InvalidSubjectError. With `tellsDeadline` a header of the request says how long it is waited for.
   */
  send(
    subject: string,
    payload: Payload,
    timeoutMs: number,
    onReply: (reply: Reply) => void,
    options?: SendOptions,
  ): void;
  /** `send` with a promise. */
  request(subject: string, payload: Payload, timeoutMs: number): Promise<Reply>;
  /**
   * What everybody answers within the time, in the order of arrival. Where somebody listens and nobody has answered by
   * then, what is answered first until `patienceMs`, by default no later. Nothing, and at once, where nobody listens,
   * and when the question is not sent.
   */
  requestAll(subject: string, payload: Payload, waitMs: number, patienceMs?: number): Promise<readonly Buffer[]>;
  /** Shows a service to `nats micro` tools: discovery, statistics and health. */
  addService(options: ServiceDescription): Service;
  /** After it resolves the server has taken everything sent before. Rejects if the connection breaks. */
  flush(): Promise<void>;
  /**
   * Leaves all subjects, waits until every request is answered, at most `timeoutMs` (5 s), then closes. Tells how many
   * requests stayed without an answer. There is one close, however often it is asked for.
   */
  close(timeoutMs?: number): Promise<{ readonly unanswered: number }>;
  /** Resolves when the connection is closed for good, with the cause if it was not us. */
  readonly closed: Promise<Error | undefined>;
}
