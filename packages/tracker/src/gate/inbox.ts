import { RELEASES } from '@fleetbook/domain';
import type { Respond } from '../ports.ts';
import { FairOrder } from './fair-order.ts';
import { Fifo } from './fifo.ts';

/** A message taken in and not looked at yet. */
export interface InboxItem {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly respond: Respond;
  /** Monotonic milliseconds. */
  readonly arrivedMs: number;
  /** When nobody waits for its answer any more, monotonic milliseconds; Infinity where it does not say. */
  readonly endsMs: number;
}

export interface InboxLimits {
  readonly messages: number;
  readonly bytes: number;
  /** Share of both, from 0 to 1, that only releases may take. */
  readonly releaseShare: number;
}

/** From so many messages on, whose they are decides which is next: a commit holds no more, so fewer need no turns. */
const CROWDED_FROM = 256;

const RELEASE_SUFFIXES: ReadonlySet<string> = new Set(RELEASES);

/**
 * A bounded queue. While few messages wait they are first in, first out, whoever sent them. When many wait, each actor
 * has a queue of its own and all have their turns; an actor may then have as many waiting as there are places free, so
 * that there is always room for one who has none.
 */
export class Inbox {
  readonly #limits: InboxLimits;
  readonly #plain = new Fifo<InboxItem>();
  /** Used from the moment it gets crowded until nothing waits. */
  readonly #fair: FairOrder;
  readonly #reserved: { readonly messages: number; readonly bytes: number };
  #bytes = 0;

  /** `subjectPrefix`: what the subjects of all commands begin with, up to the role. */
  constructor(limits: InboxLimits, subjectPrefix: string) {
    this.#limits = limits;
    this.#fair = new FairOrder((subject) => actorIn(subject, subjectPrefix.length));
    const { messages, bytes, releaseShare } = limits;
    this.#reserved = { messages: Math.floor(messages * releaseShare), bytes: Math.floor(bytes * releaseShare) };
  }

  get size(): number {
    return this.#plain.size + this.#fair.size;
  }

  /** When the oldest message in it arrived, monotonic milliseconds; undefined while it is empty. */
  get oldestMs(): number | undefined {
    return this.#plain.first?.arrivedMs ?? this.#fair.oldestMs;
  }

  /** False when there is no room for it. */
  offer(item: InboxItem): boolean {
    if (!this.#hasRoom(item, this.#reserved) && !(isRelease(item) && this.#hasRoom(item, NOTHING))) {
      return false;
    }
    this.#bytes += item.payload.length;
    if (this.#fair.size === 0 && this.#plain.size < CROWDED_FROM) {
      this.#plain.add(item);
      return true;
    }
    for (let next = this.#plain.take(); next !== undefined; next = this.#plain.take()) {
      this.#fair.add(next);
    }
    this.#fair.add(this.size < this.#limits.messages / 4 ? item : withOwnBytes(item));
    return true;
  }

  take(): InboxItem | undefined {
    const item = this.#fair.size === 0 ? this.#plain.take() : this.#fair.take();
    this.#bytes -= item?.payload.length ?? 0;
    return item;
  }

  #hasRoom({ subject, payload }: InboxItem, reserved: { readonly messages: number; readonly bytes: number }): boolean {
    const freeMessages = this.#limits.messages - reserved.messages - this.size;
    const freeBytes = this.#limits.bytes - reserved.bytes - this.#bytes;
    if (freeMessages <= 0 || freeBytes < payload.length) {
      return false;
    }
    if (this.#fair.size < freeMessages && this.#bytes < freeBytes) {
      return true;
    }
    const own = this.#fair.waitingOf(subject);
    return own === undefined || (own.messages < freeMessages && own.bytes < freeBytes);
  }
}

/** A payload is a view of all that came with it: few that wait would keep alive the many that were refused. */
function withOwnBytes(item: InboxItem): InboxItem {
  return { ...item, payload: Buffer.from(item.payload) };
}

const NOTHING = { messages: 0, bytes: 0 };

function isRelease({ subject }: InboxItem): boolean {
  return RELEASE_SUFFIXES.has(subject.slice(subject.lastIndexOf('.') + 1));
}

/** Role and actor of a subject, and of one that is no command's whatever stands in their place. */
function actorIn(subject: string, prefixLength: number): string {
  const endOfRole = subject.indexOf('.', prefixLength);
  const endOfActor = endOfRole === -1 ? -1 : subject.indexOf('.', endOfRole + 1);
  return subject.slice(prefixLength, endOfActor === -1 ? subject.length : endOfActor);
}
