import {
  type CommandInbox,
  DEFAULT_INBOX_LIMITS,
  type InboxLimits,
  type InboxMessage,
  requireEnd,
  setAsideError,
  shareTaken,
} from '../inbox-port.ts';
import { LogUnavailableError } from '../port.ts';

export interface PutOptions {
  readonly replyTo?: string;
}

/** An inbox in memory, shared by all who hold it. */
export interface MemoryInbox extends CommandInbox {
  /** The sequence of the message; undefined when there is no inbox, or no room in it. */
  put(subject: string, payload: Uint8Array, options?: PutOptions): number | undefined;
  /** What is in it, in order. */
  readonly messages: readonly InboxMessage[];
  setAvailable(isAvailable: boolean): void;
}

export interface MemoryInboxOptions {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly limits?: InboxLimits;
}

export function createMemoryInbox({ now, limits = DEFAULT_INBOX_LIMITS }: MemoryInboxOptions): MemoryInbox {
  let messages: InboxMessage[] = [];
  let bytes = 0;
  let end: number | undefined;
  let isAvailable = true;
  let isAside = false;

  async function reach(): Promise<void> {
    if (!isAvailable) {
      throw new LogUnavailableError('the inbox is not to be reached');
    }
  }

  return {
    get messages() {
      return messages;
    },
    setAvailable(isAvailableNow) {
      isAvailable = isAvailableNow;
    },
    put(subject, payload, { replyTo } = {}) {
      const isFull = messages.length >= limits.messages || bytes + payload.length > limits.bytes;
      const ofSubject = messages.reduce((count, message) => count + (message.subject === subject ? 1 : 0), 0);
      if (end === undefined || isAside || isFull || ofSubject >= limits.messagesPerSubject) {
        return undefined;
      }
      end += 1;
      bytes += payload.length;
      messages.push({ sequence: end, subject, payload, storedAt: now(), replyTo });
      return end;
    },
    async prepare(upTo) {
      await reach();
      end ??= upTo;
      if (isAside) {
        throw setAsideError();
      }
      isAside = end < upTo;
      requireEnd(end, upTo);
      return shareTaken(messages.length, bytes, limits);
    },
    async next(sequence) {
      await reach();
      return messages.find((message) => message.sequence > sequence);
    },
    async trim(upTo, kept) {
      await reach();
      requireEnd(end ?? 0, upTo);
      messages = messages.filter(({ sequence }) => sequence > upTo || kept.includes(sequence));
      bytes = messages.reduce((sum, { payload }) => sum + payload.length, 0);
    },
  };
}
