import { formatToken, type PastFacts, parseQuery, type QueryReply, queryErrorReply } from '@fleetbook/contracts';
import { slicesOn, yieldToMessages } from '@fleetbook/operations';
import { type AnswerSources, createReasonMemo, readQuestion } from '@fleetbook/projector/past';
import type { ReplayIndex } from '../index/replay-index.ts';
import { createIndexReader, positionsAt } from './event-source.ts';
import { foldNodeTo, type PastNode } from './fold-of-node.ts';
import type { Instants, InstantsOptions } from './instants.ts';
import type { Moment } from './moment.ts';
import { type PastView, type Proof, recall, recallMoves } from './past-view.ts';
import { BeyondNodeError } from './view-of-node.ts';
import type { ViewOfPast } from './view-of-past.ts';

/** A question of the live projector, asked of the instant that it names. */
export async function askOne(
  instants: Instants,
  surroundings: Pick<InstantsOptions, 'clock' | 'timers'>,
  query: string,
  payload: Uint8Array,
): Promise<QueryReply<unknown>> {
  const { read } = readQuestion(query, payload);
  if (!read.ok) {
    return queryErrorReply(read.error);
  }
  const index = await instants.upToDate(read.value.asOf ?? '');
  if (!index.ok) {
    return queryErrorReply(index.error);
  }
  const moment = await instants.moment(index.value, read.value.asOf ?? '');
  if (!moment.ok) {
    return queryErrorReply(moment.error);
  }
  const { number, at } = moment.value;
  const sources = sourcesAt(index.value, moment.value, surroundings);
  const answerFrom = async ({ view, proof }: PastView | PastNode): Promise<QueryReply<unknown>> => {
    const answer = await read.value.answer(view, sources);
    const token = formatToken(view.ledger.cell?.historyId ?? '', number);
    return answer.ok
      ? { outcome: 'answer', token, at, past: pastFacts(moment.value, proof), answer: answer.value }
      : queryErrorReply(answer.error);
  };
  const node = nodeAskedFor(query, payload);
  if (node !== undefined && instants.keptAt(number) === undefined) {
    const alone = await foldNodeTo(index.value, node, moment.value);
    const reply = alone === undefined ? undefined : await unlessBeyond(() => answerFrom(alone));
    if (reply !== undefined) {
      return reply;
    }
  }
  const past = await instants.viewAt(index.value, number);
  await bringBack(index.value, past.view, query, payload);
  return answerFrom(past);
}

/** The node that is all that a question looks at, but for what `BeyondNodeError` tells. */
function nodeAskedFor(query: string, payload: Uint8Array): string | undefined {
  switch (query) {
    case 'node':
    case 'holders':
    case 'why-not':
    case 'usage': {
      const read = parseQuery(query, payload);
      return read.ok ? read.value.node : undefined;
    }
    default:
      return undefined;
  }
}

async function unlessBeyond<Value>(work: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BeyondNodeError) {
      return undefined;
    }
    throw error;
  }
}

export function pastFacts({ number, at, issuedAt }: Moment, proof: Proof): PastFacts {
  return { number, at, ...(issuedAt === undefined ? {} : { issuedAt }), ...proof };
}

function sourcesAt(
  index: ReplayIndex,
  { number, at }: Moment,
  { clock, timers }: Pick<InstantsOptions, 'clock' | 'timers'>,
): AnswerSources {
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

/** What the question is about may be over: then it is not in the view. */
async function bringBack(index: ReplayIndex, view: ViewOfPast, query: string, payload: Uint8Array): Promise<void> {
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
