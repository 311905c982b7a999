import type { Respond } from '../ports.ts';

/** A message taken in and not looked at yet. */
export interface InboxItem {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly respond: Respond;
  /** Monotonic milliseconds. */
  readonly arrivedMs: number;
}

export interface InboxLimits {
  readonly messages: number;
  readonly bytes: number;
}

/** A bounded queue, first in first out. */
export class Inbox {
  readonly #limits: InboxLimits;
  #items: InboxItem[] = [];
  #head = 0;
  #bytes = 0;

  constructor(limits: InboxLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  /** When the oldest message in it arrived, monotonic milliseconds; undefined while it is empty. */
  get oldestMs(): number | undefined {
    return this.#items[this.#head]?.arrivedMs;
  }

  /** False when there is no room for it. */
  offer(item: InboxItem): boolean {
    if (this.size >= this.#limits.messages || this.#bytes + item.payload.length > this.#limits.bytes) {
      return false;
    }
    this.#items.push(item);
    this.#bytes += item.payload.length;
    return true;
  }

  take(): InboxItem | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) {
      return undefined;
    }
    this.#head += 1;
    this.#bytes -= item.payload.length;
    if (this.#head === this.#items.length || this.#head >= 1_024) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
