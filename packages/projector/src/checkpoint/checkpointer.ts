import { join } from 'node:path';
import { type EventLog, LogDamageError } from '@fleetbook/event-log';
import {
  type Clock,
  type Disk,
  type DiskError,
  type Logger,
  type Metrics,
  rest,
  type Slices,
  type StartSlices,
  slicesOn,
  type Timers,
  yieldToMessages,
} from '@fleetbook/operations';
import { decodeSnapshot, matchLog, writeSnapshot } from '@fleetbook/snapshot';
import type { InventoryView, ViewSettings } from '../view/inventory-view.ts';
import { settleMilestone } from '../view/settle-digest.ts';
import {
  CHECKPOINT_FILE,
  type Checkpoint,
  type CheckpointFacts,
  captureState,
  type IndexChunk,
  type SealCheckpoint,
} from './capture.ts';
import { restoreCheckpoint } from './restore.ts';

export interface CheckpointerOptions {
  readonly disk: Disk;
  /** Directory of this projector alone. */
  readonly directory: string;
  readonly cell: string;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly startSlices: StartSlices;
  /** Least time between two saves. */
  readonly intervalMs: number;
  /**
   * Events after which a save is due before the interval is over, at the next milestone: so many change every node, and
   * its digest is made there anyway.
   */
  readonly intervalEvents: number;
  readonly newView: () => InventoryView;
  /** Of a view that is restored. */
  readonly viewSettings: Partial<ViewSettings>;
}

export interface SavedCheckpoint {
  /** The last event in it. */
  readonly number: number;
  /** Time of that event, epoch milliseconds. */
  readonly at: number;
}

/** Saves state and position together, off the way of answers, and starts from what was saved. */
export interface Checkpointer {
  /**
   * The saved view, or an empty one. Throws LogDamageError when the log lacks what was saved, or when what was saved is
   * of another cell or history.
   */
  open(): Promise<InventoryView>;
  /** Saves from now on whenever it is due; nothing while there is no view that may take the place of the saved one. */
  start(view: () => InventoryView | undefined): void;
  /** Tells it that events have been folded. */
  folded(events: number): void;
  /** To be called after each commit that is applied to a view. */
  applied(view: InventoryView): void;
  /** Saves now, if anything has been folded since the last save. */
  save(view: InventoryView): Promise<void>;
  /** Removes what was saved: the view it was saved from cannot be relied on. */
  forget(): Promise<void>;
  /** What would be started from now; undefined where that is the beginning of the log. */
  readonly saved: SavedCheckpoint | undefined;
  /** Code of the last save's failure; undefined when it succeeded or none was tried. */
  readonly failure: string | undefined;
  /** Ends the regular saves and waits for one under way. */
  stop(): Promise<void>;
}

/** Records hashed between two looks at the clock. */
const DIGEST_STEP = 10;

/** After each slice of a regular save: with a slice of a millisecond it takes at most a tenth of the time. */
const SLICE_REST_MS = 9;

/** After a save, so many times its duration pass before the next: under load, saving takes one part in twenty-five. */
const REST_FACTOR = 1.5;

type Write = (slices: Slices) => Promise<void>;

/** A view's state as it was; what it holds of the view is let go by `release`. */
interface Taken {
  /** Undefined before the ledger was created. */
  readonly seal: SealCheckpoint | undefined;
  readonly release: () => void;
}

export function createCheckpointer(options: CheckpointerOptions): Checkpointer {
  return new FileCheckpointer(options);
}

class FileCheckpointer implements Checkpointer {
  failure: string | undefined;
  saved: SavedCheckpoint | undefined;
  readonly #options: CheckpointerOptions;
  readonly #path: string;
  #foldedSince = 0;
  #awaitsMilestone = false;
  /** Folded when the interval was over last. */
  #foldedInTime = 0;
  #underWay = Promise.resolve();
  #getView: (() => InventoryView | undefined) | undefined;
  #cancel = (): void => undefined;
  #isSaving = false;
  /** Nobody waits for the save that is under way: answers and the fold come first. */
  #hasTime = false;
  #restsUntilMs = 0;

  constructor(options: CheckpointerOptions) {
    this.#options = options;
    this.#path = join(options.directory, 'checkpoint.json');
  }

  async open(): Promise<InventoryView> {
    const { disk, log, cell, logger } = this.#options;
    const read = await disk.readFile(this.#path, { isShared: true });
    if (!read.ok) {
      const { code, cause } = read.error;
      return code === 'NOT_FOUND' ? this.#options.newView() : this.#ignore(code, { err: cause });
    }
    const decoded = decodeSnapshot<CheckpointFacts, IndexChunk>(CHECKPOINT_FILE, read.value);
    if (!decoded.ok) {
      return this.#ignore(decoded.error);
    }
    const { header } = decoded.value;
    if (header.cell !== cell) {
      const message = `the checkpoint ${this.#path} is of cell ${header.cell}, not of ${cell}`;
      throw new LogDamageError('other-history', message);
    }
    const match = await matchLog(log, header);
    if (match !== 'matches') {
      return this.#ignore(match);
    }
    const restored = await restoreCheckpoint(decoded.value, this.#options.startSlices(), this.#options.viewSettings);
    if (!restored.ok) {
      const { reason, cause: err } = restored.error;
      return this.#ignore(reason, err === undefined ? {} : { err });
    }
    this.saved = { number: header.bookmark.number, at: header.at };
    logger.info('checkpoint opened', { number: this.saved.number });
    return restored.value;
  }

  start(view: () => InventoryView): void {
    this.#getView = view;
    this.#waitAtLeast(0);
  }

  folded(events: number): void {
    this.#foldedSince += events;
    this.#awaitsMilestone ||= this.#foldedSince >= this.#options.intervalEvents;
  }

  applied(view: InventoryView): void {
    if (!this.#awaitsMilestone || this.#isSaving || !view.digest.isMilestoneNow) {
      return;
    }
    const mayBegin = this.#options.clock.monotonicMs() >= this.#restsUntilMs;
    if (mayBegin && this.#getView?.() === view) {
      // At once: before this is waited for, more may be applied.
      const taken = this.#take(view);
      const made = view.digest.milestone();
      void this.#saveRegularly((slices) =>
        this.#write(
          taken,
          settleMilestone(view, slices).then(() => made),
          slices,
        ),
      );
    }
  }

