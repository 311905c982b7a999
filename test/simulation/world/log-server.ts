import {
  type AppendResult,
  type Bookmark,
  type Commit,
  type EncodedCommit,
  type EventLog,
  LogUnavailableError,
  type Position,
  type Subscription,
  type SubscriptionHandler,
} from '@fleetbook/event-log';
import {
  type AppendFault,
  createMemoryLog,
  createMemoryStore,
  type MemoryLog,
  type MemoryStore,
  type StoreFaults,
} from '@fleetbook/event-log/memory';
import { machineOf } from './network.ts';
import type { SimulatedProcess } from './process.ts';
import type { Chance } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** What the checks want to know of the log's server. */
export interface LogWatcher {
  /** The store may have changed; `writer` is the process whose request was worked off. */
  onStore(writer: Pick<SimulatedProcess, 'name'>): void;
  /** A process now knows that the log holds this. */
  onKnown(process: SimulatedProcess, bookmark: Pick<Bookmark, 'number'>): void;
}

/** Puts something else in the place of a process's connection. */
export type WrapLog = (log: EventLog, process: SimulatedProcess, server: LogServer) => EventLog;

const APPEND_TIMEOUT_MS = 2_000;
const READ_TIMEOUT_MS = 500;
const RETRY_MS = 100;
const LATEST_MS = 4_000;

/** The server of the log, and each process's link to it. */
export class LogServer {
  readonly store: MemoryStore = createMemoryStore();
  readonly faults: StoreFaults = createMemoryLog({ store: this.store }).storeFaults;
  /** Names of the machines that do not reach it. */
  readonly cutOff = new Set<string>();
  /** Added to the way of what a machine sends and gets, up to this. */
  readonly delayMs = new Map<string, number>();
  readonly #scheduler: Scheduler;
  readonly #chance: Chance;
  readonly #watcher: LogWatcher;
  readonly #wrap: WrapLog;
  readonly #appendFaults = new Map<string, AppendFault[]>();

  constructor(scheduler: Scheduler, chance: Chance, watcher: LogWatcher, wrap: WrapLog = (log) => log) {
    this.#wrap = wrap;
    this.#scheduler = scheduler;
    this.#chance = chance;
    this.#watcher = watcher;
  }

  /** The next append from this machine meets this fault. */
  breakNextAppend(machine: string, fault: AppendFault): void {
    this.#appendFaults.set(machine, [...(this.#appendFaults.get(machine) ?? []), fault]);
  }

  forgetFaults(): void {
    this.#appendFaults.clear();
  }

  /** A connection, whose life is that of the process. */
  connect(process: SimulatedProcess): EventLog {
    const schedule = (task: () => void): void => this.#deliver(process, task);
    const log = createMemoryLog({ store: this.store, schedule });
    process.onDeath(() => void log.close());
    const link = new Link({ process, log, server: this });
    const connected: EventLog = {
      adapter: 'memory',
      durability: 'unverified',
      append: (expected, commit) => link.append(expected, commit),
      read: (after) => link.read(after),
      subscribe: (after, handler) => link.subscribe(after, handler),
      end: () => link.end(),
      close: () => log.close(),
    };
    return this.#wrap(connected, process, this);
  }

  isReachedBy(process: SimulatedProcess): boolean {
    return this.store.isAvailable && !this.cutOff.has(machineOf(process));
  }

  latencyMs(process: SimulatedProcess): number {
    return (
      this.#chance.integer(1, 6) / 4 + Math.floor(this.#chance.next() * (this.delayMs.get(machineOf(process)) ?? 0))
    );
  }

  /** How late a late append is. */
  putOffMs(): number {
    return 100 + this.#chance.integer(0, LATEST_MS);
  }

  /** Puts commits at the end, of somebody who is no process of this world. */
  appendAs(name: string, commits: readonly EncodedCommit[]): void {
    const log = createMemoryLog({ store: this.store });
    const append = async (): Promise<void> => {
      for (const commit of commits) {
        await log.append(await log.end(), commit);
      }
      this.#watcher.onStore({ name });
    };
    void append();
  }

  /** Inverts the lowest bit of one byte of the commit at this place, counted from 1. */
  flipByte(place: number, offset: number): void {
    const stored = this.store.commits[place - 1];
    if (stored !== undefined) {
      const bytes = Buffer.from(stored.bytes);
      bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
      this.store.commits[place - 1] = { ...stored, bytes };
    }
  }

  takeFault(process: SimulatedProcess): AppendFault | undefined {
    return this.#appendFaults.get(machineOf(process))?.shift();
  }

