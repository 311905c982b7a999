import { setTimeout as delay } from 'node:timers/promises';
import { type ProcessEnd, type ServiceProcess, type ServiceSpec, startServiceProcess } from './service-process.ts';

export type ServiceEvent =
  | { readonly type: 'started'; readonly service: string; readonly pid: number; readonly httpPort: number }
  | { readonly type: 'started'; readonly service: 'nats-server'; readonly pid: number; readonly natsPort: number }
  | { readonly type: 'ready'; readonly service: string; readonly pid: number }
  | {
      readonly type: 'ended';
      readonly service: string;
      /** 0 for a process that could not be started. */
      readonly pid: number;
      readonly reason: string;
      /** Whether it is started again; otherwise another start would end the same way. */
      readonly isRestarted: boolean;
    }
  | {
      /** It cannot do its work until something around it changes; the reason says what. */
      readonly type: 'waiting';
      readonly service: string;
      /** 0 while no process of it runs. */
      readonly pid: number;
      readonly reason: string;
    }
  | {
      readonly type: 'stopped';
      readonly service: string;
      readonly pid: number;
      /** How it ended, where that was not in order: it left steps of its shutdown undone, or was killed. */
      readonly reason?: string;
    };

/** A service that is started again whenever it ends by itself. */
export interface SupervisedService {
  readonly name: string;
  /** Of the process that runs now, or ran last. */
  readonly pid: number;
  readonly httpPort: number;
  readonly logFile: string;
  /** Resolves with the pid once a process of it is ready: the present one, or one that follows. */
  whenReady(): Promise<number>;
  /** Whether the present process says just now that it is ready. */
  isReady(): Promise<boolean>;
  /** Sends a signal to the present process. Its supervisor treats the end as any other and starts it again. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it is given up: its exit code says that another start would end the same way. */
  readonly givenUp: Promise<ProcessEnd>;
  /** Asks it to end, and kills it after `graceMs`. It is not started again. */
  stop(graceMs?: number): Promise<void>;
}

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5_000;
/** A process that was ready this long has recovered: the next failure is the first of a new row. */
const RECOVERED_AFTER_MS = 10_000;
const GRACE_MS = 12_000;
/** 2 wrong settings, 5 damaged or too new data. */
const HOPELESS_EXITS: readonly (number | undefined)[] = [2, 5];
/** What else keeps a service that was never ready from becoming so. Of one that was, it is a passing trouble. */
const HOPELESS_AT_START = ['ACCESS_REFUSED', 'LOG_UNUSABLE', 'SERVER_TOO_OLD', 'WEAK_DURABILITY'];

type Launch = (spec: ServiceSpec) => Promise<ServiceProcess>;

/** Throws when the first start fails; a later one is tried again. */
export async function supervise(
  spec: ServiceSpec,
  onEvent: (event: ServiceEvent) => void,
  launch: Launch = startServiceProcess,
): Promise<SupervisedService> {
  const run = new SupervisedRun(spec, onEvent, launch);
  await run.start();
  return run;
}

class SupervisedRun implements SupervisedService {
  readonly givenUp: Promise<ProcessEnd>;
  readonly #spec: ServiceSpec;
  readonly #onEvent: (event: ServiceEvent) => void;
  readonly #start: Launch;
  readonly #stopping = new AbortController();
  #giveUp: (end: ProcessEnd) => void = () => undefined;
  #process: ServiceProcess | undefined;
  #ready = Promise.withResolvers<number>();
  /** `#ready` has been resolved. */
  #isAnnounced = false;
  /** Has ended, or was sent a signal: it does not count any more. */
  #gone: ServiceProcess | undefined;
  #failures = 0;
  #wasReady = false;
  #loop: Promise<void> = Promise.resolve();
  #launching: Promise<unknown> = Promise.resolve();