  /** One save at a time. A throw is a bug of ours or of the disk's, and still no reason to stop answering. */
  save(view: InventoryView): Promise<void> {
    this.#hasTime = false;
    return this.#save((slices) => this.#writeNow(view, slices));
  }

  async forget(): Promise<void> {
    await this.#underWay;
    this.saved = undefined;
    const removed = await this.#options.disk.remove(this.#path);
    this.failure = removed.ok ? undefined : removed.error.code;
  }

  async stop(): Promise<void> {
    this.#getView = undefined;
    this.#hasTime = false;
    this.#cancel();
    await this.#underWay;
  }

  #save(write: Write): Promise<void> {
    this.#isSaving = true;
    const slices = slicesOn(this.#options.clock, () => this.#rest())();
    this.#underWay = this.#underWay
      .then(() => write(slices))
      .catch((err: unknown) => {
        this.failure = 'INTERNAL_ERROR';
        this.#options.logger.error('checkpoint failed', { err });
      })
      .finally(() => {
        this.#isSaving = false;
      });
    return this.#underWay;
  }

  #ignore(reason: string, facts: object = {}): InventoryView {
    const message = 'checkpoint ignored, the log is folded from its beginning';
    this.saved = undefined;
    this.#options.logger.warn(message, { reason, path: this.#path, ...facts });
    return this.#options.newView();
  }

  /** While many events go by a milestone is near, and a save that waits for it is left to it. */
  #saveInTime(): void {
    const view = this.#getView?.();
    const isMilestoneNear = this.#awaitsMilestone && this.#foldedSince > this.#foldedInTime;
    this.#foldedInTime = this.#foldedSince;
    if (view === undefined || isMilestoneNear) {
      this.#waitAtLeast(0);
    } else {
      void this.#saveRegularly((slices) => this.#writeNow(view, slices));
    }
  }

  async #saveRegularly(write: Write): Promise<void> {
    const { clock } = this.#options;
    this.#cancel();
    const startedMs = clock.monotonicMs();
    this.#hasTime = true;
    await this.#save(write);
    const restMs = (clock.monotonicMs() - startedMs) * REST_FACTOR;
    this.#restsUntilMs = clock.monotonicMs() + restMs;
    this.#waitAtLeast(restMs);
  }

  #waitAtLeast(restMs: number): void {
    const { timers, intervalMs } = this.#options;
    if (this.#getView !== undefined) {
      this.#cancel = timers.after(Math.max(intervalMs, restMs), () => this.#saveInTime());
    }
  }

  async #writeNow(view: InventoryView, slices: Slices): Promise<void> {
    if (view.bookmark.number > (this.saved?.number ?? 0)) {
      await this.#settleDigest(view, slices);
      await this.#write(this.#take(view), view.digest.hex(), slices);
    }
  }

  #take(view: InventoryView): Taken {
    this.#foldedSince = 0;
    this.#foldedInTime = 0;
    this.#awaitsMilestone = false;
    const records = view.capture();
    return { seal: captureState(view, records), release: () => view.release(records) };
  }

  async #write(taken: Taken, made: string | Promise<string | undefined>, slices: Slices): Promise<void> {
    try {
      const digest = await made;
      if (taken.seal !== undefined && digest !== undefined) {
        const checkpoint = taken.seal(digest);
        const written = await writeSnapshot(this.#options.disk, this.#path, checkpoint, slices);
        this.#note(checkpoint.header, written.ok ? undefined : written.error);
      }
    } finally {
      taken.release();
    }
  }

  #note({ bookmark: { number }, at }: Checkpoint['header'], error: DiskError | undefined): void {
    const { metrics, logger } = this.#options;
    const result = error?.code ?? 'saved';
    metrics.counter('fleetbook_projection_checkpoints_total', { projection: 'inventory', result }).add();
    this.failure = error?.code;
    if (error === undefined) {
      this.saved = { number, at };
      logger.debug('checkpoint saved', { number });
    } else {
      logger.warn('checkpoint not saved', { errCode: error.code, err: error.cause, number });
    }
  }

  /** Hashes what is pending first, so that taking the state itself is quick. */
  async #settleDigest({ digest }: InventoryView, slices: Slices): Promise<void> {
    // What is folded meanwhile is not rested for: more might be folded in a rest than is hashed in a slice.
    let rested = digest.pending;
    const restless = this.#options.startSlices();
    while (digest.pending > DIGEST_STEP) {
      digest.work(DIGEST_STEP);
      rested -= DIGEST_STEP;
      await (rested > 0 ? slices : restless).pause();
    }
  }

  #rest(): Promise<void> {
    const { timers } = this.#options;
    return this.#hasTime ? rest(timers, SLICE_REST_MS) : yieldToMessages(timers);
  }
}
