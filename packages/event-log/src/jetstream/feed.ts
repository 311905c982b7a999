import { createInbox, type Msg, type NatsError, type Subscription } from 'nats';
import type { Position } from '../port.ts';
import { callApi, fieldOf, requireReply } from './api.ts';
import type { JetStreamContext } from './context.ts';
import { HEADER } from './names.ts';

export interface FeedHandler {
  /** `pending`: messages that the server has still to send as of this one. May throw: the feed then breaks. */
  readonly onMessage: (sequence: number, data: Uint8Array, pending: number) => void;
  /** Called once: nothing more comes. The feed does not repair itself. */
  readonly onBreak: (reason: string) => void;
  /** True while the server is to wait before it sends more; ask again with `resume`. */
  readonly isFull: () => boolean;
}

/** A push consumer of the stream: raw messages in order, until something is not as it should be. */
export interface Feed {
  /** Lets the server go on after `isFull` was true. */
  resume(): void;
  /** No handler is called any more. */
  close(): void;
}

const CONTROL_CODE = 100;
/** Heartbeats that may fail to come before the feed is given up. */
const MISSED_HEARTBEATS = 3;
const NANOSECONDS_PER_MS = 1_000_000;

/** Throws LogUnavailableError if the server makes no consumer. */
export async function openFeed(context: JetStreamContext, from: Position, handler: FeedHandler): Promise<Feed> {
  const { connection, names, heartbeatMs } = context;
  const inbox = createInbox(context.inboxPrefix);
  let isOpen = true;
  let lastHeardAt = performance.now();
  let consumerSequence = 0;
  let heldBack: Msg | undefined;
  let consumerName: string | undefined;

  function close(): void {
    if (isOpen) {
      isOpen = false;
      clearInterval(watch);
      context.reconnectListeners.delete(onReconnect);
      dropConsumer(context, subscription, consumerName);
    }
  }

  function breakOff(reason: string): void {
    if (isOpen) {
      close();
      handler.onBreak(reason);
    }
  }

  function onReconnect(): void {
    breakOff('the connection was lost and made again');
  }

  function receive(error: NatsError | null, message: Msg): void {
    if (!isOpen) {
      return;
    }
    lastHeardAt = performance.now();
    // An exception inside the client's reader would end the connection's reading for ever.
    try {
      if (error !== null) {
        breakOff(`the subscription failed: ${error.message}`);
      } else if (message.data.length === 0) {
        control(message);
      } else {
        const place = parsePlace(message.reply ?? '');
        consumerSequence = place.consumerSequence;
        handler.onMessage(place.streamSequence, message.data, place.pending);
      }
    } catch (failure) {
      breakOff(`a message was not handled: ${String(failure)}`);
    }
  }

  function control(message: Msg): void {
    const table = message.headers;
    if (table?.code !== CONTROL_CODE) {
      breakOff(`the server ended the feed: ${table?.code} ${table?.description}`);
    } else if (message.reply) {
      heldBack = message;
      resume();
    } else {
      const stalled = table.get(HEADER.consumerStalled);
      if (stalled !== '' && !handler.isFull()) {
        connection.publish(stalled);
      }
      const sent = table.get(HEADER.lastConsumerSequence);
      if (sent !== '' && Number(sent) !== consumerSequence) {
        breakOff(`${sent} messages were sent, ${consumerSequence} arrived`);
      }
    }
  }

  function resume(): void {
    if (isOpen && heldBack !== undefined && !handler.isFull()) {
      const message = heldBack;
      heldBack = undefined;
      message.respond();
    }
  }

  const subscription = connection.subscribe(inbox, { callback: receive });
  const watch = setInterval(() => {
    if (performance.now() - lastHeardAt > MISSED_HEARTBEATS * heartbeatMs) {
      breakOff(`nothing was heard for ${MISSED_HEARTBEATS} heartbeats`);
    }
  }, heartbeatMs);
  context.reconnectListeners.add(onReconnect);

  try {
    const config = consumerSettings(inbox, from, heartbeatMs);
    const body = { stream_name: names.stream, config };
    const answer = await callApi(connection, `CONSUMER.CREATE.${names.stream}`, body, context.requestTimeoutMs);
    consumerName = String(fieldOf(requireReply(answer), 'name'));
    lastHeardAt = performance.now();
  } catch (error) {
    close();
    throw error;
  }
  return { resume, close };
}

function consumerSettings(inbox: string, from: Position, heartbeatMs: number): object {
  return {
    ...{ deliver_subject: inbox, deliver_policy: 'by_start_sequence', opt_start_seq: from },
    ...{ ack_policy: 'none', replay_policy: 'instant', num_replicas: 1, mem_storage: true },
    ...{ flow_control: true, idle_heartbeat: heartbeatMs * NANOSECONDS_PER_MS },
  };
}

/** Best effort: a server that hears nothing of it removes the consumer by itself when nobody listens. */
function dropConsumer(context: JetStreamContext, subscription: Subscription, name: string | undefined): void {
  if (!context.connection.isClosed()) {
    subscription.unsubscribe();
    if (name !== undefined) {
      context.connection.publish(`$JS.API.CONSUMER.DELETE.${context.names.stream}.${name}`);
    }
  }
}

interface Place {
  readonly streamSequence: number;
  readonly consumerSequence: number;
  readonly pending: number;
}

const SHORT_FORM_TOKENS = 9;
const LONG_FORM_EXTRA_TOKENS = 2;

/** From `$JS.ACK.[domain.account.]stream.consumer.delivered.streamSeq.consumerSeq.time.pending`. */
function parsePlace(reply: string): Place {
  const tokens = reply.split('.');
  const shift = tokens.length > SHORT_FORM_TOKENS ? LONG_FORM_EXTRA_TOKENS : 0;
  const [streamSequence, consumerSequence, , pending] = tokens.slice(5 + shift).map(Number);
  if (streamSequence === undefined || consumerSequence === undefined || pending === undefined) {
    throw new TypeError(`${JSON.stringify(reply)} is no acknowledgement subject`);
  }
  return { streamSequence, consumerSequence, pending };
}
