import type { Bookmark } from '@fleetbook/event-log';
import { type Metrics, rest, slicesOn, yieldToMessages } from '@fleetbook/operations';
import { initialState, type WriterState } from '../office/writer-state.ts';
import { type OpenSnapshotOptions, openSnapshot } from './open-snapshot.ts';
import { listSnapshots, saveSnapshot } from './snapshot-files.ts';
import { StateCapture } from './state-capture.ts';

export interface SnapshotterOptions extends Omit<OpenSnapshotOptions, 'slices'> {
  /** Of the keys of outcomes that are kept from now on. */
  readonly keySeed: number;
  readonly metrics: Metrics;
  readonly milestoneEvents: number;
  /** Least time between two saves. */
  readonly intervalMs: number;
}

/** After each slice of a save: with a slice of a millisecond it takes at most a fifth of the time. */
const SLICE_REST_MS = 4;

/** After a save, so many times its duration pass before the next. */
const REST_FACTOR = 4;

/** Saves a writer's state at some of its milestones, never in the way of decisions, and opens what is saved. */
export class Snapshotter {
  readonly #options: SnapshotterOptions;
  /** Taken, and not yet known to be durable. */
  #pending: StateCapture | undefined;
  #underWay: { readonly capture: StateCapture; readonly ended: Promise<void> } | undefined;
  #restsUntilMs = 0;
  /** Of the newest snapshot that was opened or saved. */
  #newest: number | undefined;
  #isStopped = false;
  /** Code of the last save's failure; undefined when it succeeded or none was tried. */
  failure: string | undefined;

  constructor(options: SnapshotterOptions) {
    this.#options = options;
  }

  /** The newest saved state, or the one before the first event. Throws as `openSnapshot` does. */
  async open(): Promise<WriterState> {
    const { clock, timers } = this.#options;
    const slices = slicesOn(clock, () => yieldToMessages(timers))();
    const opened = await openSnapshot({ ...this.#options, slices });
    this.#newest = opened?.bookmark.number;
    return opened ?? this.begin();
  }

  /** The state before the first event. */
  begin(): WriterState {
    const { clock, timers, keysOf, keySeed, milestoneEvents } = this.#options;
    return initialState({ clock, timers, keys: keysOf(keySeed), milestoneEvents });
  }

  /** The state stands where a commit ends, or will end if it becomes durable. */
  reached(state: WriterState): void {
    const isDue = this.#options.clock.monotonicMs() >= this.#restsUntilMs;
    if (isDue && this.#underWay === undefined && !this.#isStopped && this.#pending?.state !== state) {
      this.#pending?.giveUp();
      this.#pending = new StateCapture(state, 'at-leisure');
    }
  }

  /** The log holds the state up to here. */
  durable(state: WriterState, bookmark: Bookmark): void {
    const pending = this.#pending;
    if (pending === undefined || pending.state !== state || pending.number > bookmark.number) {
      return;
    }
    this.#pending = undefined;
    if (pending.number === bookmark.number) {
      this.#underWay = { capture: pending, ended: this.#save(pending, bookmark) };
    } else {
      pending.giveUp();
    }
  }

  /** Removes what is saved: the state that it was saved from cannot be relied on. */
  async discard(): Promise<void> {
    const { disk, directory, logger } = this.#options;
    this.#pending?.giveUp();
    this.#pending = undefined;
    this.#underWay?.capture.giveUp();
    await this.#underWay?.ended;
    this.#newest = undefined;
    const listed = await listSnapshots(disk, directory);
    for (const { path } of listed.ok ? listed.value : []) {
      const removed = await disk.remove(path);
      logger.warn(removed.ok ? 'snapshot removed' : 'snapshot not removed', { path });
    }
  }

  /** Gives up a save that is under way: what was saved before it stays. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pending?.giveUp();
    this.#pending = undefined;
    this.#underWay?.capture.giveUp();
    await this.#underWay?.ended;
  }

  /** A throw is a bug of ours or of the disk's, and no reason to stop deciding. */
  async #save(capture: StateCapture, bookmark: Bookmark): Promise<void> {
    const { clock, logger, intervalMs } = this.#options;
    const startedMs = clock.monotonicMs();
    try {
      await this.#write(capture, bookmark);
    } catch (err) {
      if (!this.#isStopped) {
        this.failure = 'INTERNAL_ERROR';
        logger.error('snapshot failed', { err, number: capture.number });
      }
    } finally {
      capture.release();
      this.#underWay = undefined;
    }
    const tookMs = clock.monotonicMs() - startedMs;
    this.#restsUntilMs = clock.monotonicMs() + Math.max(intervalMs, tookMs * REST_FACTOR);
  }

  async #write(capture: StateCapture, bookmark: Bookmark): Promise<void> {
    const { disk, directory, clock, logger, metrics } = this.#options;
    const snapshot = await capture.snapshot(bookmark);
    if (snapshot === undefined) {
      return;
    }
    const slices = slicesOn(clock, () => this.#rest())();
    const saved = await saveSnapshot(disk, directory, snapshot, { before: this.#newest, slices });
    const { number } = bookmark;
    this.failure = saved.ok ? undefined : saved.error.code;
    metrics.counter('fleetbook_snapshots_total', { result: this.failure ?? 'saved' }).add();
    if (saved.ok) {
      this.#newest = number;
      logger.info('snapshot saved', { number });
    } else {
      logger.warn('snapshot not saved', { errCode: saved.error.code, err: saved.error.cause, number });
    }
  }

  #rest(): Promise<void> {
    if (this.#isStopped) {
      throw new Error('the snapshot is given up: the tracker stops');
    }
    return rest(this.#options.timers, SLICE_REST_MS);
  }
}
