import {
  type AnswerReply,
  DEFAULT_QUERY_DEADLINE_MS,
  encodeQueryReply,
  errorEntry,
  type FleetbookError,
  fleetbookError,
  formatToken,
  isOfLine,
  parseToken,
  type QueryReply,
  queryErrorReply,
  type Token,
} from '@fleetbook/contracts';
import { damageError, LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import { type Clock, createRefusalLog, type Logger, type Metrics } from '@fleetbook/operations';
import { type FoldStatus, refusalOf } from '../fold/status.ts';
import type { Waiters } from '../fold/waiters.ts';
import type { StaleAnswers } from '../projector.ts';
import type { InventoryView } from '../view/inventory-view.ts';
import { settleDigest } from '../view/settle-digest.ts';
import { type AnswerSources, isAboutItself, isPastQuery, type ReadQuestion, readQuestion } from './answer.ts';
import { QueryMeters } from './query-meters.ts';
import { shorterReply } from './shorter-reply.ts';

export interface QueryHandlerOptions extends AnswerSources {
  readonly fold: { readonly view: InventoryView; readonly status: FoldStatus };
  readonly waiters: Waiters;
  /** True once the view is no older than the last standstill of this process; false when that takes too long. */
  readonly whenAwake: (deadlineMs: number) => boolean | Promise<boolean>;
  /** Answers what names an instant of the past; where it is absent, nobody does. */
  readonly past?: AnswerPast;
  /** The longest answer that can be sent, bytes. */
  readonly maximumAnswerBytes: () => number;
  readonly staleAnswers: StaleAnswers;
  /** Why the view is not up to date, for people; undefined while it is, as far as is known. */
  readonly staleReason: () => string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Answers a query whose body names an instant. */
export type AnswerPast = (query: string, payload: Uint8Array) => Promise<QueryReply<unknown>>;

/** Answers one query message. `respond` is called exactly once, with the reply's bytes. */
export type HandleQuery = (query: string, payload: Uint8Array, respond: (reply: Uint8Array) => void) => void;

/** The longest that a question may wait for an event. */
const MAX_DEADLINE_MS = 10_000;

const ORDINARY: readonly string[] = ['not-found', 'unavailable'];

export function createQueryHandler(options: QueryHandlerOptions): HandleQuery {
  const { clock, logger, metrics } = options;
  const meters = new QueryMeters(metrics);
  const warnings = createRefusalLog('query not answered', { logger, clock });

  /** A wrong question is worth a warning; that there is no such thing, or no answer now, is nobody's fault. */
  function noteRefusal(query: string, { code, message }: FleetbookError): void {
    if (ORDINARY.includes(errorEntry(code).category)) {
      logger.debug('query not answered', { query, errCode: code });
    } else {
      warnings.note(`${query} ${code}`, { query, errCode: code, reason: message });
    }
  }

  return (query, payload, respond) => {
    const startedMs = clock.monotonicMs();
    const { name, read } = readQuestion(query, payload);
    const label = name ?? 'unknown';

    function finish(reply: QueryReply<unknown>, bytes: Uint8Array): void {
      meters.answered(label, reply.outcome === 'error' ? reply.error.code : '', secondsSince(clock, startedMs));
      if (reply.outcome === 'error') {
        noteRefusal(label, reply.error);
      }
      respond(bytes);
    }

    function refuse(thrown: unknown): void {
      const reply = queryErrorReply(errorOfThrown(thrown, logger, label));
      finish(reply, encodeQueryReply(reply));
    }

    function send(reply: QueryReply<unknown>): void {
      const bytes = encodeQueryReply(reply);
      const maximumBytes = options.maximumAnswerBytes();
      if (bytes.byteLength <= maximumBytes) {
        finish(reply, bytes);
        return;
      }
      const askAgain = (body: Uint8Array) => ask(options, query, body, readQuestion(query, body));
      shorterReply({ query, payload, reply, maximumBytes }, askAgain).then(
        (shorter) => finish(shorter, encodeQueryReply(shorter)),
        refuse,
      );
    }

    ask(options, query, payload, { name, read }).then(send, refuse);
  };
}

function ask(
  options: QueryHandlerOptions,
  query: string,
  payload: Uint8Array,
  { name, read }: ReturnType<typeof readQuestion>,
): Promise<QueryReply<unknown>> {
  if (!read.ok) {
    return isPastQuery(query) ? askPast(options, query, payload) : Promise.resolve(queryErrorReply(read.error));
  }
  const isAtOnce = name !== undefined && isAboutItself(name);
  return read.value.asOf === undefined ? replyTo(options, read.value, isAtOnce) : askPast(options, query, payload);
}

async function askPast(
  { past }: QueryHandlerOptions,
  query: string,
  payload: Uint8Array,
): Promise<QueryReply<unknown>> {
  const reason = 'this projector answers no questions about the past';
  return past?.(query, payload) ?? queryErrorReply(fleetbookError('UNAVAILABLE', { service: 'replay', reason }));
}

async function replyTo(
  options: QueryHandlerOptions,
  question: ReadQuestion,
  isAtOnce: boolean,
): Promise<QueryReply<unknown>> {
  const { fold } = options;
  const hindrance = isAtOnce ? undefined : await hindranceAtLast(options, question);
  if (hindrance !== undefined) {
    return queryErrorReply(hindrance);
  }
  const { view } = fold;
  const token = formatToken(view.ledger.cell?.historyId ?? '', view.bookmark.number);
  const staleReason = options.staleReason();
  const staleness: Pick<AnswerReply<unknown>, 'stale' | 'staleReason'> = staleReason === undefined
    ? {}
    : { stale: true, staleReason };
  const facts = { token, at: view.at, ...staleness };
  const answer = await question.answer(view, options);
  return answer.ok ? { outcome: 'answer', ...facts, answer: answer.value } : queryErrorReply(answer.error);
}

/** Why the question cannot be answered; undefined once it can be, at once. */
async function hindranceAtLast(
  options: QueryHandlerOptions,
  question: ReadQuestion,
): Promise<FleetbookError | undefined> {
  const hindrance = await hindranceOf(options, question);
  if (hindrance !== undefined || question.isForDigest !== true) {
    return hindrance;
  }
  await settleDigest(options.fold.view, options.startSlices());
  return hindranceOf(options, question);
}

/** Why the question cannot be answered; undefined once the view is as new as it must be. */
async function hindranceOf(
  options: QueryHandlerOptions,
  { atLeast, deadlineMs }: ReadQuestion,
): Promise<FleetbookError | undefined> {
  const { fold, waiters } = options;
  const patienceMs = Math.min(deadlineMs ?? DEFAULT_QUERY_DEADLINE_MS, MAX_DEADLINE_MS);
  const awake = options.whenAwake(patienceMs);
  if (awake !== true && !(await awake)) {
    return fleetbookError('UNAVAILABLE', { service: 'projector', reason: 'it stood still and is not up to date yet' });
  }
  const wanted = atLeast === undefined ? undefined : parseToken(atLeast);
  if (wanted !== undefined && wanted.number > fold.view.bookmark.number && !isOtherHistory(fold.view, wanted)) {
    await waiters.reach(wanted.number, patienceMs);
  }
  const { view, status } = fold;
  const refusal = refusalOf(status.fault);
  if (refusal !== undefined) {
    return refusal;
  }
  const staleReason = options.staleAnswers === 'refuse' ? options.staleReason() : undefined;
  if (staleReason !== undefined) {
    return fleetbookError('UNAVAILABLE', { service: 'projector', reason: staleReason.slice(0, 512) });
  }
  const { cell } = view.ledger;
  if (cell === undefined) {
    return fleetbookError('UNAVAILABLE', { service: 'projector', reason: 'it has not folded any event yet' });
  }
  if (wanted === undefined) {
    return undefined;
  }
  const { historyId } = cell;
  if (!isOfLine(cell, wanted)) {
    return fleetbookError('HISTORY_CHANGED', { wanted: wanted.historyId, historyId });
  }
  const { number } = view.bookmark;
  return wanted.number > number
    ? fleetbookError('PROJECTION_BEHIND', { wanted: wanted.number, number, token: formatToken(historyId, number) })
    : undefined;
}

function isOtherHistory(view: InventoryView, wanted: Token): boolean {
  const { cell } = view.ledger;
  return cell !== undefined && !isOfLine(cell, wanted);
}

function errorOfThrown(thrown: unknown, logger: Logger, query: string): FleetbookError {
  if (thrown instanceof LogUnavailableError) {
    return fleetbookError('UNAVAILABLE', { service: 'log', reason: thrown.message.slice(0, 512) });
  }
  if (thrown instanceof LogDamageError) {
    return damageError(thrown);
  }
  logger.error('query failed', { err: thrown, query });
  return fleetbookError('INTERNAL_ERROR');
}

function secondsSince(clock: Clock, startedMs: number): number {
  return (clock.monotonicMs() - startedMs) / 1_000;
}
