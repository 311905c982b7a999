import {
  type Commit,
  damageError,
  type EventLog,
  LogDamageError,
  LogUnavailableError,
  ORIGIN,
} from '@fleetbook/event-log';
import { type Logger, type Metrics, Nap, type Timers } from '@fleetbook/operations';
import { backoffMs } from '../fold/backoff.ts';
import { CopyError } from './copy-error.ts';
import { firstCommitOf } from './copy-reader.ts';
import { type CopyWriter, type CopyWriterOptions, openCopyWriter } from './copy-writer.ts';

export interface ArchiverOptions extends CopyWriterOptions {
  readonly timers: Pick<Timers, 'after'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Least time between two looks at the log, milliseconds. */
  readonly intervalMs: number;
  /**
   * Takes the directory for this process alone before anything in it is looked at; undefined while another has it, and
   * keeps the archive.
   */
  readonly take: () => Promise<ArchiveHold | undefined>;
}

/** The directory, held against other processes. */
export interface ArchiveHold {
  release(): Promise<void>;
}

export interface ArchiveFault {
  /** Of CopyError, or of the error catalogue for what is wrong with the log. */
  readonly code: string;
  readonly reason: string;
  /** The disk may recover; anything else an operator has to look at. */
  readonly isOfDisk: boolean;
}

export interface ArchiveStatus {
  /** The last event that is in the archive, durably, as far as this process has seen. */
  readonly number: number;
  /** Another process on this machine keeps the archive. */
  readonly isKeptElsewhere: boolean;
  readonly fault: ArchiveFault | undefined;
}

/** Follows the log and keeps a copy of it. Never gives up, and never writes over what does not fit. */
export interface Archiver {
  readonly status: ArchiveStatus;
  start(): void;
  /** After it resolves nothing is written any more. */
  stop(): Promise<void>;
}

const BACKOFF = { firstMs: 500, mostMs: 60_000 } as const;
const TRY_TO_TAKE_MS = 2_000;
const DISK_CODES: ReadonlySet<string> = new Set(['NO_SPACE', 'IO_FAILED', 'ACCESS_DENIED', 'NOT_FOUND']);

export function createArchiver(options: ArchiverOptions): Archiver {
  return new LogArchiver(options);
}

class LogArchiver implements Archiver {
  readonly #options: ArchiverOptions;
  #hold: ArchiveHold | undefined;
  #writer: CopyWriter | undefined;
  #number = 0;
  #isKeptElsewhere = false;
  /** Whether what another process keeps was found to be of this log. */
  #isCompared = false;
  #fault: ArchiveFault | undefined;
  #failures = 0;
  #isStopped = false;
  readonly #nap: Nap;
  #running = Promise.resolve();

  constructor(options: ArchiverOptions) {
    this.#options = options;
    this.#nap = new Nap(options.timers);
    options.metrics.onCollect(() => options.metrics.gauge('fleetbook_archive_number').set(this.#number));
  }

  get status(): ArchiveStatus {
    return { number: this.#number, isKeptElsewhere: this.#isKeptElsewhere, fault: this.#fault };
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#nap.end();
    await this.#running;
    await this.#hold?.release();
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#nap.sleep(await this.#step());
    }
    if (this.#fault === undefined && this.#hold !== undefined) {
      // What came since the last look.
      await this.#step();
    }
  }

  /** One look at the log; gives how long to wait for the next. */
  async #step(): Promise<number> {
    const { take, intervalMs } = this.#options;
    this.#hold ??= await take();
    this.#isKeptElsewhere = this.#hold === undefined;
    if (this.#hold === undefined) {
      await this.#compareWithOther();
      return this.#fault === undefined ? TRY_TO_TAKE_MS : backoffMs(BACKOFF, this.#failures);
    }
    try {
      this.#writer ??= await openCopyWriter(this.#options);
      this.#number = this.#writer.bookmark.number;
      await this.#writer.copy((commits) => this.#note(commits.at(-1)?.bookmark.number ?? this.#number));
      this.#settle();
      return intervalMs;
    } catch (error) {
      if (error instanceof LogUnavailableError) {
        return intervalMs;
      }
      this.#writer = undefined;
      this.#stumble(error);
      return backoffMs(BACKOFF, this.#failures);
    }
  }

  /** Whoever keeps the directory may do so for another log of this cell's name: then this one has no archive at all. */
  async #compareWithOther(): Promise<void> {
    const { disk, directory, log } = this.#options;
    if (this.#isCompared) {
      return;
    }
    try {
      const first = await firstCommitOf(disk, directory);
      this.#isCompared = first !== undefined && (await beginsWith(log, first));
      this.#settle();
    } catch (error) {
      if (!(error instanceof LogUnavailableError)) {
        this.#stumble(error);
      }
    }
  }

  #note(number: number): void {
    this.#number = number;
    this.#options.metrics.counter('fleetbook_archive_writes_total', { result: 'written' }).add();
  }

  #settle(): void {
    if (this.#fault !== undefined) {
      this.#options.logger.info('the archive goes on', { number: this.#number });
    }
    this.#fault = undefined;
    this.#failures = 0;
  }

  #stumble(error: unknown): void {
    const { logger, metrics, directory } = this.#options;
    const fault = faultOf(error, directory);
    this.#failures += 1;
    metrics.counter('fleetbook_archive_writes_total', { result: fault.code }).add();
    if (fault.code !== this.#fault?.code) {
      const facts = { errCode: fault.code, reason: fault.reason, number: this.#number, directory, err: error };
      logger.error('the archive stands still', facts);
    }
    this.#fault = fault;
  }
}

/** Throws CopyError MISMATCH where the log begins with another commit; false while it holds none. */
async function beginsWith(log: EventLog, first: Commit): Promise<boolean> {
  for await (const [begin] of log.read(ORIGIN)) {
    if (begin?.hash !== first.hash) {
      throw new CopyError('MISMATCH', 'another process keeps it, of a log that begins with another event', {
        number: 1,
      });
    }
    return true;
  }
  return false;
}

function faultOf(error: unknown, directory: string): ArchiveFault {
  const text = error instanceof Error ? error.message : String(error);
  const reason = `${directory}: ${text.replace(`${directory}/`, '')}`;
  if (error instanceof CopyError) {
    return { code: error.code, reason, isOfDisk: DISK_CODES.has(error.code) };
  }
  const code = error instanceof LogDamageError ? damageError(error).code : 'INTERNAL_ERROR';
  return { code, reason, isOfDisk: false };
}
