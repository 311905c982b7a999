import type { FleetbookError, HealthAnswer, HealthCheck, HighWaterMark, ProjectionAnswer } from '@fleetbook/contracts';
import type { Commit, EventLog } from '@fleetbook/event-log';
import {
  type Clock,
  type Disk,
  type Logger,
  type MarkKeeper,
  type Metrics,
  type Slices,
  type StartSlices,
  slicesOn,
  systemTimers,
  type Timers,
  yieldToMessages,
} from '@fleetbook/operations';
import { DIGEST_VERSION, FOLD_VERSION } from '@fleetbook/snapshot';
import type { ArchiveStatus } from './archive/archiver.ts';
import { prepareTable } from './candidates/prepare-table.ts';
import { createReasonMemo } from './candidates/reason-memo.ts';
import { type Checkpointer, createCheckpointer } from './checkpoint/checkpointer.ts';
import type { Difference } from './fold/agreement.ts';
import { type Backoff, DEFAULT_BACKOFF } from './fold/backoff.ts';
import { CheckpointWatch } from './fold/checkpoint-watch.ts';
import { createFoldRunner, type FoldRunner } from './fold/fold-runner.ts';
import { createLagMonitor, type LagMonitor } from './fold/lag-monitor.ts';
import { createServing, type ProjectorPeers, type Serving } from './fold/serving.ts';
import { type FoldStatus, refusalOf } from './fold/status.ts';
import { createWaiters, type Waiters } from './fold/waiters.ts';
import { createEventReader } from './queries/event-reader.ts';
import { healthOf, latenessText, staleReasonOf } from './queries/health-query.ts';
import { positionsIn } from './queries/positions.ts';
import { type AnswerPast, createQueryHandler, type HandleQuery } from './queries/query-handler.ts';
import { createInventoryView, type InventoryView } from './view/inventory-view.ts';
import { settleDigest } from './view/settle-digest.ts';

/** What becomes of a question that can only be answered from a state that is not up to date. */
export type StaleAnswers = 'mark' | 'refuse';

export interface ProjectorOptions {
  /** Tells this process from others of its kind. */
  readonly id: string;
  readonly cell: string;
  readonly log: EventLog;
  readonly disk: Disk;
  /** Directory of this projector alone, for its checkpoint. */
  readonly directory: string;
  /** What this process and the ones before it in its directory know to be durable. The caller stops it. */
  readonly marks: MarkKeeper;
  readonly clock: Clock;
  readonly timers?: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly version: string;
  readonly pid: number;
  /** Least time between two checkpoints, milliseconds. */
  readonly checkpointIntervalMs: number;
  /** Events after which a checkpoint is due earlier. */
  readonly checkpointIntervalEvents?: number;
  /** Events between two milestones, where every service of the cell goes by another number than the usual one. */
  readonly milestoneEvents?: number;
  /** Of tables of ids that nothing is saved of yet: 32 bits that senders do not know. */
  readonly idSeed?: number;
  /** How long the view may be behind the log before this replica leaves the questions to others, milliseconds. */
  readonly maxLagMs?: number;
  /** How long nothing may be folded though the log goes on, before health turns red, milliseconds. */
  readonly maxStandstillMs?: number;
  /** How often the log is asked for its end, milliseconds. */
  readonly lagIntervalMs?: number;
  readonly backoff?: Backoff;
  /** Without them this projector compares its state with nobody's. */
  readonly peers?: ProjectorPeers;
  /** Default: `mark`. */
  readonly staleAnswers?: StaleAnswers;
  /** Start with the first event, whatever is saved, and keep nothing of that. */
  readonly startsAnew?: boolean;
  /** How the archive stands that is kept beside it, for its health. */
  readonly archive?: { readonly status: ArchiveStatus };
  /** Answers what names an instant of the past; where it is absent, nobody does. */
  readonly past?: AnswerPast;
  /** The longest message that the server takes, bytes; without it there is no such limit. */
  readonly maximumAnswerBytes?: () => number;
  /** Of the process it runs in, for its health. */
  readonly processChecks?: () => readonly HealthCheck[];
  /** Called when it has stopped for a reason that somebody must look at; again for another reason only. */
  readonly onStopped?: (error: FleetbookError) => void;
  /** Called when `isAnswering` changes. */
  readonly onAnswering?: (isAnswering: boolean) => void;
}

