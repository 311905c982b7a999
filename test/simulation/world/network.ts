import type { SimulatedProcess } from './process.ts';
import type { Chance } from './random.ts';
import type { Scheduler } from './scheduler.ts';

export type Respond = (payload?: Uint8Array) => void;
export type MessageHandler = (subject: string, payload: Uint8Array, respond: Respond, deadlineMs?: number) => void;

/** What a request came to; `from` is the process that answered. */
export type RequestEnd =
  | { readonly status: 'reply'; readonly payload: Uint8Array; readonly from: string }
  | { readonly status: 'no-responders' };

/** What befalls messages at present, beyond the ordinary. */
export interface Weather {
  lossRate: number;
  duplicateRate: number;
  /** Share of messages that overtake others. */
  reorderRate: number;
  /** Added to the way of a message, up to this. */
  delayMs: number;
}

interface Subscriber {
  readonly process: SimulatedProcess;
  readonly subject: string;
  readonly queue: string | undefined;
  readonly handler: MessageHandler;
  isGone: boolean;
}

/** How long a server takes to notice that a process is gone. */
const NOTICE_MS = 400;
const RETRY_MS = 50;

/** A message server and the links to it: at most once, in order on each link, while the weather is fair. */
export class Network {
  readonly weather: Weather = { lossRate: 0, duplicateRate: 0, reorderRate: 0, delayMs: 0 };
  /** Names of the machines that do not reach the server. */
  readonly cutOff = new Set<string>();
  /** Names of the machines that are connected to a server of their own, which has lost the other one. */
  readonly island = new Set<string>();
  /** While true, nobody gets what was sent to everybody; requests and replies go on. */
  areBroadcastsLost = false;
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #subscribers = new Set<Subscriber>();
  readonly #lastArrivalMs = new Map<string, number>();

  constructor(scheduler: Scheduler, chance: Chance) {
    this.#scheduler = scheduler;
    this.#chance = chance;
  }

  publish(from: SimulatedProcess, subject: string, payload: Uint8Array): void {
    if (from.mayAct()) {
      this.#send(from, subject, () => this.#route(from, subject, payload, undefined));
    }
  }

