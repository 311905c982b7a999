import { errorEntry, type FleetbookError } from '@fleetbook/contracts';
import type { Logger } from './logger.ts';
import type { Result } from './result.ts';

/** What a starting or running service can do with its own life. */
export interface ServiceScope {
  /**
   * Registers what undoes a step of the start, as soon as that step has succeeded. Steps run in the reverse order, also
   * when a later step of the start fails.
   */
  onStop(name: string, run: () => Promise<void> | void): void;
  /** Aborted when the shutdown begins: a start under way should give up soon. */
  readonly stopping: AbortSignal;
  /** Begins the shutdown from inside; the process ends with the error's exit code in the catalogue. */
  fail(error: FleetbookError): void;
}

export interface ServiceOptions {
  readonly logger: Logger;
  /** From the first signal to the end of the process. */
  readonly timeoutMs: number;
  readonly start: (scope: ServiceScope) => Promise<Result<void, FleetbookError>>;
  /** Told of a failure before the shutdown that it leads to. */
  readonly onFailure?: (error: FleetbookError) => void;
  /** The process to run in; a test gives its own. */
  readonly host?: ServiceHost;
}

/** What `runService` needs of the process around it. */
export interface ServiceHost {
  on(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  on(event: 'uncaughtException', listener: (error: unknown) => void): unknown;
  exit(code: number): void;
}

const EXIT_OVERRUN = 1;
const EXIT_BUG = 70;
const EXIT_SIGNALLED = { SIGTERM: 143, SIGINT: 130 } as const;

interface StopStep {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

/**
 * Runs a service until SIGTERM, SIGINT or a failure, then shuts it down in order and ends the process.
 *
 * There is one shutdown, however often it is asked for; it waits for a start under way. A second signal ends the
 * process at once. Exit codes: 0 after an orderly shutdown, 1 when it took longer than `timeoutMs` (the log says what
 * was left), the error's own in the catalogue, 70 after an exception nobody caught. Resolves when the process is about
 * to end.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const run = new ServiceRun(options);
  await run.ended;
}

class ServiceRun {
  readonly ended: Promise<void>;
  readonly #options: ServiceOptions;
  readonly #host: ServiceHost;
  readonly #stopping = new AbortController();
  readonly #steps: StopStep[] = [];
  readonly #started: Promise<void>;
  #current = 'start';
  #exitCode = 0;
  #hasExited = false;
  #end: () => void = () => undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#host = options.host ?? process;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      this.#host.on(signal, () => this.#onSignal(signal));
    }
    this.#host.on('uncaughtException', (error) => {
      options.logger.fatal('uncaught exception', { err: error });
      this.#exit(EXIT_BUG);
    });
    this.#started = this.#start();
  }

  async #start(): Promise<void> {
    const scope: ServiceScope = {
      onStop: (name, run) => {
        this.#steps.push({ name, run });
      },
      stopping: this.#stopping.signal,
      fail: (error) => this.#fail(error),
    };
    try {
      const started = await this.#options.start(scope);
      if (!started.ok) {
        this.#fail(started.error);
      }
    } catch (thrown) {
      this.#options.logger.fatal('start threw', { err: thrown });
      this.#shutDown(EXIT_BUG);
    }
  }

  #onSignal(signal: 'SIGTERM' | 'SIGINT'): void {
    if (this.#stopping.signal.aborted) {
      this.#options.logger.warn('second signal: ending at once', { signal, left: this.#left() });
      this.#exit(EXIT_SIGNALLED[signal]);
      return;
    }
    this.#options.logger.info('shutting down', { signal });
    this.#shutDown(0);
  }

  #fail(error: FleetbookError): void {
    const { code, message, details } = error;
    this.#options.logger.error('service failed', { errCode: code, reason: message, details });
    this.#options.onFailure?.(error);
    this.#shutDown(errorEntry(code).exitCode);
  }

  #shutDown(exitCode: number): void {
    this.#exitCode = this.#exitCode === 0 ? exitCode : this.#exitCode;
    if (this.#stopping.signal.aborted) {
      return;
    }
    this.#stopping.abort();
    const deadline = setTimeout(() => {
      this.#options.logger.error('shutdown took too long', { left: this.#left(), timeoutMs: this.#options.timeoutMs });
      this.#exit(this.#exitCode === 0 ? EXIT_OVERRUN : this.#exitCode);
    }, this.#options.timeoutMs);
    void this.#runSteps().finally(() => {
      clearTimeout(deadline);
      this.#exit(this.#exitCode);
    });
  }

  async #runSteps(): Promise<void> {
    await this.#started;
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      this.#current = step.name;
      this.#options.logger.debug('shutdown step', { step: step.name });
      try {
        await step.run();
      } catch (thrown) {
        this.#options.logger.error('shutdown step threw', { step: step.name, err: thrown });
        this.#exitCode = this.#exitCode === 0 ? EXIT_BUG : this.#exitCode;
      }
    }
  }

  /** The step under way and those still to come, in the order they would run. */
  #left(): readonly string[] {
    return [this.#current, ...this.#steps.map((step) => step.name).reverse()];
  }

  #exit(code: number): void {
    if (this.#hasExited) {
      return;
    }
    this.#hasExited = true;
    this.#end();
    this.#host.exit(code);
  }
}
