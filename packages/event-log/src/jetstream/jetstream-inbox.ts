import { allInboxSubject, asideInboxSubject, inboxStream } from '@fleetbook/contracts';
import type { NatsConnection } from 'nats';
import {
  type CommandInbox,
  DEFAULT_INBOX_LIMITS,
  type InboxLimits,
  type InboxMessage,
  InboxUnfitError,
  requireEnd,
  setAsideError,
  shareTaken,
} from '../inbox-port.ts';
import { LogUnavailableError } from '../port.ts';
import { callApi, fieldOf, numberOf, requireReply } from './api.ts';
import { logNames } from './log-names.ts';
import { API_ERROR } from './names.ts';
import { readInboxMessage } from './read-inbox-message.ts';
import { trimInbox } from './trim-inbox.ts';

export interface JetStreamInboxOptions {
  /** Stays the caller's. It should reconnect for ever. */
  readonly connection: NatsConnection;
  readonly cell: string;
  readonly requestTimeoutMs?: number;
  /** Of an inbox that is made here. */
  readonly limits?: InboxLimits;
}

/** Settings by which the stream keeps what it has acknowledged until the tracker takes it out. */
const SAFE_SETTINGS = { retention: 'limits', storage: 'file', discard: 'new' } as const;

const FOREIGN_SETTINGS = ['mirror', 'sources', 'subject_transform', 'no_ack', 'sealed', 'max_age'] as const;

/** The inbox as a JetStream stream, one message per command. The server is the only one who puts them in order. */
export function openJetStreamInbox(options: JetStreamInboxOptions): CommandInbox {
  const { connection, cell, requestTimeoutMs = 5_000, limits = DEFAULT_INBOX_LIMITS } = options;
  const stream = inboxStream(cell);
  const subject = allInboxSubject(cell);
  const call = (name: string, body?: object) => callApi(connection, name, body, requestTimeoutMs);

  async function infoOf(name: string): Promise<unknown> {
    const answer = await call(`STREAM.INFO.${name}`);
    return !answer.ok && answer.errorCode === API_ERROR.streamNotFound ? undefined : requireReply(answer);
  }

  /** As many copies as the log has, where that is a stream of the same server. */
  async function replicasOfLog(): Promise<number> {
    const log = await infoOf(logNames(cell).stream);
    return numberOf(log, 'config', 'num_replicas') ?? 1;
  }

  async function create(upTo: number): Promise<void> {
    const place = { name: stream, subjects: [subject], num_replicas: await replicasOfLog(), first_seq: upTo + 1 };
    const answer = await call(`STREAM.CREATE.${stream}`, { ...place, ...settingsWithin(limits) });
    if (!answer.ok) {
      throw new InboxUnfitError(`the server does not make stream ${stream}: ${answer.description}`);
    }
  }

  async function messageAfter(sequence: number): Promise<InboxMessage | undefined> {
    const answer = await call(`STREAM.MSG.GET.${stream}`, { seq: sequence + 1, next_by_subj: subject });
    const isNone = !answer.ok && answer.errorCode === API_ERROR.messageNotFound;
    return isNone ? undefined : readInboxMessage(fieldOf(requireReply(answer), 'message'));
  }

  /** Whoever puts a message is told that there is no inbox: once it has grown, none could tell what is new in it. */
  async function setAside(config: unknown): Promise<void> {
    const settings = typeof config === 'object' ? config : {};
    requireReply(await call(`STREAM.UPDATE.${stream}`, { ...settings, subjects: [asideInboxSubject(cell)] }));
  }

  return {
    async prepare(upTo) {
      const info = await infoOf(stream);
      if (info === undefined) {
        return create(upTo).then(() => 0);
      }
      checkSettings(cell, fieldOf(info, 'config'));
      if (lastSequence(info) < upTo) {
        // Where that fails it must not be read all the same, and the next look tries again.
        await setAside(fieldOf(info, 'config')).catch(() => undefined);
      }
      requireEnd(lastSequence(info), upTo);
      return shareOf(info);
    },
    next: messageAfter,
    async trim(upTo, kept) {
      // Told to purge what is behind its end, the server purges all of it and goes on from there.
      requireEnd(lastSequence(requireReply(await call(`STREAM.INFO.${stream}`))), upTo);
      await trimInbox({ stream, call, messageAfter }, upTo, kept);
    },
  };
}

function settingsWithin({ messages, bytes, messagesPerSubject }: InboxLimits): object {
  return {
    ...{ max_msgs: messages, max_bytes: bytes },
    ...{ max_msgs_per_subject: messagesPerSubject, discard_new_per_subject: true },
    ...{ ...SAFE_SETTINGS, max_age: 0, compression: 'none', allow_rollup_hdrs: false },
  };
}

function checkSettings(cell: string, config: unknown): void {
  const stream = inboxStream(cell);
  const subject = allInboxSubject(cell);
  for (const [name, safe] of Object.entries(SAFE_SETTINGS)) {
    const found = fieldOf(config, name);
    if (found !== safe) {
      throw new InboxUnfitError(`stream ${stream} is no safe inbox: ${name} is ${found}, not ${safe}`);
    }
  }
  for (const name of FOREIGN_SETTINGS) {
    if (fieldOf(config, name)) {
      throw new InboxUnfitError(`stream ${stream} is no safe inbox: ${name} is set`);
    }
  }
  const subjects = JSON.stringify(fieldOf(config, 'subjects'));
  if (subjects === JSON.stringify([asideInboxSubject(cell)])) {
    throw setAsideError();
  }
  if (subjects !== JSON.stringify([subject])) {
    throw new InboxUnfitError(`stream ${stream} stores ${subjects}, not only ${subject}`);
  }
}

/** An inbox that somebody made without limits is never full. */
function shareOf(info: unknown): number {
  const limit = (name: string) => Math.max(numberOf(info, 'config', name) ?? 0, 0) || Infinity;
  const limits = { messages: limit('max_msgs'), bytes: limit('max_bytes') };
  return shareTaken(numberOf(info, 'state', 'messages') ?? 0, numberOf(info, 'state', 'bytes') ?? 0, limits);
}

function lastSequence(info: unknown): number {
  const sequence = numberOf(info, 'state', 'last_seq');
  if (sequence === undefined) {
    throw new LogUnavailableError('the answer about the inbox states no last sequence');
  }
  return sequence;
}
