/** A command that was put aside to be decided later. */
export interface InboxMessage {
  /** Its place: later messages have higher ones. */
  readonly sequence: number;
  readonly subject: string;
  readonly payload: Uint8Array;
  /** When the inbox took it, epoch milliseconds. */
  readonly storedAt: number;
  /** Where its sender waits for the outcome; undefined when it does not. */
  readonly replyTo: string | undefined;
}

export interface InboxLimits {
  /** Beyond them the inbox takes nothing more until some of it has been worked off. */
  readonly messages: number;
  readonly bytes: number;
  /** Of one actor and one command: whoever floods the inbox leaves room for others, and a wait that has an end. */
  readonly messagesPerSubject: number;
}

export const DEFAULT_INBOX_LIMITS: InboxLimits = {
  messages: 65_536,
  bytes: 64 * 1024 * 1024,
  messagesPerSubject: 4_096,
};

/**
 * Commands whose senders do not wait, kept durably and in order until they are decided. Everything rejects with
 * LogUnavailableError while it cannot be reached.
 */
export interface CommandInbox {
  /**
   * Makes the inbox where there is none, so that its first message comes after `upTo`. Gives how much of its room is
   * taken, from 0 to 1.
   * Rejects with InboxUnfitError where it does not keep what it takes, or has lost what came before `upTo`: that one
   * takes nothing more, and keeps what it has, until somebody removes it.
   */
  prepare(upTo: number): Promise<number>;
  /** The first message after this sequence; undefined when there is none yet. */
  next(sequence: number): Promise<InboxMessage | undefined>;
  /**
   * Deletes every message up to this sequence but those at the sequences `kept`. Rejects with InboxUnfitError, and
   * deletes nothing, where the inbox ends before that.
   */
  trim(upTo: number, kept: readonly number[]): Promise<void>;
}

/** An inbox that must not be read, or that the server does not make. */
export class InboxUnfitError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InboxUnfitError';
  }
}

/** How much of an inbox is taken, from 0 to 1: by messages or by bytes, whichever is more. */
export const shareTaken = (messages: number, bytes: number, limits: Pick<InboxLimits, 'messages' | 'bytes'>): number =>
  Math.max(messages / limits.messages, bytes / limits.bytes);

/** Said where the end of an inbox is before what has been dealt with. */
export function requireEnd(end: number, upTo: number): void {
  if (end < upTo) {
    const facts = `it ends with message ${end}, and message ${upTo} has been dealt with`;
    throw new InboxUnfitError(`the inbox has lost messages, and new ones would not be told from them: ${facts}`);
  }
}

/** Said of an inbox that was found to have lost messages. */
export function setAsideError(): InboxUnfitError {
  return new InboxUnfitError('the inbox has lost messages, and takes no new ones: look what is in it, then delete it');
}
