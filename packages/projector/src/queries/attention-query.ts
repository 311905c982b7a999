import {
  ATTENTION_KINDS,
  type AttentionAnswer,
  type AttentionItem,
  type AttentionKind,
  type AttentionQuery,
  DEFAULT_ATTENTION_KINDS,
  fleetbookError,
} from '@fleetbook/contracts';
import { fail, succeed } from '@fleetbook/domain';
import type { Slices } from '@fleetbook/operations';
import type { QuestionView } from '../view/question-view.ts';
import { attentionRecords, FIND_ITEMS, subjectOf } from './attention-items.ts';
import type { Answer } from './node-queries.ts';
import { createPage } from './page.ts';

const DEFAULT_ITEMS = 100;

/** Where a page begins: after this place among the items of this kind. */
interface Cursor {
  readonly kind: AttentionKind;
  readonly place: string;
}

/**
 * What does not come right by itself, as of the moment it is asked.
 * @param now what ages and deadlines are measured against, epoch milliseconds.
 */
export async function answerAttention(
  view: QuestionView,
  query: AttentionQuery,
  now: number,
  slices: Slices,
): Promise<Answer<AttentionAnswer>> {
  const cursor = query.after === undefined ? undefined : readCursor(query.after);
  if (query.after !== undefined && cursor === undefined) {
    return fail(fleetbookError('INVALID_FIELD', { path: 'after', rule: 'the `next` of an answer' }));
  }
  const kinds = new Set(query.kinds ?? DEFAULT_ATTENTION_KINDS);
  const records = attentionRecords(view, kinds);
  const items: AttentionItem[] = [];
  const counts: { kind: AttentionKind; count: number }[] = [];
  let hasMore = false;
  for (const kind of ATTENTION_KINDS.filter((each) => kinds.has(each))) {
    const page = pageOf(kind, (query.limit ?? DEFAULT_ITEMS) - items.length, cursor);
    let count = 0;
    for (const item of FIND_ITEMS[kind](records)) {
      if (isAskedFor(item, query, now)) {
        count += 1;
        page?.offer(placeOf(item), item);
      }
      const pause = slices.pause();
      if (pause !== undefined) {
        await pause;
      }
    }
    counts.push({ kind, count });
    items.push(...(page?.items() ?? []));
    hasMore ||= page?.hasMore() ?? false;
  }
  const last = items.at(-1);
  return succeed({
    items,
    counts,
    ...(hasMore && last !== undefined ? { next: `${last.kind} ${placeOf(last)}` } : {}),
  });
}

/** The page of one kind; undefined where the cursor is behind all of them. */
function pageOf(kind: AttentionKind, limit: number, cursor: Cursor | undefined) {
  const distance = cursor === undefined ? 1 : ATTENTION_KINDS.indexOf(kind) - ATTENTION_KINDS.indexOf(cursor.kind);
  return distance < 0 ? undefined : createPage<AttentionItem>(limit, distance === 0 ? cursor?.place : undefined);
}

function placeOf(item: AttentionItem): string {
  return `${item.node} ${subjectOf(item)}`;
}

function readCursor(text: string): Cursor | undefined {
  const kind = ATTENTION_KINDS.find((each) => text.startsWith(`${each} `));
  return kind === undefined ? undefined : { kind, place: text.slice(kind.length + 1) };
}

function isAskedFor(item: AttentionItem, { node, olderThanMs, withinMs }: AttentionQuery, now: number): boolean {
  if (node !== undefined && item.node !== node) {
    return false;
  }
  if (olderThanMs !== undefined && !('since' in item && item.since <= now - olderThanMs)) {
    return false;
  }
  return (
    withinMs === undefined ||
    item.kind !== 'unconfirmed' ||
    (item.expiresAt !== undefined && item.expiresAt <= now + withinMs)
  );
}
