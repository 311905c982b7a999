import {
  type DiffAnswer,
  type FleetbookError,
  fleetbookError,
  formatToken,
  type InstantView,
  parseQuery,
  parseToken,
  type QueryReply,
  queryErrorReply,
  readJson,
  type TimelineQuery,
  type Token,
} from '@fleetbook/contracts';
import { type Ledger, type Result, succeed } from '@fleetbook/domain';
import { damageError, LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import type { Logger } from '@fleetbook/operations';
import { answerBisect } from '../bisect/ask-bisect.ts';
import { explain } from '../explain/ask-explain.ts';
import { IndexError } from '../index/index-error.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { answerWhatIf, MOST_EVENTS } from '../what-if/ask-what-if.ts';
import { compareSides, isLive } from './ask-diff.ts';
import { askOne, pastFacts } from './ask-one.ts';
import { answerTimeline, isKnown } from './ask-timeline.ts';
import { Instants, type InstantsOptions } from './instants.ts';
import { firstOfFile, isKnownBefore } from './known-before.ts';
import { proofOfEvents, recall } from './past-view.ts';
import type { ViewOfPast } from './view-of-past.ts';

export interface PastOptions extends InstantsOptions {
  readonly logger: Logger;
  /** How long the range of a what-if may be, events. */
  readonly whatIfEvents?: number;
}

/** Answers the questions of the live projector as of any instant of the log, and those about several instants. */
export interface Past {
  /** Never rejects. */
  ask(query: string, payload: Uint8Array): Promise<QueryReply<unknown>>;
}

export function createPast(options: PastOptions): Past {
  const instants = new Instants(options);
  const { logger } = options;

  async function answer(query: string, payload: Uint8Array): Promise<QueryReply<unknown>> {
    const wanted = wantedIn(payload);
    const hindrance = wanted && (await instants.hindranceOf(wanted));
    if (hindrance !== undefined) {
      return queryErrorReply(hindrance);
    }
    switch (query) {
      case 'diff':
        return askDiff(instants, payload);
      case 'timeline':
        return askTimeline(instants, payload);
      case 'what-if':
        return askWhatIf(instants, payload, options.whatIfEvents ?? MOST_EVENTS);
      case 'bisect':
        return askBisect(instants, payload);
      case 'explain':
        return askExplain(instants, payload);
      default:
        return askOne(instants, options, query, payload);
    }
  }

  return {
    async ask(query, payload) {
      try {
        return await answer(query, payload);
      } catch (error) {
        if (!(error instanceof IndexError)) {
          return queryErrorReply(errorOf(error, logger));
        }
        logger.warn('the index is made anew', { reason: error.message });
      }
      try {
        await instants.discard();
        return await answer(query, payload);
      } catch (error) {
        return queryErrorReply(errorOf(error, logger));
      }
    },
  };
}

/** What the log has to hold before the question is answered. A payload that is no question tells nothing. */
function wantedIn(payload: Uint8Array): Token | undefined {
  const body = readJson(payload);
  const text = body.ok ? body.value['atLeast'] : undefined;
  return typeof text === 'string' ? parseToken(text) : undefined;
}

async function askTimeline(instants: Instants, payload: Uint8Array): Promise<QueryReply<unknown>> {
  const query = parseQuery('timeline', payload);
  if (!query.ok) {
    return queryErrorReply(query.error);
  }
  const index = await instants.upToDate();
  if (!index.ok) {
    return queryErrorReply(index.error);
  }
  const moment = await instants.moment(index.value, query.value.asOf ?? String(index.value.end.number));
  if (!moment.ok) {
    return queryErrorReply(moment.error);
  }
  const { number, at } = moment.value;
  const first = (await isKnownBefore(index.value, query.value)) ? firstOfFile(index.value) : undefined;
  if (first === undefined && !(await isKnown(index.value, query.value, number))) {
    return queryErrorReply(fleetbookError('NOT_FOUND', subjectOf(query.value)));
  }
  const found = await answerTimeline(index.value, query.value, number);
  const answer = first === undefined ? found : { ...found, first };
  const token = formatToken(index.value.historyIdAt(number), number);
  return { outcome: 'answer', token, at, past: pastFacts(moment.value, await proofOfEvents(index.value)), answer };
}

function subjectOf({ node, instance, move, provider, command }: TimelineQuery) {
  const all = { node, instance, move, provider, command };
  const [kind = '', id = ''] = Object.entries(all).find(([, each]) => each !== undefined) ?? [];
  return { kind, id };
}

async function askBisect(instants: Instants, payload: Uint8Array): Promise<QueryReply<unknown>> {
  const query = parseQuery('bisect', payload);
  return query.ok
    ? askUpTo(instants, query.value.asOf, (index, last) => answerBisect(index, query.value, last))
    : queryErrorReply(query.error);
}

async function askExplain(instants: Instants, payload: Uint8Array): Promise<QueryReply<unknown>> {
  const query = parseQuery('explain', payload);
  if (!query.ok) {
    return queryErrorReply(query.error);
  }
  return askUpTo(instants, query.value.asOf, (index, last) => explain(instants, index, query.value, last));
}

/** A question about what the log says up to an instant, by itself up to its end. */
async function askUpTo(
  instants: Instants,
  asOf: string | undefined,
  answerUpTo: (index: ReplayIndex, last: number) => Promise<Result<unknown, FleetbookError>>,
): Promise<QueryReply<unknown>> {
  const index = await instants.upToDate();
  if (!index.ok) {
    return queryErrorReply(index.error);
  }
  const moment = await instants.moment(index.value, asOf ?? String(index.value.end.number));
  if (!moment.ok) {
    return queryErrorReply(moment.error);
  }
  const { number, at } = moment.value;
  const answer = await answerUpTo(index.value, number);
  const token = formatToken(index.value.historyIdAt(number), number);
  return answer.ok
    ? {
        outcome: 'answer',
        token,
        at,
        past: pastFacts(moment.value, await proofOfEvents(index.value)),
        answer: answer.value,
      }
    : queryErrorReply(answer.error);
}

async function askDiff(instants: Instants, payload: Uint8Array): Promise<QueryReply<unknown>> {
  const query = parseQuery('diff', payload);
  if (!query.ok) {
    return queryErrorReply(query.error);
  }
  const index = await instants.upToDate(query.value.from, query.value.to);
  if (!index.ok) {
    return queryErrorReply(index.error);
  }
  const from = await sideAt(instants, index.value, query.value.from);
  if (!from.ok) {
    return queryErrorReply(from.error);
  }
  const to = await sideAt(instants, index.value, query.value.to);
  if (!to.ok) {
    return queryErrorReply(to.error);
  }
  await recallLive(index.value, from.value.view, to.value.view);
  await recallLive(index.value, to.value.view, from.value.view);
  const answer = compareSides(from.value, to.value, query.value);
  const { token, ...past } = to.value.instant;
  return answer.ok
    ? { outcome: 'answer', token, at: past.at, past, answer: answer.value }
    : queryErrorReply(answer.error);
}

async function askWhatIf(instants: Instants, payload: Uint8Array, mostEvents: number): Promise<QueryReply<unknown>> {
  const query = parseQuery('what-if', payload);
  if (!query.ok) {
    return queryErrorReply(query.error);
  }
  const index = await instants.upToDate();
  if (!index.ok) {
    return queryErrorReply(index.error);
  }
  const from = await instants.moment(index.value, query.value.from);
  if (!from.ok) {
    return queryErrorReply(from.error);
  }
  const asOf = query.value.until ?? String(index.value.end.number);
  const until = await instants.moment(index.value, asOf);
  const recorded = await sideAt(instants, index.value, asOf);
  if (!until.ok || !recorded.ok) {
    return queryErrorReply(until.ok ? fleetbookError('INTERNAL_ERROR') : until.error);
  }
  const range = { index: index.value, from: from.value, until: until.value, mostEvents };
  const answer = await answerWhatIf(
    { ...range, compare: (other, limit) => compareWorlds(index.value, recorded.value, other, limit) },
    query.value,
  );
  const { token, ...past } = recorded.value.instant;
  return answer.ok
    ? { outcome: 'answer', token, at: past.at, past, answer: answer.value }
    : queryErrorReply(answer.error);
}

/** From what is recorded to what would have been at the same instant. */
async function compareWorlds(
  index: ReplayIndex,
  recorded: FoldedSide,
  other: ViewOfPast,
  limit: number,
): Promise<DiffAnswer> {
  const { instant } = recorded;
  await recallLive(index, recorded.view, other);
  await recallLive(index, other, recorded.view);
  const compared = compareSides(recorded, { instant, ledger: other.ledger, isOtherWorld: true }, { ...RANGE, limit });
  if (!compared.ok) {
    throw new Error(compared.error.message);
  }
  return compared.value;
}

/** Instants are named by the sides themselves. */
const RANGE = { from: '0s', to: '0s' };

interface FoldedSide {
  readonly instant: InstantView;
  readonly ledger: Ledger;
  readonly view: ViewOfPast;
}

async function sideAt(
  instants: Instants,
  index: ReplayIndex,
  asOf: string,
): Promise<Result<FoldedSide, FleetbookError>> {
  const moment = await instants.moment(index, asOf);
  if (!moment.ok) {
    return moment;
  }
  const { view, proof } = await instants.viewAt(index, moment.value.number);
  const token = formatToken(view.ledger.cell?.historyId ?? '', moment.value.number);
  return succeed({ instant: { token, ...pastFacts(moment.value, proof) }, ledger: view.ledger, view });
}

/** Moves that are live there and over here are brought back here, to tell what became of them. */
async function recallLive(index: ReplayIndex, here: ViewOfPast, there: ViewOfPast): Promise<void> {
  for (const move of there.ledger.moves.values()) {
    if (isLive(move)) {
      await recall(index, here, 'moves', move.id, there.bookmark.number);
    }
  }
}

function errorOf(thrown: unknown, logger: Logger): FleetbookError {
  if (thrown instanceof LogDamageError) {
    return damageError(thrown);
  }
  if (thrown instanceof LogUnavailableError || thrown instanceof IndexError) {
    const service = thrown instanceof IndexError ? 'replay' : 'log';
    return fleetbookError('UNAVAILABLE', { service, reason: thrown.message.slice(0, 512) });
  }
  logger.error('a question about the past failed', { err: thrown });
  return fleetbookError('INTERNAL_ERROR');
}
