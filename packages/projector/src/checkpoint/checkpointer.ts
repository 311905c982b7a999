import { join } from 'node:path';
import type { EventLog } from '@fleetbook/event-log';
import type { Clock, Disk, Logger, Metrics } from '@fleetbook/operations';
import type { StartSlices } from '../candidates/slices.ts';
import type { Timers } from '../fold/timers.ts';
import { createInventoryView, type InventoryView } from '../view/inventory-view.ts';
import { captureCheckpoint } from './capture.ts';
import { type CheckpointHeader, decodeCheckpoint, encodeCheckpoint } from './format.ts';
import { matchLog } from './matches-log.ts';
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
  /** Events after which a save is due before the interval is over. */
  readonly intervalEvents: number;
}

/** Saves state and position together, off the way of answers, and starts from what was saved. */
export interface Checkpointer {
  /** The saved view, or an empty one. Throws LogDamageError when the log ends before what was saved. */
  open(): Promise<InventoryView>;
  /** Saves from now on whenever it is due. */
  start(view: () => InventoryView): void;
  /** Tells it that events have been folded. */
  folded(events: number): void;
  /** Saves now, if anything has been folded since the last save. */
  save(view: InventoryView): Promise<void>;
  /** Code of the last save's failure; undefined when it succeeded or none was tried. */
  readonly failure: string | undefined;
  /** Ends the regular saves and waits for one under way. */
  stop(): Promise<void>;
}

/** Records hashed between two looks at the clock. */
const DIGEST_STEP = 100;

/** After a save, so many times its duration pass before the next. */
const REST_FACTOR = 10;

export function createCheckpointer(options: CheckpointerOptions): Checkpointer {
  const { disk, log, clock, timers, logger, metrics, startSlices } = options;
  const path = join(options.directory, 'checkpoint.json');
  let savedNumber = 0;
  let foldedSince = 0;
  let failure: string | undefined;
  let underWay = Promise.resolve();
  let getView: (() => InventoryView) | undefined;
  let cancel = (): void => undefined;
  let isSaving = false;
  let restsUntilMs = 0;

  function ignore(reason: string, facts: object = {}): InventoryView {
    logger.warn('checkpoint ignored, the log is folded from its beginning', { reason, path, ...facts });
    return createInventoryView();
  }

  async function open(): Promise<InventoryView> {
    const read = await disk.readFile(path);
    if (!read.ok) {
      return read.error.code === 'NOT_FOUND'
        ? createInventoryView()
        : ignore(read.error.code, { err: read.error.cause });
    }
    const decoded = decodeCheckpoint(read.value);
    if (!decoded.ok) {
      return ignore(decoded.error);
    }
    const { header } = decoded.value;
    if (header.cell !== options.cell) {
      return ignore('other-cell', { found: header.cell });
    }
    const match = await matchLog(log, header);
    if (match !== 'matches') {
      return ignore(match);
    }
    const view = restoreCheckpoint(decoded.value);
    if (view === undefined) {
      return ignore('digest');
    }
    savedNumber = header.bookmark.number;
    logger.info('checkpoint opened', { number: savedNumber });
    return view;
  }

  /** Hashes what is pending first, so that taking the state itself is quick. */
  async function settleDigest(view: InventoryView): Promise<void> {
    const slices = startSlices();
    while (view.digest.pending > DIGEST_STEP) {
      view.digest.work(DIGEST_STEP);
      await slices.pause();
    }
  }

  async function save(view: InventoryView): Promise<void> {
    if (view.bookmark.number <= savedNumber) {
      return;
    }
    await settleDigest(view);
    const checkpoint = captureCheckpoint(view);
    foldedSince = 0;
    if (checkpoint === undefined) {
      return;
    }
    const slices = startSlices();
    const parts: Buffer[] = [];
    for (const part of encodeCheckpoint(checkpoint)) {
      parts.push(part);
      await slices.pause();
    }
    const written = await disk.writeAtomically(path, Buffer.concat(parts), { mode: 0o600 });
    note(checkpoint.header, written.ok ? undefined : written.error);
  }

  function note(header: CheckpointHeader, error: { readonly code: string; readonly cause: Error } | undefined): void {
    const result = error?.code ?? 'saved';
    metrics.counter('fleetbook_projection_checkpoints_total', { projection: 'inventory', result }).add();
    if (error === undefined) {
      savedNumber = header.bookmark.number;
      failure = undefined;
      logger.debug('checkpoint saved', { number: savedNumber });
      return;
    }
    failure = error.code;
    logger.warn('checkpoint not saved', { errCode: error.code, err: error.cause, number: header.bookmark.number });
  }

  /** One save at a time. A throw is a bug of ours or of the disk's, and still no reason to stop answering. */
  function saveInTurn(view: InventoryView): Promise<void> {
    isSaving = true;
    underWay = underWay
      .then(() => save(view))
      .catch((err: unknown) => {
        failure = 'INTERNAL_ERROR';
        logger.error('checkpoint failed', { err });
      })
      .finally(() => {
        isSaving = false;
      });
    return underWay;
  }

  async function saveRegularly(): Promise<void> {
    const view = getView?.();
    if (view === undefined) {
      return;
    }
    cancel();
    const startedMs = clock.monotonicMs();
    await saveInTurn(view);
    const tookMs = clock.monotonicMs() - startedMs;
    restsUntilMs = clock.monotonicMs() + tookMs * REST_FACTOR;
    const restMs = Math.max(options.intervalMs, tookMs * REST_FACTOR);
    if (getView !== undefined) {
      cancel = timers.after(restMs, () => void saveRegularly());
    }
  }

  return {
    open,
    start(view) {
      getView = view;
      cancel = timers.after(options.intervalMs, () => void saveRegularly());
    },
    folded(events) {
      foldedSince += events;
      const isDue = foldedSince >= options.intervalEvents && clock.monotonicMs() >= restsUntilMs;
      if (isDue && !isSaving && getView !== undefined) {
        foldedSince = 0;
        void saveRegularly();
      }
    },
    save: saveInTurn,
    get failure() {
      return failure;
    },
    async stop() {
      getView = undefined;
      cancel();
      await underWay;
    },
  };
}