  constructor(spec: ServiceSpec, onEvent: (event: ServiceEvent) => void, launch: Launch) {
    this.#spec = spec;
    this.#onEvent = onEvent;
    this.#start = launch;
    this.givenUp = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  get name(): string {
    return this.#spec.name;
  }

  get logFile(): string {
    return this.#spec.logFile;
  }

  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  get httpPort(): number {
    return this.#process?.httpPort ?? 0;
  }

  whenReady(): Promise<number> {
    return this.#ready.promise;
  }

  async isReady(): Promise<boolean> {
    return (await this.#process?.isReady()) ?? false;
  }

  kill(signal: NodeJS.Signals): void {
    this.#waitForNext(this.#process);
    this.#process?.kill(signal);
  }

  async start(): Promise<void> {
    const first = await this.#launch();
    this.#loop = this.#superviseFrom(first);
  }

  async stop(graceMs = GRACE_MS): Promise<void> {
    this.#stopping.abort();
    // What is being started now must end too.
    await this.#launching;
    const running = this.#process;
    if (running !== undefined) {
      running.kill('SIGTERM');
      const overdue = new AbortController();
      const killer = delay(graceMs, undefined, { signal: overdue.signal }).then(
        () => running.kill('SIGKILL'),
        () => undefined,
      );
      const end = await running.ended;
      overdue.abort();
      await killer;
      const stopped = { type: 'stopped', service: this.name, pid: running.pid } as const;
      this.#onEvent(isInOrder(end) ? stopped : { ...stopped, reason: reasonOf(end) });
    }
    await this.#loop;
  }

  async #launch(): Promise<ServiceProcess> {
    const started = await this.#start(this.#spec);
    this.#process = started;
    this.#onEvent({ type: 'started', service: this.name, pid: started.pid, httpPort: started.httpPort });
    started.onWaiting((reason) => {
      this.#onEvent({ type: 'waiting', service: this.name, pid: started.pid, reason });
    });
    started.onReplace(() => this.#spec.onReplace?.());
    void this.#announceReady(started);
    return started;
  }

  #isHopeless({ code, failure }: ProcessEnd): boolean {
    return HOPELESS_EXITS.includes(code) || (!this.#wasReady && HOPELESS_AT_START.includes(failure?.code ?? ''));
  }

  async #announceReady(started: ServiceProcess): Promise<void> {
    if (await started.ready(this.#stopping.signal)) {
      this.#wasReady = true;
      this.#onEvent({ type: 'ready', service: this.name, pid: started.pid });
      if (started !== this.#gone) {
        this.#isAnnounced = true;
        this.#ready.resolve(started.pid);
      }
    }
  }

  /** From here on "ready" means the process that follows; who waits already goes on waiting for it. */
  #waitForNext(gone: ServiceProcess | undefined): void {
    this.#gone = gone;
    if (this.#isAnnounced) {
      this.#isAnnounced = false;
      this.#ready = Promise.withResolvers();
    }
  }

  async #superviseFrom(first: ServiceProcess): Promise<void> {
    for (let running: ServiceProcess | undefined = first; running !== undefined; running = await this.#restart()) {
      const startedMs = performance.now();
      const end = await running.ended;
      this.#waitForNext(running);
      if (this.#stopping.signal.aborted) {
        return;
      }
      const isRestarted = !this.#isHopeless(end);
      this.#onEvent({ type: 'ended', service: this.name, pid: running.pid, reason: reasonOf(end), isRestarted });
      if (!isRestarted) {
        this.#process = undefined;
        this.#giveUp(end);
        return;
      }
      this.#failures = performance.now() - startedMs > RECOVERED_AFTER_MS ? 0 : this.#failures + 1;
    }
  }

  /** The next process, however often it takes to start one; undefined when the service is to stop. */
  async #restart(): Promise<ServiceProcess | undefined> {
    for (;;) {
      await delay(this.#backOffMs(), undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#stopping.signal.aborted) {
        return undefined;
      }
      const launching = this.#launch();
      this.#launching = launching.catch(() => undefined);
      try {
        return await launching;
      } catch (error) {
        this.#process = undefined;
        this.#failures += 1;
        const reason = error instanceof Error ? error.message : String(error);
        this.#onEvent({ type: 'ended', service: this.name, pid: 0, reason, isRestarted: true });
      }
    }
  }

  #backOffMs(): number {
    return Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, this.#failures - 1), LONGEST_DELAY_MS);
  }
}

/** One that is ended by the signal itself had not begun with anything yet. */
function isInOrder({ code, signal }: ProcessEnd): boolean {
  return code === 0 || signal === 'SIGTERM';
}

function reasonOf({ code, signal, failure }: ProcessEnd): string {
  if (failure !== undefined) {
    return `${failure.code}: ${failure.message}`;
  }
  return signal === undefined ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
}
