import {
  type DigestAnswer,
  type FleetbookError,
  fleetbookError,
  type HealthAnswer,
  type ProjectionAnswer,
  parseQuery,
  QUERY_NAMES,
  type QueryName,
} from '@fleetbook/contracts';
import { succeed } from '@fleetbook/domain';
import type { Clock, StartSlices } from '@fleetbook/operations';
import { DIGEST_VERSION } from '@fleetbook/snapshot';
import { countCapacity } from '../candidates/count-capacity.ts';
import { findCandidates } from '../candidates/find-candidates.ts';
import type { ReasonMemo } from '../candidates/reason-memo.ts';
import type { QuestionView } from '../view/question-view.ts';
import { answerAttention } from './attention-query.ts';
import { answerCounters } from './counters-query.ts';
import type { EventReader } from './event-reader.ts';
import { answerHistory } from './history-query.ts';
import { answerHolders } from './holders-query.ts';
import { answerInstance } from './instance-query.ts';
import { answerMove, answerMoves } from './move-queries.ts';
import { type Answer, answerNode, answerNodes } from './node-queries.ts';
import { answerOutcome } from './outcome-query.ts';
import type { Positions } from './positions.ts';
import { answerUsage } from './usage-query.ts';
import { answerWhyNot } from './why-not-query.ts';

/** Queries that a projector answers from its view; `writer` is the tracker's, and `mark` needs no view. */
export type ProjectorQuery = Exclude<QueryName, 'writer' | 'mark'>;

/** Queries that only the past answers: they compare instants, or look at many of them. */
export type PastQuery = (typeof PAST_QUERIES)[number];

const PAST_QUERIES = ['diff', 'timeline', 'explain', 'what-if', 'bisect'] as const satisfies readonly ProjectorQuery[];

export interface AnswerSources {
  readonly reader: EventReader;
  readonly positionsOf: () => Positions;
  readonly startSlices: StartSlices;
  readonly memo: ReasonMemo;
  readonly clock: Clock;
  readonly health: () => HealthAnswer;
  readonly projection: () => Promise<ProjectionAnswer>;
}

/** A query that has been read: what it wants to have seen, and how to answer it from a view. */
export interface ReadQuestion {
  readonly atLeast?: string;
  readonly deadlineMs?: number;
  /** The instant it is about; absent for the present. */
  readonly asOf?: string;
  /** The digest of the view is asked for: hashing comes first, since the rest is of one moment. */
  readonly isForDigest?: boolean;
  /** Looks at the view at once; what it pauses or reads for afterwards is still of this moment. */
  readonly answer: (view: QuestionView, sources: AnswerSources) => Answer<unknown> | Promise<Answer<unknown>>;
}

type Read = (payload: Uint8Array) => Answer<ReadQuestion>;

function reads<Name extends Exclude<ProjectorQuery, PastQuery>>(
  name: Name,
  answer: (
    view: QuestionView,
    query: QueryOf<Name>,
    sources: AnswerSources,
  ) => Answer<unknown> | Promise<Answer<unknown>>,
): Read {
  return (payload) => {
    const query = parseQuery(name, payload);
    if (!query.ok) {
      return query;
    }
    const { atLeast, deadlineMs } = query.value;
    const asOf = 'asOf' in query.value ? query.value.asOf : undefined;
    return succeed({
      ...(atLeast === undefined ? {} : { atLeast }),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      ...(asOf === undefined ? {} : { asOf }),
      ...(name === 'digest' ? { isForDigest: true } : {}),
      answer: (view, sources) => answer(view, query.value, sources),
    });
  };
}

type QueryOf<Name extends Exclude<ProjectorQuery, PastQuery>> = Extract<
  ReturnType<typeof parseQuery<Name>>,
  { readonly ok: true }
>['value'];

const READ_BY_NAME: { readonly [Name in Exclude<ProjectorQuery, PastQuery>]: Read } = {
  node: reads('node', answerNode),
  nodes: reads('nodes', answerNodes),
  instance: reads('instance', answerInstance),
  move: reads('move', answerMove),
  moves: reads('moves', async (view, query, { startSlices }) => succeed(await answerMoves(view, query, startSlices()))),
  attention: reads('attention', (view, query, { clock, startSlices }) =>
    answerAttention(view, query, Math.max(view.at, clock.now()), startSlices()),
  ),
  counters: reads('counters', answerCounters),
  usage: reads('usage', answerUsage),
  holders: reads('holders', answerHolders),
  capacity: reads('capacity', async (view, query, { startSlices }) =>
    succeed(await countCapacity(view.table, query, workLimitOf(view), startSlices())),
  ),
  candidates: reads('candidates', async (view, query, { startSlices, memo }) => {
    const means = { fitWorkLimit: workLimitOf(view), slices: startSlices(), memo };
    return succeed(await findCandidates(view.table, query, means));
  }),
  'why-not': reads('why-not', (view, query, { startSlices, memo }) =>
    answerWhyNot(view, query, { fitWorkLimit: workLimitOf(view), slices: startSlices(), memo }),
  ),
  outcome: reads('outcome', async (view, query, sources) => succeed(await answerOutcome(view, sources, query))),
  history: reads('history', async (view, query, sources) => succeed(await answerHistory(view, sources, query))),
  health: reads('health', (_view, _query, { health }) => succeed(health())),
  inbox: reads('inbox', ({ ledger }) => succeed(ledger.cell?.inbox ?? { upTo: 0, parked: [] })),
  digest: reads('digest', (view) => succeed(digestOf(view))),
  projection: reads('projection', async (_view, _query, { projection }) => succeed(await projection())),
};

const PROJECTOR_QUERIES: readonly ProjectorQuery[] = QUERY_NAMES.filter((name) => name !== 'writer' && name !== 'mark');

/** Queries that projectors share, of which each answers some. */
export const SHARED_QUERIES: readonly ProjectorQuery[] = PROJECTOR_QUERIES.filter(
  (name) => name !== 'health' && name !== 'projection',
);

/** Queries about a projector itself: answered at once, whatever state it is in. */
export const isAboutItself = (name: ProjectorQuery): boolean => name === 'health' || name === 'projection';

const KNOWN: ReadonlyMap<string, ProjectorQuery> = new Map(PROJECTOR_QUERIES.map((name) => [name, name]));

export function isPastQuery(name: string): name is PastQuery {
  return PAST_QUERIES.some((known) => known === name);
}

/** Reads a question about one instant; the error names what is wrong with it. */
export function readQuestion(
  name: string,
  payload: Uint8Array,
): { readonly name: ProjectorQuery | undefined; readonly read: Answer<ReadQuestion> } {
  const known = KNOWN.get(name);
  if (known === undefined) {
    return { name: known, read: unknownQuery(name) };
  }
  return { name: known, read: isPastQuery(known) ? unknownQuery(name) : READ_BY_NAME[known](payload) };
}

function unknownQuery(name: string): { readonly ok: false; readonly error: FleetbookError } {
  return { ok: false, error: fleetbookError('UNKNOWN_QUERY', { query: name.slice(0, 64) }) };
}

function workLimitOf(view: QuestionView): number {
  return view.ledger.cell?.policies.fitWorkLimit ?? 0;
}

function digestOf({ ledger, bookmark, digest }: QuestionView): DigestAnswer {
  return {
    view: 'inventory',
    digestVersion: DIGEST_VERSION,
    historyId: ledger.cell?.historyId ?? '',
    number: bookmark.number,
    digest: digest.hex(),
  };
}