/** Folds a cell's log into an inventory and answers questions about it. */
export interface Projector {
  start(): void;
  /** Answers at any time, from the last good state; whether it should be asked is told by `isAnswering`. */
  readonly handle: HandleQuery;
  /** Caught up, sound, in agreement with the other replicas and close enough to the end of the log. */
  readonly isServing: boolean;
  /** Whether it should be asked: a replica that is not serving leaves the questions to others, if there are any. */
  readonly isAnswering: boolean;
  readonly status: FoldStatus;
  readonly view: InventoryView;
  health(): HealthAnswer;
  /** Removes the checkpoint and saves none any more: the next start folds the whole log. */
  discardCheckpoint(): Promise<void>;
  /** Tells it the end of what is durable, as the writer's heartbeat says: for the lag in events, and for its mark. */
  noteHead(head: HighWaterMark): void;
  /** Resolves once an event has been folded; false when that did not happen in time. */
  reached(number: number, deadlineMs: number): Promise<boolean>;
  /** Saves a last checkpoint. After it resolves nothing is folded or written any more. */
  stop(): Promise<void>;
}

const PROJECTION = 'inventory';
const DEFAULT_MAX_LAG_MS = 5_000;
/** Longer than any pause of a fold that gets anywhere. */
const DEFAULT_MAX_STANDSTILL_MS = 15_000;
const DEFAULT_LAG_INTERVAL_MS = 1_000;
const DEFAULT_CHECKPOINT_EVENTS = 100_000;

export function createProjector(options: ProjectorOptions): Projector {
  return new InventoryProjector(options);
}

class InventoryProjector implements Projector {
  readonly handle: HandleQuery;
  readonly #options: ProjectorOptions;
  readonly #waiters: Waiters;
  readonly #checkpointer: Checkpointer;
  readonly #runner: FoldRunner;
  readonly #lag: LagMonitor;
  readonly #serving: Serving;
  readonly #watch: CheckpointWatch;
  readonly #startSlices: StartSlices;
  readonly #startedAt: number;
  #isDiscarded = false;
  #head = 0;
  #toldStop: string | undefined;
  /** When something was folded last, monotonic milliseconds. */
  #movedMs: number;

