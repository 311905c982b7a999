import { encodeQueryReply, fleetbookError, type QueryReply, queryErrorReply } from '@fleetbook/contracts';

/** Answers the same question with another body. */
export type AskAgain = (payload: Uint8Array) => Promise<QueryReply<unknown>>;

interface LongReply {
  readonly query: string;
  readonly payload: Uint8Array;
  readonly reply: QueryReply<unknown>;
  /** What the server takes. */
  readonly maximumBytes: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Questions that say how long the lists of their answer may be. */
const WITH_LIMIT: readonly string[] = [
  ...['nodes', 'moves', 'attention', 'history', 'timeline', 'candidates', 'diff', 'what-if'],
];

/** Lists that are cut where they are too long, in the order in which they get the room. */
const CUT_LISTS: Readonly<Record<string, readonly string[]>> = {
  node: ['held', 'sides', 'drifts', 'providers'],
  holders: ['holders'],
};

/** Items differ in length: what is asked for again should fit at once. */
const SAFETY = 0.9;

/**
 * What is sent where a reply is longer than a message of the server may be: the answer to a lower limit, which says as
 * ever how to go on; shorter lists, and that they are; or BODY_TOO_LARGE.
 */
export async function shorterReply(long: LongReply, askAgain: AskAgain): Promise<QueryReply<unknown>> {
  const { query, maximumBytes } = long;
  let { payload, reply } = long;
  for (;;) {
    const bytes = encodeQueryReply(reply).byteLength;
    if (bytes <= maximumBytes || reply.outcome === 'error') {
      return reply;
    }
    const fewer = WITH_LIMIT.includes(query) ? fewerThan(reply.answer, (SAFETY * maximumBytes) / bytes) : 0;
    if (fewer === 0) {
      return cutReply(query, reply, maximumBytes) ?? tooLarge(bytes, maximumBytes);
    }
    payload = withLimit(payload, fewer);
    reply = await askAgain(payload);
  }
}

/** 0 where there is nothing to leave out. */
function fewerThan(answer: unknown, share: number): number {
  const listed = longestList(answer);
  return listed <= 1 ? 0 : Math.max(1, Math.floor(listed * share));
}

function longestList(value: unknown): number {
  if (Array.isArray(value)) {
    return value.length;
  }
  return isFields(value) ? Math.max(0, ...Object.values(value).map(longestList)) : 0;
}

function withLimit(payload: Uint8Array, limit: number): Uint8Array {
  const body: unknown = payload.length === 0 ? {} : JSON.parse(Buffer.from(payload).toString());
  return Buffer.from(JSON.stringify({ ...(isFields(body) ? body : {}), limit }));
}

function cutReply(
  query: string,
  reply: Extract<QueryReply<unknown>, { readonly outcome: 'answer' }>,
  maximumBytes: number,
): QueryReply<unknown> | undefined {
  const names = CUT_LISTS[query];
  if (names === undefined || !isFields(reply.answer)) {
    return undefined;
  }
  const { answer } = reply;
  const lists = names.map((name) => ({ name, items: listOf(answer, name) }));
  const shortened = (kept: Fields) => ({ ...reply, answer: { ...answer, ...kept, ...leftOut(query, answer, kept) } });
  const bare = Object.fromEntries(names.map((name) => [name, []]));
  let room = maximumBytes - encodeQueryReply(shortened(bare)).byteLength;
  const kept = lists.map(({ name, items }) => {
    const end = items.findIndex((item) => {
      room -= Buffer.byteLength(JSON.stringify(item)) + 1;
      return room < 0;
    });
    return [name, end === -1 ? items : items.slice(0, end)] as const;
  });
  const cut = shortened(Object.fromEntries(kept));
  return encodeQueryReply(cut).byteLength <= maximumBytes ? cut : undefined;
}

/** How the answer says that its lists are not whole. */
function leftOut(query: string, answer: Fields, kept: Fields): Fields {
  if (query !== 'node') {
    return { isComplete: false };
  }
  const missing = (name: string, all = listOf(answer, name).length) => all - listOf(kept, name).length;
  return {
    more: {
      providers: missing('providers'),
      held: missing('held', Number(answer['claimCount'])),
      sides: missing('sides', Number(answer['sideCount'])),
      drifts: missing('drifts'),
    },
  };
}

function listOf(fields: Fields, name: string): readonly unknown[] {
  const list = fields[name];
  return Array.isArray(list) ? list : [];
}

function tooLarge(bytes: number, limit: number): QueryReply<unknown> {
  return queryErrorReply(fleetbookError('BODY_TOO_LARGE', { bytes, limit }));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
