import {
  type FleetbookError,
  fleetbookError,
  formatToken,
  type PastFacts,
  parseQuery,
  type QueryReply,
  queryErrorReply,
} from '@fleetbook/contracts';
import { damageError, LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import { type Clock, type Logger, slicesOn, type Timers } from '@fleetbook/operations';
import {
  type AnswerSources,
  createReasonMemo,
  type InventoryView,
  type ReadQuestion,
  readQuestion,
  yieldToMessages,
} from '@fleetbook/projector/past';
import { IndexError } from '../index/index-error.ts';
import { ReplayIndex, type ReplayIndexOptions } from '../index/replay-index.ts';
import { createIndexReader, positionsAt } from './event-source.ts';
import { findMoment, type Moment } from './moment.ts';
import { foldTo, type PastView, recall, recallMoves } from './past-view.ts';

export interface PastOptions extends ReplayIndexOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** How long a question waits for the index to be made, milliseconds; for ever when absent. */
  readonly patienceMs?: number;
  readonly onProgress?: (number: number) => void;
}

/** Answers the questions of the live projector as of any instant of the log. Questions follow each other. */
export interface Past {
  /** Never rejects. */
  ask(query: string, payload: Uint8Array): Promise<QueryReply<unknown>>;
}

/** Views kept for the next question: lists are asked for page by page. */
const KEPT_VIEWS = 2;

export function createPast(options: PastOptions): Past {
  return new IndexedPast(options);
}

class IndexedPast implements Past {
  readonly #options: PastOptions;
  #index: ReplayIndex | undefined;
  #catchingUp: Promise<ReplayIndex> | undefined;
  #views: { readonly number: number; readonly past: Promise<PastView> }[] = [];

  constructor(options: PastOptions) {
    this.#options = options;
  }

  async ask(query: string, payload: Uint8Array): Promise<QueryReply<unknown>> {
    const { read } = readQuestion(query, payload);
    if (!read.ok) {
      return queryErrorReply(read.error);
    }
    try {
      return await this.#answer(query, payload, read.value);
    } catch (error) {
      if (!(error instanceof IndexError)) {
        return queryErrorReply(this.#errorOf(error));
      }
      this.#options.logger.warn('the index is made anew', { reason: error.message });
    }
    try {
      await this.#index?.discard();
      this.#index = undefined;
      this.#views = [];
      return await this.#answer(query, payload, read.value);
    } catch (error) {
      return queryErrorReply(this.#errorOf(error));
    }
  }

  async #answer(query: string, payload: Uint8Array, question: ReadQuestion): Promise<QueryReply<unknown>> {
    const index = await this.#upToDate();
    if (index === undefined) {
      const reason = `the log is being indexed, ${this.#index?.end.number ?? 0} events so far`;
      return queryErrorReply(fleetbookError('UNAVAILABLE', { service: 'replay', reason }));
    }
    const moment = await findMoment(index, question.asOf ?? '', this.#options.clock.now());
    if (!moment.ok) {
      return queryErrorReply(moment.error);
    }
    const { number, at } = moment.value;
    const { view, proof } = await this.#viewAt(index, number);
    await bringBack(index, view, query, payload);
    const answer = await question.answer(view, this.#sources(index, moment.value));
    const token = formatToken(view.ledger.cell?.historyId ?? '', number);
    return answer.ok
      ? { outcome: 'answer', token, at, past: pastFacts(moment.value, proof), answer: answer.value }
      : queryErrorReply(answer.error);
  }

  /** The index with everything the log holds; undefined when that takes longer than a question waits. */
  async #upToDate(): Promise<ReplayIndex | undefined> {
    const { patienceMs, timers } = this.#options;
    this.#catchingUp ??= this.#catchUp().finally(() => {
      this.#catchingUp = undefined;
    });
    if (patienceMs === undefined) {
      return this.#catchingUp;
    }
    const late = new Promise<undefined>((resolve) => void timers.after(patienceMs, () => resolve(undefined)));
    return Promise.race([this.#catchingUp, late]);
  }

  async #catchUp(): Promise<ReplayIndex> {
    this.#index ??= await ReplayIndex.open(this.#options);
    await this.#index.catchUp(this.#options.onProgress);
    return this.#index;
  }

  #viewAt(index: ReplayIndex, number: number): Promise<PastView> {
    const kept = this.#views.find((view) => view.number === number);
    if (kept !== undefined) {
      return kept.past;
    }
    const past = foldTo(index, number);
    this.#views = [...this.#views.slice(-(KEPT_VIEWS - 1)), { number, past }];
    past.catch(() => {
      this.#views = this.#views.filter((view) => view.past !== past);
    });
    return past;
  }

  #sources(index: ReplayIndex, { number, at }: Moment): AnswerSources {
    const { clock, timers } = this.#options;
    return {
      reader: createIndexReader(index),
      positionsOf: () => positionsAt(index, number),
      startSlices: slicesOn(clock, () => yieldToMessages(timers)),
      memo: createReasonMemo(),
      clock: { ...clock, now: () => at },
      health: () => {
        throw new Error('health is not asked of the past');
      },
      projection: () => Promise.reject(new Error('no projector is asked about itself as of the past')),
    };
  }

  #errorOf(thrown: unknown): FleetbookError {
    if (thrown instanceof LogDamageError) {
      return damageError(thrown);
    }
    if (thrown instanceof LogUnavailableError || thrown instanceof IndexError) {
      const service = thrown instanceof IndexError ? 'replay' : 'log';
      return fleetbookError('UNAVAILABLE', { service, reason: thrown.message.slice(0, 512) });
    }
    this.#options.logger.error('a question about the past failed', { err: thrown });
    return fleetbookError('INTERNAL_ERROR');
  }
}

function pastFacts({ number, at, issuedAt }: Moment, proof: PastView['proof']): PastFacts {
  return { number, at, ...(issuedAt === undefined ? {} : { issuedAt }), ...proof };
}

/** What the question is about may be over: then it is not in the view. */
async function bringBack(index: ReplayIndex, view: InventoryView, query: string, payload: Uint8Array): Promise<void> {
  if (query === 'instance') {
    const read = parseQuery('instance', payload);
    await (read.ok ? recall(index, view, 'instances', read.value.instance) : undefined);
  } else if (query === 'move') {
    const read = parseQuery('move', payload);
    await (read.ok ? recall(index, view, 'moves', read.value.moveId) : undefined);
  } else if (query === 'moves') {
    const read = parseQuery('moves', payload);
    await (read.ok && read.value.status === 'all' ? recallMoves(index, view) : undefined);
  }
}