  /** Work of the server for a process that may be dead by now. */
  work(process: SimulatedProcess, delayMs: number, label: string, run: () => void): void {
    this.#scheduler.schedule(undefined, delayMs, `log, for ${process.name}: ${label}`, () => {
      run();
      this.#watcher.onStore(process);
    });
  }

  noteKnown(process: SimulatedProcess, bookmark: Pick<Bookmark, 'number'>): void {
    this.#watcher.onKnown(process, bookmark);
  }

  #deliver(process: SimulatedProcess, task: () => void): void {
    process.schedule(this.latencyMs(process), 'gets commits', () => {
      if (this.isReachedBy(process)) {
        task();
      } else {
        process.schedule(RETRY_MS, 'connects again', () => this.#deliver(process, task));
      }
    });
  }
}

interface LinkOptions {
  readonly process: SimulatedProcess;
  readonly log: MemoryLog;
  readonly server: LogServer;
}

class Link {
  readonly #process: SimulatedProcess;
  readonly #log: MemoryLog;
  readonly #server: LogServer;
  /** Appends that have not arrived, or that the server has put off. */
  #underWay = 0;

  constructor({ process, log, server }: LinkOptions) {
    this.#process = process;
    this.#log = log;
    this.#server = server;
  }

  append(expected: Position, commit: EncodedCommit): Promise<AppendResult> {
    const process = this.#process;
    return new Promise((resolve) => {
      if (!process.mayAct()) {
        return;
      }
      const cancel = process.schedule(APPEND_TIMEOUT_MS, 'append timed out', () =>
        resolve({ status: 'unknown', cause: new LogUnavailableError('no answer in time') }),
      );
      const answer = (result: AppendResult): void => {
        if (result.status === 'appended') {
          this.#server.noteKnown(process, { number: commit.firstNumber + commit.eventTexts.length - 1 });
        }
        cancel();
        resolve(result);
      };
      if (this.#server.isReachedBy(process)) {
        this.#sendAppend(expected, commit, answer);
      }
    });
  }

  async *read(after: Bookmark): AsyncIterable<readonly Commit[]> {
    await this.#trip('read');
    for await (const commits of this.#log.read(after)) {
      await this.#trip('batch');
      yield commits;
      // Whoever wants more has taken this in; a reader that looks for one commit stops before.
      const last = commits.at(-1);
      if (last !== undefined) {
        this.#server.noteKnown(this.#process, last.bookmark);
      }
    }
  }

  async subscribe(after: Bookmark, handler: SubscriptionHandler): Promise<Subscription> {
    await this.#trip('subscribe');
    return this.#log.subscribe(after, {
      onCommits: (commits) => {
        const last = commits.at(-1);
        if (last !== undefined) {
          this.#server.noteKnown(this.#process, last.bookmark);
        }
        handler.onCommits(commits);
      },
      onEnd: handler.onEnd,
    });
  }

  async end(): Promise<Position> {
    await this.#trip('end');
    const end = await this.#log.end();
    await this.#trip('end answered');
    return end;
  }

  #sendAppend(expected: Position, commit: EncodedCommit, answer: (result: AppendResult) => void): void {
    const process = this.#process;
    const server = this.#server;
    const fault = server.takeFault(process);
    this.#underWay += 1;
    server.work(process, server.latencyMs(process), `append ${commit.firstNumber}`, () => {
      this.#underWay -= 1;
      if (!server.isReachedBy(process)) {
        return;
      }
      this.#breakAppend(fault);
      void this.#log.append(expected, commit).then((result) => {
        const isLost = result.status === 'unknown' || !server.isReachedBy(process);
        if (!isLost) {
          process.schedule(server.latencyMs(process), `append ${commit.firstNumber}: ${result.status}`, () =>
            answer(result),
          );
        }
      });
    });
  }

  /** A conflict says that the commit will never be in the log: it is no answer while a copy may still arrive. */
  #breakAppend(fault: AppendFault | undefined): void {
    const isTooEarly = fault === 'conflict' && (this.#underWay > 0 || this.#log.appendFaults.waiting > 0);
    if (fault === undefined || isTooEarly) {
      return;
    }
    this.#log.appendFaults.next(fault);
    if (fault === 'late' || fault === 'hold') {
      const server = this.#server;
      server.work(this.#process, server.putOffMs(), `${fault} append`, () => this.#log.appendFaults.release());
    }
  }

  /** To the server, or back. */
  #trip(label: string): Promise<void> {
    const process = this.#process;
    return new Promise((resolve, reject) => {
      if (!process.mayAct()) {
        return;
      }
      if (this.#server.isReachedBy(process)) {
        process.schedule(this.#server.latencyMs(process), `log ${label}`, resolve);
      } else {
        process.schedule(READ_TIMEOUT_MS, `log ${label} times out`, () =>
          reject(new LogUnavailableError('the log cannot be reached')),
        );
      }
    });
  }
}
