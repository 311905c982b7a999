import { type Commit, type EventLog, LogDamageError, MarkCheck, type Subscription } from '@fleetbook/event-log';
import type { Clock, Logger, MarkKeeper, StartSlices, Timers } from '@fleetbook/operations';
import { FoldError } from '../view/fold-error.ts';
import { createInventoryView, type InventoryView } from '../view/inventory-view.ts';
import { type Backoff, backoffMs } from './backoff.ts';
import { specifyLoss } from './specify-loss.ts';
import { errorCodeOf, type FoldFault, type FoldPhase, type FoldStatus, faultKindOf, numberOf } from './status.ts';

export interface FoldRunnerOptions {
  /** The cell that the log must be of. */
  readonly cell: string;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly startSlices: StartSlices;
  readonly logger: Logger;
  readonly backoff: Backoff;
  /** What is known to be durable: a log without it is damaged. */
  readonly marks: MarkKeeper;
  /** The view to start with: from a checkpoint, or an empty one. Asked again after it threw. */
  readonly openView: () => Promise<InventoryView>;
  /** A view that stands before the first event. */
  readonly newView: () => InventoryView;
  /** Called after each commit applied to a view, also one that does not answer yet. */
  readonly onCommit: (view: InventoryView) => void;
  /** Called after these commits have been applied to the view that answers. */
  readonly onProgress: (commits: readonly Commit[]) => void;
  readonly onStatus: (status: FoldStatus) => void;
}

/** Follows the log and keeps the view. Never gives up: every failure is tried again, later and later. */
export interface FoldRunner {
  /** The last good state. */
  readonly view: InventoryView;
  readonly status: FoldStatus;
  /** The view, once the log it was folded from has been seen to hold everything known to be durable. */
  readonly trusted: InventoryView | undefined;
  /** Whether a view has been folded from the first event on, and not from what was saved. */
  isFromBeginning(view: InventoryView): boolean;
  start(): void;
  /** Drops the view and folds the whole log again, at once. */
  startAnew(): void;
  /** After it resolves nothing is folded any more. */
  stop(): Promise<void>;
}

/**
 * After so many failures in a row the whole log is folded again beside the view that answers, in case the state is to
 * blame; then after twice as many, and so on.
 */
const FIRST_REBUILD_AT_FAILURE = 3;

export function createFoldRunner(options: FoldRunnerOptions): FoldRunner {
  return new LogFollower(options);
}

class LogFollower implements FoldRunner {
  readonly #options: FoldRunnerOptions;
  readonly #empty = createInventoryView();
  readonly #broken = new WeakSet<InventoryView>();
  readonly #checks = new WeakMap<InventoryView, MarkCheck>();
  readonly #trusted = new WeakSet<InventoryView>();
  readonly #fromBeginning = new WeakSet<InventoryView>();
  #current: InventoryView | undefined;
  #phase: FoldPhase = 'starting';
  #fault: FoldFault | undefined;
  #isStopped = false;
  #wake = (): void => undefined;
  #isToStartAnew = false;
  #running = Promise.resolve();

  constructor(options: FoldRunnerOptions) {
    this.#options = options;
  }

  get view(): InventoryView {
    return this.#current ?? this.#empty;
  }

  get status(): FoldStatus {
    return { phase: this.#phase, fault: this.#fault };
  }

  get trusted(): InventoryView | undefined {
    return this.#trusted.has(this.view) ? this.view : undefined;
  }

  isFromBeginning(view: InventoryView): boolean {
    return this.#fromBeginning.has(view);
  }

  start(): void {
    this.#running = this.#run();
  }

  startAnew(): void {
    this.#isToStartAnew = true;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    await this.#running;
    this.#report('stopped');
  }

  #report(phase: FoldPhase): void {
    this.#phase = phase;
    this.#options.onStatus(this.status);
  }

  #applyAll(working: InventoryView, commits: readonly Commit[]): void {
    let applied = 0;
    try {
      for (const commit of commits) {
        requireCell(commit, this.#options.cell);
        this.#apply(working, commit);
        applied += 1;
      }
    } finally {
      this.#adopt(working, applied === commits.length ? commits : commits.slice(0, applied));
    }
  }

