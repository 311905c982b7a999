import type { EventLog, Position } from '@fleetbook/event-log';
import type { Clock, Timers } from '@fleetbook/operations';

export interface LagMonitorOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly intervalMs: number;
  readonly position: () => Position;
  /** Called after every look at the log's end, also when it could not be asked, and around a standstill. */
  readonly onLook: () => void;
}

/**
 * How far the view is behind the log. The end is asked from the log, because what is not delivered cannot be counted
 * by waiting for it.
 */
export interface LagMonitor {
  start(): void;
  /** Tells it of the position after each commit folded: positions can only be compared for equality. */
  folded(position: Position): void;
  /** Milliseconds since the oldest end of the log that the view has not reached; 0 when it has reached it. */
  lagMs(): number;
  /** False while the log's end is not known: never asked successfully, or not lately. */
  readonly isEndKnown: boolean;
  /** False from when this process was found to have stood still until the view has reached an end asked for later. */
  readonly isAwake: boolean;
  /**
   * True when the view has reached the end that the log had after this process last stood still; at once if it has not.
   * False when that does not come about in time. Ask before each answer: what arrived meanwhile is taken in before any
   * timer runs.
   */
  whenAwake(deadlineMs: number): boolean | Promise<boolean>;
  stop(): void;
}

/** Looks that may fail in a row before the last known end says nothing any more. */
const FAILED_LOOKS = 3;
/** An answer about the end that is older says nothing any more, also while the next one is waited for. */
const END_KNOWN_FOR_MS = 5_000;
/** A timer that comes later than this was not held up by work: the process was stopped, or the machine slept. */
const STOOD_STILL_MS = 1_000;

export function createLagMonitor(options: LagMonitorOptions): LagMonitor {
  return new EndWatcher(options);
}

class EndWatcher implements LagMonitor {
  readonly #options: LagMonitorOptions;
  readonly #passed = new Set<Position>();
  readonly #waiting = new Set<(isAwake: boolean) => void>();
  /** An end not reached: asked for at `askedMs`; none has been reached since `sinceMs`. */
  #missing: { readonly end: Position; readonly askedMs: number; readonly sinceMs: number } | undefined;
  #failedLooks = FAILED_LOOKS;
  /** When the end was last told. */
  #knownMs = -Infinity;
  #wasKnown = false;
  #aliveMs: number;
  /** When it was found to have stood still; undefined once the view has reached an end asked for after that. */
  #wokeMs: number | undefined;
  #askedMs: number | undefined;
  #cancelLook = (): void => undefined;
  #cancelBeat = (): void => undefined;
  #isStopped = false;

  constructor(options: LagMonitorOptions) {
    this.#options = options;
    this.#aliveMs = options.clock.monotonicMs();
  }

  get isEndKnown(): boolean {
    const isFresh = this.#options.clock.monotonicMs() - this.#knownMs <= END_KNOWN_FOR_MS + this.#options.intervalMs;
    return this.#failedLooks < FAILED_LOOKS && isFresh && this.#wokeMs === undefined;
  }

  get isAwake(): boolean {
    return this.#wokeMs === undefined;
  }

  start(): void {
    this.#aliveMs = this.#options.clock.monotonicMs();
    this.#beat();
    void this.#look();
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelLook();
    this.#cancelBeat();
    this.#tellWaiting(false);
  }

  folded(reached: Position): void {
    if (this.#askedMs !== undefined) {
      this.#passed.add(reached);
    }
    if (this.#missing?.end === reached) {
      this.#noteReached(this.#missing.askedMs);
    }
  }

  lagMs(): number {
    return this.#missing === undefined ? 0 : this.#options.clock.monotonicMs() - this.#missing.sinceMs;
  }

  whenAwake(deadlineMs: number): boolean | Promise<boolean> {
    this.#noticeStandstill();
    if (this.#wokeMs === undefined) {
      return true;
    }
    return new Promise((resolve) => {
      const tell = (isAwake: boolean): void => {
        cancel();
        this.#waiting.delete(tell);
        resolve(isAwake);
      };
      const cancel = this.#options.timers.after(deadlineMs, () => tell(false));
      this.#waiting.add(tell);
    });
  }

  #beat(): void {
    this.#noticeStandstill();
    const isKnown = this.isEndKnown;
    if (isKnown !== this.#wasKnown) {
      this.#wasKnown = isKnown;
      this.#options.onLook();
    }
    if (!this.#isStopped) {
      this.#cancelBeat = this.#options.timers.after(this.#options.intervalMs, () => this.#beat());
    }
  }

  #noticeStandstill(): void {
    const nowMs = this.#options.clock.monotonicMs();
    const stoodStill = nowMs - this.#aliveMs > this.#options.intervalMs + STOOD_STILL_MS;
    this.#aliveMs = nowMs;
    if (!stoodStill || this.#isStopped) {
      return;
    }
    this.#wokeMs = nowMs;
    this.#options.onLook();
    // A look under way is of no use: its answer may have been waiting all the time. Another follows it at once.
    if (this.#askedMs === undefined) {
      this.#cancelLook();
      void this.#look();
    }
  }

  async #look(): Promise<void> {
    const { log, clock, timers, intervalMs, position, onLook } = this.#options;
    const askedMs = clock.monotonicMs();
    this.#askedMs = askedMs;
    this.#passed.add(position());
    try {
      const end = await log.end();
      this.#failedLooks = 0;
      this.#knownMs = clock.monotonicMs();
      if (this.#passed.has(end)) {
        this.#noteReached(askedMs);
      } else {
        this.#missing = { end, askedMs, sinceMs: this.#missing?.sinceMs ?? askedMs };
      }
    } catch {
      this.#failedLooks += 1;
    }
    this.#askedMs = undefined;
    this.#passed.clear();
    if (!this.#isStopped) {
      onLook();
      const isOfNoUse = this.#wokeMs !== undefined && askedMs < this.#wokeMs;
      this.#cancelLook = timers.after(isOfNoUse ? 0 : intervalMs, () => void this.#look());
    }
  }

  /** The view has reached an end that the log had at `askedMs` or later. */
  #noteReached(askedMs: number): void {
    this.#missing = undefined;
    if (this.#wokeMs !== undefined && askedMs >= this.#wokeMs) {
      this.#wokeMs = undefined;
      this.#options.onLook();
      this.#tellWaiting(true);
    }
  }

  #tellWaiting(isAwake: boolean): void {
    for (const tell of this.#waiting) {
      tell(isAwake);
    }
  }
}
