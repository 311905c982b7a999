import { DEADLINE_HEADER, encodeCommandReply, errorReply, fleetbookError } from '@fleetbook/contracts';
import {
  Events,
  headers,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type NatsError,
  type Subscription as NatsSubscription,
  nuid,
} from 'nats';
import type {
  Bus,
  BusStatus,
  HandlerFailure,
  MessageHandler,
  Payload,
  Reply,
  Respond,
  SendOptions,
  SubscribeOptions,
  Subscription,
} from './bus.ts';
import { Gathering } from './gathering.ts';
import { InFlight, settledWithin } from './in-flight.ts';
import { PendingRequests } from './pending-requests.ts';
import { addService, type Service, type ServiceDescription } from './service.ts';
import { isInbox, requirePublishable, requireSubscribable } from './subject.ts';

interface BusOptions {
  readonly inboxPrefix: string;
  readonly onStatus: (status: BusStatus) => void;
  readonly onHandlerFailure: (failure: HandlerFailure) => void;
}

const NO_RESPONDERS = 503;
const CLOSE_TIMEOUT_MS = 5_000;
const EMPTY = Buffer.alloc(0);
const INTERNAL_ERROR = encodeCommandReply(errorReply(fleetbookError('INTERNAL_ERROR')));

const respondToNobody: Respond = () => undefined;

export class NatsBus implements Bus {
  readonly connection: NatsConnection;
  readonly closed: Promise<Error | undefined>;
  readonly #options: BusOptions;
  readonly #inFlight = new InFlight();
  readonly #subscriptions = new Set<NatsSubscription>();
  readonly #pending: PendingRequests;
  readonly #inbox: string;
  /** Answers to questions to everybody, by their token in the inbox. */
  readonly #gathering = new Map<string, Gathering>();
  #isConnected = true;
  #deadline: MsgHdrs | undefined;
  #closing: Promise<{ readonly unanswered: number }> | undefined;

