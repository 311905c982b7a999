import {
  type FleetbookError,
  fleetbookError,
  formatToken,
  isOfLine,
  parseInstant,
  type Token,
} from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Clock, Timers } from '@fleetbook/operations';
import { ReplayIndex, type ReplayIndexOptions } from '../index/replay-index.ts';
import { findMoment, isReached, type Moment } from './moment.ts';
import { foldTo, type PastView } from './past-view.ts';

export interface InstantsOptions extends ReplayIndexOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long a question waits for the index to be made, milliseconds; for ever when absent. */
  readonly patienceMs?: number;
  /** Hears how far the log is indexed: the last event, and its place in the log. */
  readonly onProgress?: (number: number, position: number) => void;
}

/** Views kept for the next question: lists are asked for page by page, and differences need two. */
const KEPT_VIEWS = 2;

/** The instants of a log: an index that follows it, and the views folded last. */
export class Instants {
  readonly #options: InstantsOptions;
  #index: ReplayIndex | undefined;
  #catchingUp: Promise<ReplayIndex> | undefined;
  #views: { readonly number: number; readonly past: Promise<PastView> }[] = [];

  constructor(options: InstantsOptions) {
    this.#options = options;
  }

  /**
   * The index with everything that the log holds, or at least with these instants: an event number that it holds asks
   * nothing of the log. Error: UNAVAILABLE when that takes longer than a question waits.
   */
  async upToDate(...asked: readonly string[]): Promise<Result<ReplayIndex, FleetbookError>> {
    const { patienceMs, timers } = this.#options;
    const index = this.#index;
    if (index !== undefined && asked.length > 0 && asked.every((asOf) => isWithin(index, asOf))) {
      return succeed(index);
    }
    this.#catchingUp ??= this.#catchUp().finally(() => {
      this.#catchingUp = undefined;
    });
    if (patienceMs === undefined) {
      return succeed(await this.#catchingUp);
    }
    const late = new Promise<undefined>((resolve) => void timers.after(patienceMs, () => resolve(undefined)));
    const caughtUp = await Promise.race([this.#catchingUp, late]);
    const reason = `the log is being indexed, ${this.#index?.end.number ?? 0} events so far`;
    return caughtUp === undefined
      ? fail(fleetbookError('UNAVAILABLE', { service: 'replay', reason }))
      : succeed(caughtUp);
  }

  /** The index as far as these instants lie: what the log holds after them is left unread. */
  async reaching(...asked: readonly string[]): Promise<ReplayIndex> {
    const now = this.#options.clock.now();
    this.#index ??= await ReplayIndex.open(this.#options);
    const index = this.#index;
    await index.catchUp(this.#options.onProgress, async () => {
      for (const asOf of asked) {
        if (!(await isReached(index, asOf, now))) {
          return false;
        }
      }
      return true;
    });
    return index;
  }

  /**
   * Why the log is not what a question wants it to be, with this event of this history; undefined if it is. Errors:
   * PROJECTION_BEHIND, HISTORY_CHANGED, UNAVAILABLE.
   */
  async hindranceOf(wanted: Token): Promise<FleetbookError | undefined> {
    const upToDate = await this.upToDate(String(wanted.number));
    if (!upToDate.ok) {
      return upToDate.error;
    }
    const { line, end } = upToDate.value;
    if (!isOfLine(line, wanted)) {
      return fleetbookError('HISTORY_CHANGED', { wanted: wanted.historyId, historyId: line.historyId });
    }
    const { number } = end;
    return number < wanted.number
      ? fleetbookError('PROJECTION_BEHIND', {
          wanted: wanted.number,
          number,
          token: formatToken(line.historyId, number),
        })
      : undefined;
  }

  moment(index: ReplayIndex, asOf: string): Promise<Result<Moment, FleetbookError>> {
    return findMoment(index, asOf, this.#options.clock.now());
  }

  /** A view that was folded to there already. */
  keptAt(number: number): Promise<PastView> | undefined {
    return this.#views.find((view) => view.number === number)?.past;
  }

  viewAt(index: ReplayIndex, number: number): Promise<PastView> {
    const kept = this.keptAt(number);
    if (kept !== undefined) {
      return kept;
    }
    const past = foldTo(index, number);
    this.#views = [...this.#views.slice(-(KEPT_VIEWS - 1)), { number, past }];
    past.catch(() => {
      this.#views = this.#views.filter((view) => view.past !== past);
    });
    return past;
  }

  /** Forgets the index, on disk too: the next question makes it anew. */
  async discard(): Promise<void> {
    await this.#index?.discard();
    this.#index = undefined;
    this.#views = [];
  }

  async #catchUp(): Promise<ReplayIndex> {
    this.#index ??= await ReplayIndex.open(this.#options);
    await this.#index.catchUp(this.#options.onProgress);
    return this.#index;
  }
}

function isWithin({ end }: ReplayIndex, asOf: string): boolean {
  const instant = parseInstant(asOf);
  return instant?.kind === 'number' && instant.number <= end.number;
}
