import type { FleetbookClient } from '@fleetbook/client';
import { type Surroundings as ClientSurroundings, createClient, type Transport } from '@fleetbook/client/ports';
import { fleetbookError, parseInboxSubject, type SenderRole } from '@fleetbook/contracts';
import type { Surroundings } from './machine.ts';
import type { RequestEnd } from './network.ts';
import { MachineClock, SimulatedProcess } from './process.ts';
import { CELL } from './tracker-machine.ts';

/** What the checks want to know of a client's requests. Each is one attempt of the SDK. */
export interface RequestWatcher {
  /** What the client has been told of by now, after each reply. */
  onToken(client: string, token: string | undefined): void;
  /** Gives the function that is called with the reply the client takes, if one comes in time. */
  onRequest(client: string, subject: string, payload: Uint8Array): (payload: Uint8Array, from: string) => void;
}

const ATTEMPT_TIMEOUT_MS = 600;
const TIMEOUT_MS = 4_000;
const SKEW_MS = 1_500;

/** A machine with clients on it: the SDK over ports of the simulation. */
export class ClientMachine {
  readonly process: SimulatedProcess;
  readonly clock: MachineClock;
  readonly #surroundings: Surroundings;
  readonly #watcher: RequestWatcher;
  readonly #clients = new Map<string, FleetbookClient>();

  constructor(name: string, surroundings: Surroundings, watcher: RequestWatcher) {
    const { scheduler, ids } = surroundings;
    const chance = surroundings.chance.fork(name);
    this.clock = new MachineClock(scheduler, 1, chance.integer(-SKEW_MS, SKEW_MS));
    this.process = new SimulatedProcess({ name, scheduler, machineClock: this.clock, chance, ids });
    this.#surroundings = surroundings;
    this.#watcher = watcher;
  }

  client(role: SenderRole, actor: string): FleetbookClient {
    const name = `${role} ${actor} on ${this.process.name}`;
    const known = this.#clients.get(name);
    if (known !== undefined) {
      return known;
    }
    const { process } = this;
    const surroundings: ClientSurroundings = {
      now: process.clock.now,
      monotonicMs: process.clock.monotonicMs,
      after: (delayMs, callback) => void process.timers.after(delayMs, callback),
      random: process.chance.next,
      newId: process.ids.next,
    };
    const origin = { client: 'simulation', version: '1', host: process.name };
    const limits = { timeoutMs: TIMEOUT_MS, attemptTimeoutMs: ATTEMPT_TIMEOUT_MS };
    const transport = this.#transport(name);
    const client = createClient({ cell: CELL, role, actor, origin, ...limits }, transport, surroundings);
    this.#clients.set(name, client);
    return client;
  }

  /** Sends bytes that need not be a command, past the SDK; nobody waits for the answer. */
  sendBytes(subject: string, payload: Uint8Array): void {
    this.#transport(`somebody on ${this.process.name}`).send(subject, payload, TIMEOUT_MS, () => undefined);
  }

  #transport(client: string): Transport {
    const { process } = this;
    return {
      send: (subject, payload, timeoutMs, onReply) => {
        let isOpen = true;
        const note = this.#watcher.onRequest(client, subject, payload);
        const cancel = process.timers.after(timeoutMs, () => {
          isOpen = false;
          onReply({ ok: false, error: fleetbookError('TIMEOUT', { timeoutMs }) });
        });
        const settle = (end: RequestEnd): void => {
          if (!isOpen) {
            return;
          }
          isOpen = false;
          cancel();
          if (end.status === 'reply') {
            note(end.payload, end.from);
            onReply({ ok: true, value: end.payload });
            this.#watcher.onToken(client, this.#clients.get(client)?.token());
          } else {
            onReply({ ok: false, error: fleetbookError('NO_RESPONDERS', { subject }) });
          }
        };
        if (parseInboxSubject(subject).ok) {
          this.#surroundings.inbox.put(process, subject, payload, settle);
        } else {
          this.#surroundings.network.request(process, subject, payload, settle, timeoutMs);
        }
      },
    };
  }
}
