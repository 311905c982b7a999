import { Fifo } from './fifo.ts';
import type { InboxItem } from './inbox.ts';

/** Work that an actor has done for it at one turn, in the unit of `workOf`. */
const WORK_PER_TURN = 4_096;
/** What a message costs besides its length, so that empty ones are not free. */
const WORK_PER_MESSAGE = 256;

/** What waits for one actor, in the order it came. */
class Lane {
  readonly actor: string;
  readonly items = new Fifo<InboxItem>();
  bytes = 0;
  /** Work it may still have done before it is another's turn. */
  credit = 0;

  constructor(actor: string) {
    this.actor = actor;
  }

  get messages(): number {
    return this.items.size;
  }
}

/**
 * Messages in the order of deficit round robin: actors take turns, each with the same work at a turn, and those of one
 * actor stay in their order. A batch counts by its length, which its commands make.
 */
export class FairOrder {
  readonly #actorOf: (subject: string) => string;
  readonly #lanes = new Map<string, Lane>();
  readonly #turns = new Fifo<Lane>();
  #size = 0;

  constructor(actorOf: (subject: string) => string) {
    this.#actorOf = actorOf;
  }

  get size(): number {
    return this.#size;
  }

  /** When the oldest message in it arrived, monotonic milliseconds; undefined while it is empty. */
  get oldestMs(): number | undefined {
    let oldestMs: number | undefined;
    for (const { items } of this.#lanes.values()) {
      oldestMs = Math.min(items.first?.arrivedMs ?? Infinity, oldestMs ?? Infinity);
    }
    return oldestMs;
  }

  /** How much waits of the actor that sends on this subject; undefined where nothing does. */
  waitingOf(subject: string): { readonly messages: number; readonly bytes: number } | undefined {
    return this.#lanes.get(this.#actorOf(subject));
  }

  add(item: InboxItem): void {
    const actor = this.#actorOf(item.subject);
    let lane = this.#lanes.get(actor);
    if (lane === undefined) {
      lane = new Lane(actor);
      this.#lanes.set(actor, lane);
      this.#turns.add(lane);
    }
    lane.items.add(item);
    lane.bytes += item.payload.length;
    this.#size += 1;
  }

  take(): InboxItem | undefined {
    for (let lane = this.#turns.first; lane !== undefined; lane = this.#turns.first) {
      const item = lane.items.first;
      if (item !== undefined && lane.credit > 0) {
        return this.#takeFrom(lane);
      }
      this.#turns.take();
      lane.credit += WORK_PER_TURN;
      this.#turns.add(lane);
    }
    return undefined;
  }

  /** Work beyond the credit of a turn is owed to the next: no message is too large to get its turn. */
  #takeFrom(lane: Lane): InboxItem | undefined {
    const item = lane.items.take();
    if (item !== undefined) {
      lane.credit -= workOf(item);
      lane.bytes -= item.payload.length;
      this.#size -= 1;
    }
    if (lane.messages === 0) {
      this.#turns.take();
      this.#lanes.delete(lane.actor);
    }
    return item;
  }
}

function workOf({ payload }: InboxItem): number {
  return WORK_PER_MESSAGE + payload.length;
}