  /** `onEnd` may be called more than once: a request may be delivered twice, and every subscriber answers. */
  request(
    from: SimulatedProcess,
    subject: string,
    payload: Uint8Array,
    onEnd: (end: RequestEnd) => void,
    deadlineMs?: number,
  ): void {
    if (from.mayAct()) {
      this.#send(from, subject, () => {
        const receive = (end: RequestEnd): void => this.#receive(from, 'reply', () => onEnd(end));
        const isTaken = this.#route(from, subject, payload, receive, deadlineMs);
        if (!isTaken) {
          this.#receive(from, 'nobody answers', () => onEnd({ status: 'no-responders' }));
        }
      });
    }
  }

  /** Resolves when the server knows of it. */
  async subscribe(
    process: SimulatedProcess,
    subject: string,
    handler: MessageHandler,
    queue?: string,
  ): Promise<{ stop(): Promise<void> }> {
    const subscriber: Subscriber = { process, subject, queue, handler, isGone: false };
    process.onDeath(() => {
      subscriber.isGone = true;
      this.#scheduler.schedule(undefined, this.#chance.next() * NOTICE_MS, 'connection is gone', () =>
        this.#subscribers.delete(subscriber),
      );
    });
    await this.#told(process, `subscribe ${subject}`, () => this.#subscribers.add(subscriber));
    return {
      stop: async () => {
        await this.#told(process, `leave ${subject}`, () => this.#subscribers.delete(subscriber));
        subscriber.isGone = true;
      },
    };
  }

  reaches(process: SimulatedProcess): boolean {
    return !this.cutOff.has(machineOf(process));
  }

  /** Tells the server something until it has heard. */
  #told(process: SimulatedProcess, label: string, effect: () => void): Promise<void> {
    return new Promise((resolve) => {
      const attempt = (): void => {
        if (!process.mayAct()) {
          return;
        }
        if (!this.reaches(process)) {
          process.schedule(RETRY_MS, `again: ${label}`, attempt);
          return;
        }
        this.#scheduler.schedule(undefined, this.#latency(`${process.name}>`), label, () => {
          if (!process.isDead) {
            effect();
            process.schedule(this.#latency(`>${process.name}`), 'done', resolve);
          }
        });
      };
      attempt();
    });
  }

  #route(
    from: SimulatedProcess,
    subject: string,
    payload: Uint8Array,
    onEnd: ((end: RequestEnd) => void) | undefined,
    deadlineMs?: number,
  ): boolean {
    const isHeard = onEnd !== undefined || !this.areBroadcastsLost;
    const matching = [...this.#subscribers].filter(
      (subscriber) => isHeard && this.#isJoined(from, subscriber.process) && doesMatch(subscriber.subject, subject),
    );
    const queues = new Set(matching.flatMap(({ queue }) => (queue === undefined ? [] : [queue])));
    const chosen = [...queues].map((name) => this.#chance.pick(matching.filter(({ queue }) => queue === name)));
    const taking = [...matching.filter(({ queue }) => queue === undefined), ...chosen];
    for (const subscriber of taking) {
      this.#deliver(subscriber, subject, payload, onEnd, deadlineMs);
    }
    return taking.length > 0;
  }

  #isJoined(one: SimulatedProcess, other: SimulatedProcess): boolean {
    return this.island.has(machineOf(one)) === this.island.has(machineOf(other));
  }

  #deliver(
    subscriber: Subscriber,
    subject: string,
    payload: Uint8Array,
    onEnd: ((end: RequestEnd) => void) | undefined,
    deadlineMs: number | undefined,
  ): void {
    const { process, handler } = subscriber;
    const respond: Respond = (reply) => {
      if (reply !== undefined && onEnd !== undefined && process.mayAct()) {
        const from = process.name;
        this.#send(process, 'reply', () => onEnd({ status: 'reply', payload: reply, from }));
      }
    };
    this.#receive(process, subject, () => {
      if (!subscriber.isGone) {
        handler(subject, payload, respond, deadlineMs);
      }
    });
  }

  #send(from: SimulatedProcess, label: string, arrive: () => void): void {
    this.#cross(from, `${from.name}>`, (delayMs) =>
      this.#scheduler.schedule(undefined, delayMs, `server gets ${label}`, arrive),
    );
  }

  #receive(to: SimulatedProcess, label: string, arrive: () => void): void {
    this.#cross(to, `>${to.name}`, (delayMs) => to.schedule(delayMs, `gets ${label}`, arrive));
  }

  #cross(process: SimulatedProcess, link: string, carry: (delayMs: number) => void): void {
    const { lossRate, duplicateRate } = this.weather;
    if (!this.reaches(process) || (lossRate > 0 && this.#chance.happens(lossRate))) {
      this.#scheduler.note(`${process.name}: a message is lost`);
      return;
    }
    carry(this.#latency(link));
    if (duplicateRate > 0 && this.#chance.happens(duplicateRate)) {
      carry(this.#latency(link) + this.#chance.next() * 50);
    }
  }

  #latency(link: string): number {
    const { delayMs, reorderRate } = this.weather;
    const ownMs = this.#chance.integer(1, 4) / 4 + Math.floor(this.#chance.next() * delayMs);
    if (reorderRate > 0 && this.#chance.happens(reorderRate)) {
      return ownMs + this.#chance.next() * 20;
    }
    const atMs = Math.max(this.#scheduler.nowMs + ownMs, this.#lastArrivalMs.get(link) ?? 0);
    this.#lastArrivalMs.set(link, atMs);
    return atMs - this.#scheduler.nowMs;
  }
}

/** A process is named after its machine and how often that has started it. */
export function machineOf({ name }: { readonly name: string }): string {
  return name.split('.')[0] ?? name;
}

function doesMatch(pattern: string, subject: string): boolean {
  return pattern.endsWith('>') ? subject.startsWith(pattern.slice(0, -1)) : pattern === subject;
}
