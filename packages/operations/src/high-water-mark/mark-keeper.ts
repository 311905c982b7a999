import { join } from 'node:path';
import type { HighWaterMark } from '@fleetbook/contracts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics/registry.ts';
import type { Clock } from '../ports/clock.ts';
import type { Disk } from '../ports/disk.ts';
import type { Timers } from '../ports/timers.ts';
import { decodeSlot, encodeSlot, type Slot } from './slot.ts';

export interface MarkKeeperOptions {
  readonly disk: Disk;
  /** Directory of this process alone. */
  readonly directory: string;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'after'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Least time between two saves, milliseconds. */
  readonly intervalMs: number;
  /** The directories of the other services of the cell on this machine, as they are now. Default: none. */
  readonly neighbours?: () => Promise<readonly string[]>;
}

/** Remembers, beyond the life of a process, the highest commit that it knows to be durable. */
export interface MarkKeeper {
  /** Undefined while nothing is known. */
  readonly mark: HighWaterMark | undefined;
  /** Code of what keeps the mark from being saved or read; undefined while all is well. */
  readonly failure: string | undefined;
  /**
   * Takes note of a durable commit; a lower one of the same history changes nothing. Costs nothing but memory: the
   * mark is saved later. Only for commits of a log that holds the mark kept so far.
   */
  raise(mark: HighWaterMark): void;
  /** What the other services of the cell on this machine have saved, read anew; what cannot be read is left out. */
  neighbours(): Promise<readonly HighWaterMark[]>;
  /** Saves what is not saved yet, and nothing after it resolves. */
  stop(): Promise<void>;
}

const SLOTS = ['high-water-mark.0', 'high-water-mark.1'] as const;

/** The file that save `sequence` goes to: never the one with the newest sound mark. */
function slotOf(directory: string, sequence: number): string {
  return join(directory, SLOTS[sequence % 2 === 0 ? 0 : 1]);
}

interface Kept {
  readonly newest: Slot | undefined;
  /** By path, why a slot that is there cannot be used. */
  readonly failures: readonly (readonly [path: string, reason: string])[];
}

async function readKept(disk: Disk, directory: string): Promise<Kept> {
  let newest: Slot | undefined;
  const failures: [string, string][] = [];
  for (const sequence of [0, 1]) {
    const path = slotOf(directory, sequence);
    const read = await disk.readFile(path);
    const slot = read.ok ? decodeSlot(read.value) : undefined;
    if (slot !== undefined) {
      newest = newest === undefined || slot.sequence > newest.sequence ? slot : newest;
    } else if (read.ok || read.error.code !== 'NOT_FOUND') {
      failures.push([path, read.ok ? 'DAMAGED' : read.error.code]);
    }
  }
  return { newest, failures };
}

/** Reads the mark kept in the directory. A disk that fails is told by `failure`, and stops nobody. */
export async function openMarkKeeper(options: MarkKeeperOptions): Promise<MarkKeeper> {
  const { disk, directory, logger } = options;
  const { newest, failures } = await readKept(disk, directory);
  for (const [path, reason] of failures) {
    logger.warn('a slot of the high-water mark cannot be read', { path, reason });
  }
  return new DiskMarkKeeper(options, newest, newest === undefined ? failures.at(-1)?.[1] : undefined);
}

class DiskMarkKeeper implements MarkKeeper {
  failure: string | undefined;
  readonly #options: MarkKeeperOptions;
  #mark: HighWaterMark | undefined;
  #sequence: number;
  #isUnsaved = false;
  #savedMs = -Infinity;
  #saving: Promise<void> | undefined;
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(options: MarkKeeperOptions, newest: Slot | undefined, failure: string | undefined) {
    this.#options = options;
    this.#mark = newest?.mark;
    this.#sequence = newest?.sequence ?? 0;
    this.failure = failure;
  }

  get mark(): HighWaterMark | undefined {
    return this.#mark;
  }

  raise(mark: HighWaterMark): void {
    const { historyId, number } = this.#mark ?? { historyId: undefined, number: 0 };
    if (this.#isStopped || (mark.historyId === historyId && mark.number <= number)) {
      return;
    }
    this.#mark = mark;
    this.#isUnsaved = true;
    this.#schedule();
  }

  async neighbours(): Promise<readonly HighWaterMark[]> {
    const { disk, directory, neighbours } = this.#options;
    const others = ((await neighbours?.()) ?? []).filter((path) => path !== directory);
    const kept = await Promise.all(others.map((path) => readKept(disk, path)));
    return kept.map(({ newest }) => newest?.mark).filter((mark) => mark !== undefined);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancel?.();
    await this.#saving;
    if (this.#isUnsaved) {
      await this.#save();
    }
  }

  #schedule(): void {
    if (this.#isStopped || this.#cancel !== undefined || this.#saving !== undefined) {
      return;
    }
    const { timers, clock, intervalMs } = this.#options;
    const dueInMs = Math.max(0, this.#savedMs + intervalMs - clock.monotonicMs());
    this.#cancel = timers.after(dueInMs, () => {
      this.#cancel = undefined;
      this.#saving = this.#save().finally(() => {
        this.#saving = undefined;
        if (this.#isUnsaved) {
          this.#schedule();
        }
      });
    });
  }

  /** Never rejects. After a failure the other slot still holds what was saved before. */
  async #save(): Promise<void> {
    const { disk, directory, clock, metrics } = this.#options;
    const mark = this.#mark;
    if (mark === undefined) {
      return;
    }
    this.#isUnsaved = false;
    this.#savedMs = clock.monotonicMs();
    const sequence = this.#sequence + 1;
    const failure = await disk
      .overwrite(slotOf(directory, sequence), encodeSlot({ sequence, mark }), { mode: 0o600 })
      .then((written) => (written.ok ? undefined : { code: written.error.code, cause: written.error.cause }))
      .catch((cause: unknown) => ({ code: 'INTERNAL_ERROR', cause }));
    metrics.counter('fleetbook_high_water_mark_saves_total', { result: failure?.code ?? 'saved' }).add();
    if (failure === undefined) {
      this.#sequence = sequence;
    } else {
      this.#isUnsaved = true;
      if (failure.code !== this.failure) {
        this.#options.logger.warn('high-water mark not saved', { errCode: failure.code, err: failure.cause });
      }
    }
    this.failure = failure?.code;
  }
}
