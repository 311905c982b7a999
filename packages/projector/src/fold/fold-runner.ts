import type { Commit, EventLog, Subscription } from '@fleetbook/event-log';
import type { Clock, Logger } from '@fleetbook/operations';
import { createInventoryView, type InventoryView } from '../view/inventory-view.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { type FoldFault, type FoldPhase, type FoldStatus, faultKindOf, numberOf } from './status.ts';
import { type Timers, yieldToMessages } from './timers.ts';

export interface FoldRunnerOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly backoff: Backoff;
  /** The view to start with: from a checkpoint, or an empty one. Asked again after it threw. */
  readonly openView: () => Promise<InventoryView>;
  /** Called after these commits have been applied to the view that answers. */
  readonly onProgress: (commits: readonly Commit[]) => void;
  readonly onStatus: (status: FoldStatus) => void;
}

/** Follows the log and keeps the view. Never gives up: every failure is tried again, later and later. */
export interface FoldRunner {
  /** The last good state. */
  readonly view: InventoryView;
  readonly status: FoldStatus;
  start(): void;
  /** After it resolves nothing is folded any more. */
  stop(): Promise<void>;
}

/** The failure in a row after which the whole log is folded again beside the view that answers. */
const REBUILD_AT_FAILURE = 3;

export function createFoldRunner(options: FoldRunnerOptions): FoldRunner {
  const { log, clock, timers, logger } = options;
  let current: InventoryView | undefined;
  const empty = createInventoryView();
  let phase: FoldPhase = 'starting';
  let fault: FoldFault | undefined;
  let isStopped = false;
  let wake = (): void => undefined;
  let running = Promise.resolve();

  function report(next: FoldPhase): void {
    phase = next;
    options.onStatus({ phase, fault });
  }

  function applyAll(working: InventoryView, commits: readonly Commit[]): void {
    let applied = 0;
    try {
      for (const commit of commits) {
        working.apply(commit);
        applied += 1;
      }
    } finally {
      adopt(working, applied === commits.length ? commits : commits.slice(0, applied));
    }
  }

  /** A view rebuilt beside the one that answers takes its place once it knows more. */
  function adopt(working: InventoryView, commits: readonly Commit[]): void {
    if (current !== undefined && working !== current && working.bookmark.number <= current.bookmark.number) {
      return;
    }
    const hasAdvanced = working.bookmark.number > (current?.bookmark.number ?? -1);
    current = working;
    if (hasAdvanced && fault !== undefined && working.bookmark.number >= (fault.number ?? 0)) {
      logger.info('the fold goes on', { number: working.bookmark.number });
      fault = undefined;
      report(phase);
    }
    options.onProgress(commits);
  }

  async function follow(working: InventoryView): Promise<void> {
    report('catching-up');
    for await (const commits of log.read(working.bookmark)) {
      applyAll(working, commits);
      await yieldToMessages();
      if (isStopped) {
        return;
      }
    }
    adopt(working, []);
    await subscribed(working);
  }

  /** Resolves on stop, rejects when the subscription ends otherwise. */
  async function subscribed(working: InventoryView): Promise<void> {
    const ended = Promise.withResolvers<void>();
    wake = ended.resolve;
    const subscription: Subscription = await log.subscribe(working.bookmark, {
      onCommits(commits) {
        try {
          applyAll(working, commits);
        } catch (cause) {
          ended.reject(cause);
          throw cause;
        }
      },
      onEnd: ended.reject,
    });
    try {
      fault = undefined;
      report('live');
      if (!isStopped) {
        await ended.promise;
      }
    } finally {
      await subscription.stop();
    }
  }

  function noteFailure(cause: unknown, numberBefore: number): FoldFault {
    const kind = faultKindOf(cause);
    const hasProgressed = (current?.bookmark.number ?? 0) > numberBefore;
    const isSame = fault?.kind === kind && !hasProgressed;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const number = numberOf(cause);
    const since = isSame && fault !== undefined ? fault.since : clock.now();
    const attempts = isSame && fault !== undefined ? fault.attempts + 1 : 1;
    return { kind, reason, number, since, attempts, cause };
  }

  async function run(): Promise<void> {
    let isRebuild = false;
    while (!isStopped) {
      const numberBefore = current?.bookmark.number ?? 0;
      try {
        const working = isRebuild ? createInventoryView() : (current ?? (await options.openView()));
        await follow(working);
      } catch (cause) {
        fault = noteFailure(cause, numberBefore);
        isRebuild = fault.kind === 'poison' && fault.attempts === REBUILD_AT_FAILURE;
        const delayMs = backoffMs(options.backoff, fault.attempts);
        logFailure(logger, fault, delayMs);
        report(phase);
        await pause(delayMs);
      }
    }
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timers.after(delayMs, resolve);
      wake = () => {
        cancel();
        resolve();
      };
      if (isStopped) {
        wake();
      }
    });
  }

  return {
    get view() {
      return current ?? empty;
    },
    get status() {
      return { phase, fault };
    },
    start() {
      running = run();
    },
    async stop() {
      isStopped = true;
      wake();
      await running;
      report('stopped');
    },
  };
}

function logFailure(logger: Logger, fault: FoldFault, retryInMs: number): void {
  const facts = {
    err: fault.cause,
    errCode: fault.kind,
    attempts: fault.attempts,
    retryInMs,
    ...(fault.number === undefined ? {} : { number: fault.number }),
  };
  if (fault.kind === 'unavailable') {
    logger.warn('the log cannot be read', facts);
  } else {
    logger.error('the fold has stopped', facts);
  }
}
