import { inboxStream } from '@fleetbook/contracts';
import { type CommandInbox, LogUnavailableError } from '@fleetbook/event-log';
import { createMemoryInbox, type MemoryInbox } from '@fleetbook/event-log/memory';
import type { LogServer } from './log-server.ts';
import type { Network, RequestEnd } from './network.ts';
import { type SimulatedProcess, START_AT } from './process.ts';
import type { Scheduler } from './scheduler.ts';
import { CELL } from './tracker-machine.ts';

const TIMEOUT_MS = 500;

/** As JetStream says it. */
const FULL = { error: { code: 503, err_code: 10_077, description: 'maximum messages exceeded' } };

/** The stream of commands nobody waits for, on the server that keeps the log; it shares the faults of that. */
export class InboxServer {
  readonly store: MemoryInbox;
  /** The last message that was put. */
  end = 0;
  readonly #scheduler: Scheduler;
  readonly #logServer: LogServer;
  readonly #network: Network;

  constructor(scheduler: Scheduler, logServer: LogServer, network: Network) {
    this.#scheduler = scheduler;
    this.#logServer = logServer;
    this.#network = network;
    this.store = createMemoryInbox({ now: () => Math.floor(START_AT + scheduler.nowMs) });
  }

  /** A tracker's link to it. */
  connect(process: SimulatedProcess): CommandInbox {
    return {
      prepare: (upTo) => this.#call(process, 'prepare', () => this.store.prepare(upTo)),
      next: (sequence) => this.#call(process, 'next', () => this.store.next(sequence)),
      trim: (upTo, kept) => this.#call(process, 'trim', () => this.store.trim(upTo, kept)),
    };
  }

  /** A client's message. It may be kept, and its answer lost. */
  put(process: SimulatedProcess, subject: string, payload: Uint8Array, onEnd: (end: RequestEnd) => void): void {
    if (!process.mayAct() || !this.#isReachedBy(process)) {
      return;
    }
    this.#scheduler.schedule(undefined, this.#logServer.latencyMs(process), 'inbox put', () => {
      const sequence = this.store.put(subject, payload);
      this.end = sequence ?? this.end;
      const answer = sequence === undefined ? FULL : { stream: inboxStream(CELL), seq: sequence };
      if (this.#isReachedBy(process)) {
        const reply = Buffer.from(JSON.stringify(answer));
        process.schedule(this.#logServer.latencyMs(process), 'put answered', () =>
          onEnd({ status: 'reply', payload: reply, from: 'inbox' }),
        );
      }
    });
  }

  #isReachedBy(process: SimulatedProcess): boolean {
    return this.#logServer.isReachedBy(process) && this.#network.reaches(process);
  }

  #call<Value>(process: SimulatedProcess, label: string, effect: () => Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (!process.mayAct()) {
        return;
      }
      const cancel = process.schedule(TIMEOUT_MS, `inbox ${label} times out`, () =>
        reject(new LogUnavailableError('the inbox cannot be reached')),
      );
      const settle = (act: () => void): void => {
        if (this.#isReachedBy(process)) {
          process.schedule(this.#logServer.latencyMs(process), `inbox ${label} answered`, () => {
            cancel();
            act();
          });
        }
      };
      if (this.#isReachedBy(process)) {
        this.#scheduler.schedule(undefined, this.#logServer.latencyMs(process), `inbox ${label}`, () => {
          effect().then(
            (value) => settle(() => resolve(value)),
            (error: unknown) => settle(() => reject(error)),
          );
        });
      }
    });
  }
}
