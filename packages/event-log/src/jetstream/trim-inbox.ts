import type { InboxMessage } from '../inbox-port.ts';
import { type ApiAnswer, requireReply } from './api.ts';

/** The stream that holds an inbox, and how it is reached. */
interface StoredInbox {
  readonly stream: string;
  call(name: string, body: object): Promise<ApiAnswer>;
  messageAfter(sequence: number): Promise<InboxMessage | undefined>;
}

/** Deletes every message up to a sequence that the stream reaches, but those at the sequences `kept`. */
export async function trimInbox(inbox: StoredInbox, upTo: number, kept: readonly number[]): Promise<void> {
  const first = Math.min(upTo + 1, ...kept);
  // Told to purge what is before its first message, the server purges all of it.
  if (first > 1) {
    requireReply(await inbox.call(`STREAM.PURGE.${inbox.stream}`, { seq: first }));
  }
  const ends = [...kept, upTo + 1].toSorted((left, right) => left - right);
  const subjectsKept = new Set<string>();
  let message = await inbox.messageAfter(first - 1);
  while (message !== undefined && message.sequence <= upTo) {
    const { sequence, subject } = message;
    const end = ends.find((each) => each >= sequence);
    if (end === sequence) {
      subjectsKept.add(subject);
    } else {
      requireReply(await letGo(inbox, message, subjectsKept.has(subject) ? undefined : end));
    }
    message = await inbox.messageAfter(sequence);
  }
}

/** With all of its subject before `end`. Where one of them is kept before it, that would go too, and it goes alone. */
function letGo(
  { stream, call }: StoredInbox,
  { subject, sequence }: InboxMessage,
  end: number | undefined,
): Promise<ApiAnswer> {
  return end === undefined
    ? call(`STREAM.MSG.DELETE.${stream}`, { seq: sequence, no_erase: true })
    : call(`STREAM.PURGE.${stream}`, { filter: subject, seq: end });
}
