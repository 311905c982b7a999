import type { ProcessEnd } from './service-process.ts';
import type { SupervisedService } from './supervisor.ts';

export interface ReplaceableOptions {
  /** Starts the service; `isAnew` for one that takes the place of another. `onReplace`: it asks to be replaced. */
  readonly start: (isAnew: boolean, onReplace: () => void) => Promise<SupervisedService>;
  /** Called when another process has come or gone. */
  readonly onChange: () => void;
}

/** A service whose process gives way to another one, which is started beside it and ready before it is stopped. */
export interface ReplaceableService extends SupervisedService {
  /** The process that is to take over, while there is one. */
  readonly successor: SupervisedService | undefined;
}

/** Throws when the first start fails. */
export async function superviseReplaceable(options: ReplaceableOptions): Promise<ReplaceableService> {
  const service = new Replaceable(options);
  await service.begin();
  return service;
}

class Replaceable implements ReplaceableService {
  readonly givenUp: Promise<ProcessEnd>;
  readonly #options: ReplaceableOptions;
  #giveUp: (end: ProcessEnd) => void = () => undefined;
  #present: SupervisedService | undefined;
  #successor: SupervisedService | undefined;
  #replacing: Promise<void> | undefined;
  #isStopped = false;
  #whenStopped = Promise.withResolvers<'stopped'>();

  constructor(options: ReplaceableOptions) {
    this.#options = options;
    this.givenUp = new Promise((resolve) => {
      this.#giveUp = resolve;
    });
  }

  get name(): string {
    return this.#required.name;
  }

  get pid(): number {
    return this.#required.pid;
  }

  get httpPort(): number {
    return this.#required.httpPort;
  }

  get logFile(): string {
    return this.#required.logFile;
  }

  get successor(): SupervisedService | undefined {
    return this.#successor;
  }

  async begin(): Promise<void> {
    this.#present = await this.#start(false);
  }

  whenReady(): Promise<number> {
    return this.#required.whenReady();
  }

  isReady(): Promise<boolean> {
    return this.#required.isReady();
  }

  kill(signal: NodeJS.Signals): void {
    this.#required.kill(signal);
  }

  async stop(graceMs?: number): Promise<void> {
    this.#isStopped = true;
    this.#whenStopped.resolve('stopped');
    await this.#replacing;
    await this.#required.stop(graceMs);
  }

  get #required(): SupervisedService {
    if (this.#present === undefined) {
      throw new Error('the service has not been started');
    }
    return this.#present;
  }

  async #start(isAnew: boolean): Promise<SupervisedService> {
    const started: SupervisedService = await this.#options.start(isAnew, () => {
      if (started === this.#present) {
        this.#replace();
      }
    });
    void started.givenUp.then((end) => {
      if (started === this.#present) {
        this.#giveUp(end);
      }
    });
    return started;
  }

  /** One at a time. One that cannot be started, or is given up, leaves the present one as it is. */
  #replace(): void {
    this.#replacing ??= this.#replaceNow()
      .catch(() => undefined)
      .finally(() => {
        this.#replacing = undefined;
        this.#options.onChange();
      });
  }

  async #replaceNow(): Promise<void> {
    if (this.#isStopped) {
      return;
    }
    const next = await this.#start(true);
    this.#successor = next;
    this.#options.onChange();
    const isReady = await Promise.race([
      next.whenReady().then(() => true),
      next.givenUp.then(() => false),
      this.#whenStopped.promise.then(() => false),
    ]);
    this.#successor = undefined;
    const leaving = isReady ? this.#required : next;
    if (isReady) {
      this.#present = next;
    }
    await leaving.stop();
  }
}