  /** A throw that is no FoldError may have left the view between two commits: nobody is answered from it. */
  #apply(working: InventoryView, commit: Commit): void {
    try {
      working.apply(commit);
      this.#options.onCommit(working);
    } catch (cause) {
      if (!(cause instanceof FoldError)) {
        this.#broken.add(working);
      }
      throw cause;
    }
  }

  /** A view rebuilt beside the one that answers takes its place once it knows more. */
  #adopt(working: InventoryView, commits: readonly Commit[]): void {
    if (this.#broken.has(working)) {
      this.#current = this.#current === working ? undefined : this.#current;
      return;
    }
    const current = this.#current;
    if (current !== undefined && working !== current && working.bookmark.number <= current.bookmark.number) {
      return;
    }
    this.#current = working;
    const { number } = working.bookmark;
    if (commits.length > 0 && this.#fault !== undefined && number >= (this.#fault.number ?? 0)) {
      this.#options.logger.info('the fold goes on', { number });
      this.#fault = undefined;
      this.#report(this.#phase);
    }
    this.#options.onProgress(commits);
  }

  async #follow(working: InventoryView): Promise<void> {
    this.#report('catching-up');
    const slices = this.#options.startSlices();
    const check = await this.#checkOf(working);
    for await (const commits of this.#options.log.read(working.bookmark)) {
      for (const commit of commits) {
        this.#applyAll(working, [commit]);
        check.note(commit.bookmark);
        await slices.pause();
        if (this.#isStopped || this.#isToStartAnew) {
          return;
        }
      }
    }
    check.require(working.ledger.cell, working.bookmark);
    this.#trusted.add(working);
    this.#adopt(working, []);
    await this.#subscribed(working);
  }

  /** One for all readings that make a view: what the first of them found stays found. */
  async #checkOf(working: InventoryView): Promise<MarkCheck> {
    const known = this.#checks.get(working);
    if (known !== undefined) {
      return known;
    }
    const { marks } = this.#options;
    const neighbours = await marks.neighbours();
    const check = new MarkCheck(marks.mark, working.bookmark, neighbours);
    this.#checks.set(working, check);
    if (marks.mark === undefined && neighbours.length === 0) {
      this.#trusted.add(working);
    }
    return check;
  }

  /** Resolves on stop, rejects when the subscription ends otherwise. */
  async #subscribed(working: InventoryView): Promise<void> {
    const ended = Promise.withResolvers<void>();
    // It may end before anybody waits for its end.
    ended.promise.catch(() => undefined);
    this.#wake = ended.resolve;
    const subscription: Subscription = await this.#options.log.subscribe(working.bookmark, {
      onCommits: (commits) => {
        try {
          this.#applyAll(working, commits);
        } catch (cause) {
          ended.reject(cause);
          throw cause;
        }
      },
      onEnd: ended.reject,
    });
    try {
      this.#fault = undefined;
      this.#report('live');
      if (!this.#isStopped && !this.#isToStartAnew) {
        await ended.promise;
      }
    } finally {
      await subscription.stop();
    }
  }

  async #run(): Promise<void> {
    let isRebuild = false;
    while (!this.#isStopped) {
      if (this.#isToStartAnew) {
        this.#isToStartAnew = false;
        this.#current = this.#newView();
      }
      const numberBefore = this.view.bookmark.number;
      try {
        await this.#follow(isRebuild ? this.#newView() : (this.#current ?? (await this.#open())));
        isRebuild = false;
      } catch (cause) {
        const { log, marks } = this.#options;
        const specific = await specifyLoss(log, marks.mark, cause, this.#fault?.cause);
        const fault = this.#noteFailure(specific, this.view.bookmark.number > numberBefore);
        isRebuild = fault.kind === 'poison' && isRebuildDue(fault.attempts);
        const delayMs = backoffMs(this.#options.backoff, fault.attempts);
        logFailure(this.#options.logger, fault, delayMs);
        this.#report(this.#phase);
        await this.#pause(delayMs);
      }
    }
  }

  #newView(): InventoryView {
    const view = this.#options.newView();
    this.#fromBeginning.add(view);
    return view;
  }

  async #open(): Promise<InventoryView> {
    const view = await this.#options.openView();
    if (view.bookmark.number === 0) {
      this.#fromBeginning.add(view);
    }
    return view;
  }

  #noteFailure(cause: unknown, hasProgressed: boolean): FoldFault {
    const kind = faultKindOf(cause);
    const last = this.#fault?.kind === kind && !hasProgressed ? this.#fault : undefined;
    this.#fault = {
      kind,
      reason: cause instanceof Error ? cause.message : String(cause),
      number: numberOf(cause),
      since: last?.since ?? this.#options.clock.now(),
      attempts: (last?.attempts ?? 0) + 1,
      cause,
    };
    return this.#fault;
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.timers.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
      if (this.#isStopped) {
        this.#wake();
      }
    });
  }
}

function isRebuildDue(attempts: number): boolean {
  return attempts % FIRST_REBUILD_AT_FAILURE === 0 && Number.isInteger(Math.log2(attempts / FIRST_REBUILD_AT_FAILURE));
}

function requireCell({ events: [first] }: Commit, cell: string): void {
  if (first?.type === 'LedgerCreated' && first.data.cell !== cell) {
    const message = `the log is of cell ${first.data.cell}, not of ${cell}`;
    throw new LogDamageError('other-history', message, { number: first.number });
  }
}

function logFailure(logger: Logger, fault: FoldFault, retryInMs: number): void {
  const facts = {
    err: fault.cause,
    errCode: errorCodeOf(fault),
    fault: fault.kind,
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
