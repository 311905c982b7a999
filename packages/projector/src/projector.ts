import type { HealthAnswer } from '@fleetbook/contracts';
import type { Commit, EventLog } from '@fleetbook/event-log';
import type { Clock, Disk, Logger, Metrics } from '@fleetbook/operations';
import { createReasonMemo } from './candidates/reason-memo.ts';
import { slicesOn } from './candidates/slices.ts';
import { createCheckpointer } from './checkpoint/checkpointer.ts';
import { type Backoff, DEFAULT_BACKOFF } from './fold/backoff.ts';
import { createFoldRunner } from './fold/fold-runner.ts';
import { createLagMonitor } from './fold/lag-monitor.ts';
import type { FoldStatus } from './fold/status.ts';
import { systemTimers, type Timers, yieldToMessages } from './fold/timers.ts';
import { createWaiters } from './fold/waiters.ts';
import { createEventReader } from './queries/event-reader.ts';
import { healthOf } from './queries/health-query.ts';
import { createQueryHandler, type HandleQuery } from './queries/query-handler.ts';
import type { InventoryView } from './view/inventory-view.ts';

export interface ProjectorOptions {
  readonly cell: string;
  readonly log: EventLog;
  readonly disk: Disk;
  /** Directory of this projector alone, for its checkpoint. */
  readonly directory: string;
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
  /** How long the view may be behind the log before this replica stops serving, milliseconds. */
  readonly maxLagMs?: number;
  /** How often the log is asked for its end, milliseconds. */
  readonly lagIntervalMs?: number;
  readonly backoff?: Backoff;
  /** Called when `isServing` changes. */
  readonly onServing?: (isServing: boolean) => void;
}

/** Folds a cell's log into an inventory and answers questions about it. */
export interface Projector {
  start(): void;
  /** Answers at any time, from the last good state; whether it should be asked is told by `isServing`. */
  readonly handle: HandleQuery;
  /** Caught up, sound and close enough to the end of the log: a replica that is not leaves the queue group. */
  readonly isServing: boolean;
  readonly status: FoldStatus;
  readonly view: InventoryView;
  health(): HealthAnswer;
  /** Tells it the number of the last durable event, as the writer's heartbeat says. For the lag in events only. */
  noteHead(number: number): void;
  /** Resolves once an event has been folded; false when that did not happen in time. */
  reached(number: number, deadlineMs: number): Promise<boolean>;
  /** Saves a last checkpoint. After it resolves nothing is folded or written any more. */
  stop(): Promise<void>;
}

const PROJECTION = 'inventory';
const DEFAULT_MAX_LAG_MS = 5_000;
const DEFAULT_LAG_INTERVAL_MS = 1_000;
const DEFAULT_CHECKPOINT_EVENTS = 100_000;

export function createProjector(options: ProjectorOptions): Projector {
  const { cell, log, clock, logger, metrics } = options;
  const timers = options.timers ?? systemTimers;
  const maxLagMs = options.maxLagMs ?? DEFAULT_MAX_LAG_MS;
  const startedAt = clock.now();
  const startSlices = slicesOn(clock, yieldToMessages);
  const waiters = createWaiters(timers);
  const intervalEvents = options.checkpointIntervalEvents ?? DEFAULT_CHECKPOINT_EVENTS;
  const checkpointer = createCheckpointer({
    ...options,
    timers,
    startSlices,
    intervalMs: options.checkpointIntervalMs,
    intervalEvents,
  });
  const runner = createFoldRunner({
    log,
    clock,
    timers,
    logger,
    backoff: options.backoff ?? DEFAULT_BACKOFF,
    openView: checkpointer.open,
    onProgress: noteProgress,
    onStatus: review,
  });
  const lag = createLagMonitor({
    log,
    clock,
    timers,
    intervalMs: options.lagIntervalMs ?? DEFAULT_LAG_INTERVAL_MS,
    position: () => runner.view.bookmark.position,
    onLook: review,
  });
  const handle = createQueryHandler({
    fold: runner,
    reader: createEventReader(log),
    startSlices,
    memo: createReasonMemo(),
    health,
    waiters,
    clock,
    logger,
    metrics,
  });
  let isServing = false;
  let head = 0;

  function noteProgress(commits: readonly Commit[]): void {
    let events = 0;
    for (const commit of commits) {
      lag.folded(commit.bookmark.position);
      events += commit.events.length;
    }
    waiters.advance(runner.view.bookmark.number);
    checkpointer.folded(events);
  }

  function canServe(): boolean {
    const { phase, fault } = runner.status;
    return phase === 'live' && fault === undefined && lag.isEndKnown && lag.lagMs() <= maxLagMs;
  }

  function review(): void {
    const could = isServing;
    isServing = canServe();
    if (isServing !== could) {
      logger.info(isServing ? 'serving' : 'not serving', {
        projection: PROJECTION,
        number: runner.view.bookmark.number,
      });
      options.onServing?.(isServing);
    }
  }

  function health(): HealthAnswer {
    const { version, pid } = options;
    return healthOf({
      ...{ version, pid, cell, startedAt, log, maxLagMs },
      fold: runner.status,
      view: runner.view,
      lagMs: lag.lagMs(),
      isEndKnown: lag.isEndKnown,
      checkpointFailure: checkpointer.failure,
    });
  }

  metrics.onCollect(() => {
    const { number } = runner.view.bookmark;
    metrics.gauge('fleetbook_ledger_number').set(number);
    metrics.gauge('fleetbook_projection_lag_events', { projection: PROJECTION }).set(Math.max(0, head - number));
    metrics.gauge('fleetbook_projection_lag_seconds', { projection: PROJECTION }).set(lag.lagMs() / 1_000);
    metrics.gauge('fleetbook_projection_healthy', { projection: PROJECTION }).set(canServe() ? 1 : 0);
  });

  return {
    start() {
      runner.start();
      lag.start();
      checkpointer.start(() => runner.view);
    },
    handle,
    get isServing() {
      return isServing;
    },
    get status() {
      return runner.status;
    },
    get view() {
      return runner.view;
    },
    health,
    noteHead(number) {
      head = Math.max(head, number);
    },
    reached: waiters.reach,
    async stop() {
      lag.stop();
      await runner.stop();
      waiters.close();
      await checkpointer.stop();
      await checkpointer.save(runner.view);
    },
  };
}
