import type { HighWaterMark } from '@fleetbook/contracts';
import {
  createLogger,
  createMetrics,
  createNodeDisk,
  type Disk,
  type Logger,
  type MarkKeeper,
  openMarkKeeper,
} from '@fleetbook/operations';
import { MachineDisk } from './files.ts';
import type { InboxServer } from './inbox-server.ts';
import type { LogServer } from './log-server.ts';
import type { Network } from './network.ts';
import { MachineClock, SimulatedProcess } from './process.ts';
import type { Chance } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** What all machines share. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  readonly network: Network;
  readonly logServer: LogServer;
  readonly inbox: InboxServer;
  /** Ids that nobody was given before. */
  readonly ids: { next(): string };
  /** Called where something was found that must not be. */
  readonly onRule: (rule: string, found: string) => void;
  /** Called with what a process finds kept of the ones before it. */
  readonly onMark: (process: SimulatedProcess, mark: HighWaterMark | undefined) => void;
}

/** A state that a service stays in until a person looks. */
export interface Stop {
  /** Of the error catalogue. */
  readonly code: string;
  readonly reason: string;
}

/** What a process finds on its machine. */
export interface OwnState {
  readonly disk: Disk;
  readonly directory: string;
  readonly marks: MarkKeeper;
}

/** One run of a service on a machine. */
export interface Running {
  /** As SIGTERM does; resolves when it would exit. */
  stop(): Promise<void>;
}

const DIRECTORY = '/data';
const MARK_INTERVAL_MS = 200;
const RESTART_MS = 300;
const SKEW_MS = 1_500;
const DRIFT = 0.000_2;
const LOG_LINES = 60;

/** A machine with one service on it, which is started again whenever it dies. */
export abstract class Machine<Service extends Running> {
  readonly name: string;
  readonly clock: MachineClock;
  readonly disk: MachineDisk;
  readonly surroundings: Surroundings;
  readonly logger: Logger;
  readonly chance: Chance;
  /** Undefined while it is down. */
  process: SimulatedProcess | undefined;
  /** The service of the process, once it has begun. */
  running: Service | undefined;
  #starts = 0;
  readonly #lines: string[] = [];

  constructor(name: string, surroundings: Surroundings) {
    this.name = name;
    this.surroundings = surroundings;
    this.chance = surroundings.chance.fork(name);
    const rate = 1 + (this.chance.next() * 2 - 1) * DRIFT;
    this.clock = new MachineClock(surroundings.scheduler, rate, this.chance.integer(-SKEW_MS, SKEW_MS));
    this.disk = new MachineDisk(this.chance.fork('disk'));
    this.logger = this.#makeLogger();
  }

  /** Why the service does not run, or does not answer, until a person looks; undefined while it is well. */
  abstract stopped(): Stop | undefined;

  protected abstract begin(process: SimulatedProcess, own: OwnState): Service;

  start(): void {
    if (this.process !== undefined || this.stopped() !== undefined) {
      return;
    }
    this.#starts += 1;
    const { scheduler, ids } = this.surroundings;
    const name = `${this.name}.${this.#starts}`;
    const chance = this.chance.fork(`run ${this.#starts}`);
    const process = new SimulatedProcess({ name, scheduler, machineClock: this.clock, chance, ids });
    process.onDeath(() => {
      this.process = undefined;
      this.running = undefined;
      this.#startLater(this.chance.integer(1, 5) * RESTART_MS);
    });
    scheduler.note(`${name} starts`);
    this.process = process;
    process.schedule(0, 'start', () => void this.#begin(process));
  }

  async #begin(process: SimulatedProcess): Promise<void> {
    const disk = createNodeDisk(this.disk.filesOf(process));
    const { clock, timers } = process;
    const facts = { disk, directory: DIRECTORY, clock, timers, logger: this.logger, metrics: createMetrics() };
    const marks = await openMarkKeeper({ ...facts, intervalMs: MARK_INTERVAL_MS });
    this.surroundings.onMark(process, marks.mark);
    const service = this.begin(process, { disk, directory: DIRECTORY, marks });
    this.running = {
      ...service,
      stop: async () => {
        await service.stop();
        await marks.stop();
      },
    };
  }

  /** As SIGKILL does. It comes again after a while. */
  kill(): void {
    this.process?.kill();
  }

  /** As SIGTERM does: it leaves in order, and comes again. */
  replace(): void {
    const { process, running } = this;
    process?.schedule(0, 'SIGTERM', () => {
      const end = (): void => process.kill();
      (running?.stop() ?? Promise.resolve()).then(end, end);
    });
  }

  /** The last lines its service has logged. */
  lines(): readonly string[] {
    return this.#lines;
  }

  #startLater(delayMs: number): void {
    this.surroundings.scheduler.schedule(undefined, delayMs, `${this.name} is started`, () => this.start());
  }

  #makeLogger(): Logger {
    const output = {
      write: (line: string) => {
        if (this.#lines.push(`${this.surroundings.scheduler.nowMs.toFixed(1)} ${line.trim()}`) > LOG_LINES) {
          this.#lines.shift();
        }
      },
    };
    const clock = { now: () => this.clock.wallMs, monotonicMs: () => this.clock.monotonicMs };
    const facts = { service: 'simulated', version: '0.0.0', serviceInstanceId: this.name };
    return createLogger({ ...facts, level: 'info', output, clock });
  }
}
