import { type CellPolicies, decide } from '@fleetbook/domain';
import { createMetrics } from '@fleetbook/operations';
import {
  createKeyHash,
  DEFAULT_TRACKER_SETTINGS,
  decideDue,
  Tracker,
  type TrackerFailure,
  type TrackerHealth,
  type TrackerOptions,
  type TrackerSettings,
  type TrackerStatus,
} from '@fleetbook/tracker';
import { Machine, type OwnState, type Running, type Stop, type Surroundings } from './machine.ts';
import type { SimulatedProcess } from './process.ts';

export const CELL = 'main';

interface RunningTracker extends Running {
  status(): TrackerStatus;
  health(): TrackerHealth;
}

export interface TrackerSetup {
  readonly policies: CellPolicies;
  readonly settings: Partial<TrackerSettings>;
  /** In the place of the product's own. */
  readonly parts: Partial<Pick<TrackerOptions, 'decide' | 'decideDue' | 'keysOf'>>;
  /** Called with everything that a tracker tells everybody. */
  readonly onPublish: (process: SimulatedProcess, subject: string, text: string) => void;
}

/** A machine that runs a tracker: the production class over ports of the simulation. */
export class TrackerMachine extends Machine<RunningTracker> {
  readonly #setup: TrackerSetup;
  #failure: TrackerFailure | undefined;

  constructor(name: string, surroundings: Surroundings, setup: TrackerSetup) {
    super(name, surroundings);
    this.#setup = setup;
  }

  stopped(): Stop | undefined {
    const error = this.#failure?.error;
    return error === undefined ? undefined : { code: error.code, reason: error.message };
  }

  protected begin(process: SimulatedProcess, { disk, directory, marks }: OwnState): RunningTracker {
    const { network, logServer, inbox } = this.surroundings;
    const tracker = new Tracker({
      settings: {
        ...DEFAULT_TRACKER_SETTINGS,
        cell: CELL,
        writer: process.name,
        version: '0.0.0',
        pid: 1,
        startedAt: process.clock.now(),
        policies: this.#setup.policies,
        ...this.#setup.settings,
      },
      log: logServer.connect(process),
      inbox: inbox.connect(process),
      marks,
      bus: {
        maximumPayloadBytes: 1024 * 1024,
        publish: (subject, payload) => {
          const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
          this.#setup.onPublish(process, subject, bytes.toString('utf8'));
          network.publish(process, subject, bytes);
        },
        subscribe: (subject, handler) => network.subscribe(process, subject, handler),
        askAll: (subject, payload, waitMs) => askAll(this.surroundings, process, subject, payload, waitMs),
        askFirst: (subject, payload, waitMs) => askFirst(this.surroundings, process, subject, payload, waitMs),
      },
      clock: process.clock,
      timers: process.timers,
      ids: process.ids,
      random: process.chance.next,
      logger: this.logger,
      metrics: createMetrics(),
      disk,
      directory,
      keysOf: createKeyHash,
      keySeed: process.chance.integer(0, 2 ** 31),
      decide,
      decideDue,
      ...this.#setup.parts,
      onFailure: (failure) => {
        if (!process.isDead) {
          this.#failure = failure;
          process.kill();
        }
      },
    });
    void tracker.start();
    return { status: () => tracker.status, health: () => tracker.health(), stop: () => tracker.stop() };
  }
}

/** Copies that the network makes of an answer are answers too. */
export function askAll(
  { network }: Surroundings,
  process: SimulatedProcess,
  subject: string,
  payload: Uint8Array,
  waitMs: number,
): Promise<readonly Uint8Array[]> {
  const answers: Uint8Array[] = [];
  network.request(process, subject, payload, (end) => {
    if (end.status === 'reply') {
      answers.push(end.payload);
    }
  });
  return new Promise((resolve) => void process.timers.after(waitMs, () => resolve([...answers])));
}

function askFirst(
  { network }: Surroundings,
  process: SimulatedProcess,
  subject: string,
  payload: Uint8Array,
  waitMs: number,
): Promise<Uint8Array | undefined> {
  return new Promise((resolve) => {
    const cancel = process.timers.after(waitMs, () => resolve(undefined));
    network.request(process, subject, payload, (end) => {
      cancel();
      resolve(end.status === 'reply' ? end.payload : undefined);
    });
  });
}
