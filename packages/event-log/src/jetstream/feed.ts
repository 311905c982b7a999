import { createInbox, type Msg, type MsgHdrs, type NatsError, type Subscription } from 'nats';
import type { Position } from '../port.ts';
import { callApi, fieldOf, requireReply } from './api.ts';
import type { FeedContext } from './context.ts';
import { HEADER } from './names.ts';

export interface FeedHandler {
  /** May throw: the feed then breaks. */
  readonly onMessage: (sequence: number, data: Uint8Array) => void;
  /** The server has gone past `sequence` without sending it: it skips what it cannot read, and says nothing. */
  readonly onSkip: (sequence: number) => void;
  /** Called once: nothing more comes. The feed does not repair itself. */
  readonly onBreak: (reason: string) => void;
  /** True while the server is to wait before it sends more; ask again with `resume`. */
  readonly isFull: () => boolean;
}

const CONTROL_CODE = 100;
/** Heartbeats that may fail to come before the feed is given up. */
const MISSED_HEARTBEATS = 3;
const NANOSECONDS_PER_MS = 1_000_000;

/** A push consumer of the stream: raw messages in order, until something is not as it should be. */
export class Feed {
  readonly #context: FeedContext;
  readonly #handler: FeedHandler;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #watch: NodeJS.Timeout;
  readonly #onReconnect = (): void => this.#breakOff('the connection was lost and made again');
  #isOpen = true;
  #lastHeardAt = performance.now();
  #consumerSequence = 0;
  #streamSequence = 0;
  #heldBack: Msg | undefined;
  #consumerName: string | undefined;
  #server: string | undefined;

  constructor(context: FeedContext, handler: FeedHandler) {
    this.#context = context;
    this.#handler = handler;
    this.#inbox = createInbox(context.inboxPrefix);
    this.#subscription = context.connection.subscribe(this.#inbox, {
      callback: (error, message) => this.#receive(error, message),
    });
    this.#watch = setInterval(() => this.#checkSilence(), context.heartbeatMs);
    context.reconnectListeners.add(this.#onReconnect);
  }

  /** Which of the servers that keep the log reads it for this feed; undefined where one alone does. */
  get server(): string | undefined {
    return this.#server;
  }

  /** Asks the server for everything from a position on. Throws LogUnavailableError if it makes no consumer. */
  async start(from: Position): Promise<void> {
    const { connection, names, requestTimeoutMs } = this.#context;
    this.#streamSequence = from - 1;
    const body = { stream_name: names.stream, config: this.#settings(from) };
    try {
      const answer = await callApi(connection, `CONSUMER.CREATE.${names.stream}`, body, requestTimeoutMs);
      this.#consumerName = String(fieldOf(requireReply(answer), 'name'));
      const server = fieldOf(requireReply(answer), 'cluster', 'leader');
      this.#server = typeof server === 'string' ? server : undefined;
      this.#lastHeardAt = performance.now();
    } catch (error) {
      this.close();
      throw error;
    }
    if (!this.#isOpen) {
      this.#dropConsumer();
    }
  }

  /** Lets the server go on after `isFull` was true. */
  resume(): void {
    if (this.#isOpen && this.#heldBack !== undefined && !this.#handler.isFull()) {
      const message = this.#heldBack;
      this.#heldBack = undefined;
      message.respond();
    }
  }

  /** No handler is called any more. */
  close(): void {
    if (this.#isOpen) {
      this.#isOpen = false;
      clearInterval(this.#watch);
      this.#context.reconnectListeners.delete(this.#onReconnect);
      this.#dropConsumer();
    }
  }

  #settings(from: Position): object {
    return {
      ...{ deliver_subject: this.#inbox, deliver_policy: 'by_start_sequence', opt_start_seq: from },
      ...{ ack_policy: 'none', replay_policy: 'instant', num_replicas: 1, mem_storage: true },
      ...{ flow_control: true, idle_heartbeat: this.#context.heartbeatMs * NANOSECONDS_PER_MS },
    };
  }

  /** Best effort: a server that hears nothing of it removes the consumer by itself when nobody listens. */
  #dropConsumer(): void {
    const { connection, names } = this.#context;
    if (!connection.isClosed()) {
      this.#subscription.unsubscribe();
      if (this.#consumerName !== undefined) {
        connection.publish(`$JS.API.CONSUMER.DELETE.${names.stream}.${this.#consumerName}`);
      }
    }
  }

  #breakOff(reason: string): void {
    if (this.#isOpen) {
      this.close();
      this.#handler.onBreak(reason);
    }
  }

  #checkSilence(): void {
    if (performance.now() - this.#lastHeardAt > MISSED_HEARTBEATS * this.#context.heartbeatMs) {
      this.#breakOff(`nothing was heard for ${MISSED_HEARTBEATS} heartbeats`);
    }
  }

  #receive(error: NatsError | null, message: Msg): void {
    if (!this.#isOpen) {
      return;
    }
    this.#lastHeardAt = performance.now();
    // An exception inside the client's reader would end the connection's reading for ever.
    try {
      if (error !== null) {
        this.#breakOff(`the subscription failed: ${error.message}`);
      } else if (message.data.length === 0) {
        this.#control(message);
      } else {
        const place = parsePlace(message.reply ?? '');
        this.#consumerSequence = place.consumerSequence;
        this.#streamSequence = place.streamSequence;
        this.#handler.onMessage(place.streamSequence, message.data);
      }
    } catch (failure) {
      this.#breakOff(`a message was not handled: ${String(failure)}`);
    }
  }

  #control(message: Msg): void {
    const table = message.headers;
    if (table?.code !== CONTROL_CODE) {
      this.#breakOff(`the server ended the feed: ${table?.code} ${table?.description}`);
    } else if (message.reply) {
      this.#heldBack = message;
      this.resume();
    } else {
      this.#heartbeat(table);
    }
  }

  #heartbeat(table: MsgHdrs): void {
    const stalled = table.get(HEADER.consumerStalled);
    if (stalled !== '' && !this.#handler.isFull()) {
      this.#context.connection.publish(stalled);
    }
    const sent = Number(table.get(HEADER.lastConsumerSequence));
    const reached = Number(table.get(HEADER.lastStreamSequence));
    if (sent !== this.#consumerSequence) {
      this.#breakOff(`${sent} messages were sent, ${this.#consumerSequence} arrived`);
    } else if (reached > this.#streamSequence) {
      this.#handler.onSkip(this.#streamSequence + 1);
    }
  }
}

interface Place {
  readonly streamSequence: number;
  readonly consumerSequence: number;
}

const SHORT_FORM_TOKENS = 9;
const LONG_FORM_EXTRA_TOKENS = 2;

/** From `$JS.ACK.[domain.account.]stream.consumer.delivered.streamSeq.consumerSeq.time.pending`. */
function parsePlace(reply: string): Place {
  const tokens = reply.split('.');
  const shift = tokens.length > SHORT_FORM_TOKENS ? LONG_FORM_EXTRA_TOKENS : 0;
  const [streamSequence, consumerSequence] = tokens.slice(5 + shift).map(Number);
  if (streamSequence === undefined || consumerSequence === undefined) {
    throw new TypeError(`${JSON.stringify(reply)} is no acknowledgement subject`);
  }
  return { streamSequence, consumerSequence };
}