  constructor(connection: NatsConnection, options: BusOptions) {
    this.connection = connection;
    this.#options = options;
    this.#pending = new PendingRequests((error) => this.#fail('reply', error));
    this.#inbox = `${options.inboxPrefix}.${nuid.next()}.`;
    requirePublishable(`${this.#inbox}0`);
    connection.subscribe(`${this.#inbox}*`, { callback: (error, message) => this.#onReply(error, message) });
    void this.#followStatus();
    this.closed = connection.closed().then((cause) => {
      this.#isConnected = false;
      this.#pending.settleAll({ status: 'connection-lost' });
      this.#report({ type: 'closed', cause: cause ?? undefined });
      return cause ?? undefined;
    });
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get maximumPayloadBytes(): number {
    return this.connection.info?.max_payload ?? 0;
  }

  subscribe(subject: string, handler: MessageHandler, options: SubscribeOptions = {}): Subscription {
    requireSubscribable(subject);
    const subscription = this.connection.subscribe(subject, {
      ...(options.queue === undefined ? {} : { queue: options.queue }),
      callback: (error, message) => this.#onMessage(handler, subject, error, message),
    });
    this.#subscriptions.add(subscription);
    return { subject, stop: () => this.#leave(subscription) };
  }

  publish(subject: string, payload: Payload): boolean {
    requirePublishable(subject);
    if (this.#whyNotSent(payload) !== undefined) {
      return false;
    }
    this.connection.publish(subject, payload);
    return true;
  }

  send(
    subject: string,
    payload: Payload,
    timeoutMs: number,
    onReply: (reply: Reply) => void,
    options: SendOptions = {},
  ): void {
    requirePublishable(subject);
    const reason = this.#whyNotSent(payload);
    // It may throw: then nothing is waited for.
    const sent = this.#headersOf(options, timeoutMs);
    const token = this.#pending.add(timeoutMs, onReply, options.isAwaited);
    if (reason === undefined) {
      const reply = this.#inbox + token;
      this.connection.publish(subject, payload, sent === undefined ? { reply } : { reply, headers: sent });
    } else {
      this.#pending.settle(token, { status: 'not-sent', reason });
    }
  }

  request(subject: string, payload: Payload, timeoutMs: number): Promise<Reply> {
    return new Promise((resolve) => this.send(subject, payload, timeoutMs, resolve));
  }

  async requestAll(subject: string, payload: Payload, waitMs: number, patienceMs = waitMs): Promise<readonly Buffer[]> {
    requirePublishable(subject);
    if (this.#whyNotSent(payload) !== undefined) {
      return [];
    }
    const token = `all-${nuid.next()}`;
    const gathering = new Gathering();
    this.#gathering.set(token, gathering);
    this.connection.publish(subject, payload, { reply: this.#inbox + token });
    try {
      return await gathering.answers(waitMs, patienceMs);
    } finally {
      this.#gathering.delete(token);
    }
  }

  addService(options: ServiceDescription): Service {
    return addService(this, options);
  }

  flush(): Promise<void> {
    return this.connection.flush();
  }

  close(timeoutMs = CLOSE_TIMEOUT_MS): Promise<{ readonly unanswered: number }> {
    this.#closing ??= this.#closeOnce(timeoutMs);
    return this.#closing;
  }

  async #closeOnce(timeoutMs: number): Promise<{ readonly unanswered: number }> {
    const orderly = async (): Promise<void> => {
      await Promise.all([...this.#subscriptions].map((subscription) => this.#leave(subscription)));
      await this.#inFlight.whenNone();
      await this.connection.flush();
    };
    if (this.#isConnected) {
      await settledWithin(orderly(), timeoutMs);
    }
    const unanswered = this.#inFlight.count;
    await this.connection.close();
    await this.closed;
    return { unanswered };
  }

  async #leave(subscription: NatsSubscription): Promise<void> {
    this.#subscriptions.delete(subscription);
    if (!subscription.isClosed() && !this.connection.isClosed()) {
      await subscription.drain();
    }
  }

  #headersOf({ tellsDeadline = false, headers: named }: SendOptions, timeoutMs: number): MsgHdrs | undefined {
    if (named === undefined) {
      return tellsDeadline ? this.#deadlineHeader(timeoutMs) : undefined;
    }
    const sent = headers();
    for (const [name, text] of Object.entries(named)) {
      sent.set(name, text);
    }
    return sent;
  }

  /** Nearly all requests of a connection are waited for equally long. */
  #deadlineHeader(timeoutMs: number): MsgHdrs {
    const text = String(Math.ceil(timeoutMs));
    if (this.#deadline?.get(DEADLINE_HEADER) !== text) {
      this.#deadline = headers();
      this.#deadline.set(DEADLINE_HEADER, text);
    }
    return this.#deadline;
  }

  /** The client keeps nothing sent while it is not connected: better to say so. */
  #whyNotSent(payload: Payload): Extract<Reply, { status: 'not-sent' }>['reason'] | undefined {
    if (this.connection.isClosed()) {
      return 'closed';
    }
    if (!this.#isConnected) {
      return 'disconnected';
    }
    const bytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.byteLength;
    return bytes > this.maximumPayloadBytes ? 'too-large' : undefined;
  }

  #onMessage(handler: MessageHandler, pattern: string, error: NatsError | null, message: Msg): void {
    if (error !== null) {
      this.#report({ type: 'refused', reason: `${pattern}: ${error.message}` });
      return;
    }
    const { subject } = message;
    const respond = this.#respondTo(subject, message.reply);
    try {
      const handled = handler(subject, payloadOf(message), respond, message.headers);
      handled?.catch((thrown: unknown) => this.#fail(subject, thrown, respond));
    } catch (thrown) {
      this.#fail(subject, thrown, respond);
    }
  }

  #respondTo(subject: string, replyTo: string | undefined): Respond {
    if (replyTo === undefined || replyTo === '') {
      return respondToNobody;
    }
    if (!isInbox(replyTo)) {
      this.#report({ type: 'refused', reason: `${subject}: an answer outside an inbox was asked for` });
      return respondToNobody;
    }
    let isDone = false;
    this.#inFlight.begin();
    return (payload) => {
      if (isDone) {
        return;
      }
      isDone = true;
      if (payload !== undefined) {
        this.#answer(subject, replyTo, payload);
      }
      this.#inFlight.end();
    };
  }

  #answer(subject: string, replyTo: string, payload: Payload): void {
    const reason = this.#whyNotSent(payload);
    if (reason === undefined) {
      this.connection.publish(replyTo, payload);
    } else if (reason === 'too-large') {
      this.#fail(subject, new Error('the answer is above the limit of the server'));
      this.connection.publish(replyTo, INTERNAL_ERROR);
    }
  }

  #onReply(error: NatsError | null, message: Msg): void {
    if (error !== null) {
      this.#report({ type: 'refused', reason: `inbox: ${error.message}` });
      return;
    }
    const token = message.subject.slice(this.#inbox.length);
    const isRefusal = message.headers?.code === NO_RESPONDERS && message.data.length === 0;
    const gathered = this.#gathering.get(token);
    if (gathered !== undefined) {
      gathered.take(isRefusal ? undefined : payloadOf(message));
      return;
    }
    this.#pending.settle(
      token,
      isRefusal ? { status: 'no-responders' } : { status: 'reply', payload: payloadOf(message) },
    );
  }

  async #followStatus(): Promise<void> {
    for await (const { type, data } of this.connection.status()) {
      if (type === Events.Disconnect) {
        this.#isConnected = false;
        this.#pending.settleAll({ status: 'connection-lost' });
        this.#report({ type: 'disconnected', server: String(data) });
      } else if (type === Events.Reconnect) {
        this.#isConnected = true;
        this.#report({ type: 'connected', server: String(data) });
      } else if (type === Events.Error) {
        this.#report({ type: 'refused', reason: String(data) });
      }
    }
  }

  #report(status: BusStatus): void {
    try {
      this.#options.onStatus(status);
    } catch (error) {
      this.#fail('status', error);
    }
  }

  #fail(subject: string, error: unknown, respond: Respond = respondToNobody): void {
    try {
      this.#options.onHandlerFailure({ subject, error });
    } catch (thrown) {
      // Nothing may throw into the client's reader: it would stop for good.
      process.emitWarning(`onHandlerFailure threw: ${thrown instanceof Error ? thrown.message : thrown}`);
    }
    respond(INTERNAL_ERROR);
  }
}

/** Always a Buffer: a payload that came in several reads is a plain Uint8Array in the client. */
function payloadOf({ data }: Msg): Buffer {
  if (data.length === 0) {
    return EMPTY;
  }
  return Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