  constructor(options: ProjectorOptions) {
    const { log, clock, logger, marks, metrics, timers = systemTimers } = options;
    const startSlices = slicesOn(clock, () => yieldToMessages(timers));
    const { milestoneEvents } = options;
    const viewSettings = { idSeed: options.idSeed ?? 0, ...(milestoneEvents === undefined ? {} : { milestoneEvents }) };
    const newView = () => createInventoryView(undefined, viewSettings);
    this.#options = options;
    this.#startSlices = startSlices;
    this.#startedAt = clock.now();
    this.#movedMs = clock.monotonicMs();
    this.#waiters = createWaiters(timers);
    this.#checkpointer = createCheckpointer({
      ...options,
      timers,
      startSlices,
      newView,
      viewSettings,
      intervalMs: options.checkpointIntervalMs,
      intervalEvents: options.checkpointIntervalEvents ?? DEFAULT_CHECKPOINT_EVENTS,
    });
    this.#runner = createFoldRunner({
      ...{ cell: options.cell, log, marks, clock, timers, startSlices, logger },
      backoff: options.backoff ?? DEFAULT_BACKOFF,
      openView: () => this.#open(),
      newView,
      onCommit: (view) => this.#noteCommit(view),
      onProgress: (commits) => this.#noteProgress(commits),
      onStatus: () => this.#noteStatus(),
    });
    this.#watch = new CheckpointWatch({
      ...{ log, logger, clock, timers, startSlices },
      isBehind: () => this.status.phase === 'catching-up',
      onWrong: (view) => this.#replace(view),
    });
    this.#lag = createLagMonitor({
      ...{ log, clock, timers },
      intervalMs: options.lagIntervalMs ?? DEFAULT_LAG_INTERVAL_MS,
      position: () => this.view.bookmark.position,
      onLook: () => this.#serving.review(),
    });
    this.#serving = createServing({
      ...{ clock, timers, logger, startSlices, peers: options.peers },
      digestVersion: DIGEST_VERSION,
      projector: this,
      ...{ isNear: () => this.#isNear, isAwake: () => this.#lag.isAwake },
      onAnswering: (isAnswering) => options.onAnswering?.(isAnswering),
      onDifference: (view, difference) => this.#doubt(view, difference),
    });
    this.handle = createQueryHandler({
      ...{ startSlices, clock, logger, metrics },
      ...{ fold: this.#runner, waiters: this.#waiters },
      whenAwake: (deadlineMs) => this.#lag.whenAwake(deadlineMs),
      ...{ reader: createEventReader(log), positionsOf: () => positionsIn(this.view) },
      ...(options.past === undefined ? {} : { past: options.past }),
      memo: createReasonMemo(),
      maximumAnswerBytes: options.maximumAnswerBytes ?? (() => Number.POSITIVE_INFINITY),
      staleAnswers: options.staleAnswers ?? 'mark',
      staleReason: () => staleReasonOf(this.status.fault) ?? this.#lateness,
      health: () => this.health(),
      projection: () => this.#describe(startSlices()),
    });
    metrics.onCollect(() => this.#collect());
  }

  get isServing(): boolean {
    return this.#serving.isServing;
  }

  get isAnswering(): boolean {
    return this.#serving.isAnswering;
  }

  get status(): FoldStatus {
    return this.#runner.status;
  }

  get view(): InventoryView {
    return this.#runner.view;
  }

  start(): void {
    this.#runner.start();
    this.#lag.start();
    this.#checkpointer.start(() => (this.#isDiscarded ? undefined : this.#runner.trusted));
  }

  health(): HealthAnswer {
    const { version, pid, cell, log } = this.#options;
    return healthOf({
      ...{ version, pid, cell, log },
      startedAt: this.#startedAt,
      fold: this.status,
      view: this.view,
      lagMs: this.#lag.lagMs(),
      maxLagMs: this.#maxLagMs,
      standstillMs: this.#standstillMs,
      maxStandstillMs: this.#options.maxStandstillMs ?? DEFAULT_MAX_STANDSTILL_MS,
      processChecks: this.#options.processChecks?.() ?? [],
      isEndKnown: this.#lag.isEndKnown,
      isSettled: this.#serving.isSettled,
      difference: this.#serving.difference,
      checkpoints: this.#watch.check(),
      checkpointFailure: this.#checkpointer.failure,
      markFailure: this.#options.marks.failure,
      archive: this.#options.archive?.status,
      head: Math.max(this.#head, this.view.bookmark.number),
    });
  }

  async discardCheckpoint(): Promise<void> {
    this.#isDiscarded = true;
    await this.#checkpointer.forget();
  }

  noteHead(head: HighWaterMark): void {
    if (head.historyId === this.view.ledger.cell?.historyId) {
      this.#head = Math.max(this.#head, head.number);
      if (this.#runner.trusted !== undefined) {
        this.#options.marks.raise(head);
      }
    }
  }

  reached(number: number, deadlineMs: number): Promise<boolean> {
    return this.#waiters.reach(number, deadlineMs);
  }

  async stop(): Promise<void> {
    this.#lag.stop();
    this.#serving.stop();
    this.#watch.stop();
    await this.#runner.stop();
    this.#waiters.close();
    await this.#checkpointer.stop();
    const view = this.#runner.trusted;
    if (view !== undefined && !this.#isDiscarded) {
      await this.#checkpointer.save(view);
    }
  }

  get #isNear(): boolean {
    return this.#lag.isEndKnown && this.#lag.lagMs() <= this.#maxLagMs;
  }

  /** Of one that goes on for lack of another. */
  get #lateness(): string | undefined {
    const lagMs = this.#lag.isEndKnown ? this.#lag.lagMs() : undefined;
    return this.isAnswering && !this.#isNear ? latenessText(lagMs) : undefined;
  }

  get #standstillMs(): number {
    return Math.min(this.#lag.lagMs(), this.#options.clock.monotonicMs() - this.#movedMs);
  }

  get #maxLagMs(): number {
    return this.#options.maxLagMs ?? DEFAULT_MAX_LAG_MS;
  }

  async #open(): Promise<InventoryView> {
    if (this.#options.startsAnew === true) {
      await this.#checkpointer.forget();
    }
    return this.#checkpointer.open();
  }

  /** A replica is only as good as what it was started from: what differs from others is folded from the beginning. */
  #doubt(view: InventoryView, difference: Difference): void {
    const isFromBeginning = this.#runner.isFromBeginning(view);
    const message = 'the digest is not that of a replica that answers';
    this.#options.logger.error(message, { ...difference, isFromBeginning });
    if (!isFromBeginning) {
      void this.#checkpointer.forget();
      this.#runner.startAnew();
    }
    this.#serving.review();
  }

  #noteStatus(): void {
    this.#serving.review();
    this.#tellStop();
    this.#watch.folded(this.view);
    if (this.status.phase === 'live') {
      prepareTable(this.view.table, this.#startSlices()).catch((err: unknown) => {
        this.#options.logger.error('the table of nodes cannot be brought up to date', { err });
      });
    }
  }

  #tellStop(): void {
    const error = refusalOf(this.status.fault);
    const reason = error === undefined ? undefined : this.status.fault?.reason;
    if (error !== undefined && reason !== this.#toldStop) {
      this.#options.onStopped?.({ ...error, message: reason ?? error.message });
    }
    this.#toldStop = reason;
  }

  #noteCommit(view: InventoryView): void {
    this.#serving.folded(view);
    this.#watch.folded(view);
    this.#checkpointer.applied(view);
  }

  /** What is wrong answers nothing any more, and nothing is started from it again. */
  #replace(view: InventoryView): void {
    void this.#checkpointer.forget();
    if (view === this.view) {
      this.#runner.startAnew();
    }
  }

  async #describe(slices: Slices): Promise<ProjectionAnswer> {
    await settleDigest(this.view, slices);
    const { saved } = this.#checkpointer;
    const { number } = this.view.bookmark;
    return {
      ...this.health(),
      id: this.#options.id,
      isServing: this.isServing,
      lagMs: Math.round(this.#lag.lagMs()),
      lagEvents: Math.max(0, this.#head - number),
      foldVersion: FOLD_VERSION,
      digestVersion: DIGEST_VERSION,
      digest: this.view.digest.hex(),
      ...(saved === undefined ? {} : { checkpoint: saved }),
    };
  }

  #noteProgress(commits: readonly Commit[]): void {
    let events = 0;
    this.#movedMs = this.#options.clock.monotonicMs();
    for (const commit of commits) {
      this.#lag.folded(commit.bookmark.position);
      events += commit.events.length;
    }
    if (this.status.phase === 'live') {
      this.view.table.refreshAhead();
    }
    this.#waiters.advance(this.view.bookmark.number);
    this.#checkpointer.folded(events);
    this.#raiseMark();
  }

  #raiseMark(): void {
    const view = this.#runner.trusted;
    if (view?.ledger.cell !== undefined) {
      const { number, hash } = view.bookmark;
      this.#options.marks.raise({ historyId: view.ledger.cell.historyId, number, hash });
    }
  }

  #collect(): void {
    const { metrics } = this.#options;
    const { number } = this.view.bookmark;
    const labels = { projection: PROJECTION };
    metrics.gauge('fleetbook_ledger_number').set(number);
    metrics.gauge('fleetbook_projection_lag_events', labels).set(Math.max(0, this.#head - number));
    metrics.gauge('fleetbook_projection_lag_seconds', labels).set(this.#lag.lagMs() / 1_000);
    metrics.gauge('fleetbook_projection_healthy', labels).set(this.isServing ? 1 : 0);
  }
}
