import type { TimelineAnswer, TimelineEntry, TimelineQuery } from '@fleetbook/contracts';
import { toSafe } from '@fleetbook/projector/past';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { ClassTouch, Touch } from '../index/touches.ts';
import { firstsOfCommand, newestPositions } from './event-source.ts';

const DEFAULT_LIMIT = 100;

/** The events up to and including `last` that concern what the query names, each with what it left behind there. */
export async function answerTimeline(index: ReplayIndex, query: TimelineQuery, last: number): Promise<TimelineAnswer> {
  const { limit = DEFAULT_LIMIT, before = last + 1, after = 0 } = query;
  const asked = await numbersOf(index, query, { last: Math.min(last, before - 1), after, count: limit + 1 });
  const page = asked.slice(-limit);
  const entries = await entriesAt(index, query, page);
  return { entries, ...(page.length < asked.length ? { next: page[0] ?? 1 } : {}) };
}

/** Whether anything was ever recorded of it. */
export async function isKnown(index: ReplayIndex, query: TimelineQuery, last: number): Promise<boolean> {
  return (await numbersOf(index, query, { last, after: 0, count: 1 })).length > 0;
}

/** The newest, ascending; at least `count` of them if there are as many. */
async function numbersOf(
  index: ReplayIndex,
  query: TimelineQuery,
  wanted: { readonly last: number; readonly after: number; readonly count: number },
): Promise<readonly number[]> {
  if (query.command === undefined) {
    return newestPositions(index, keyIn(query), wanted);
  }
  const { last, after } = wanted;
  const numbers: number[] = [];
  for (const event of await firstsOfCommand(index, query.command, last)) {
    for (let number = event.number; number < event.number + event.count; number += 1) {
      numbers.push(number);
    }
  }
  return numbers.filter((number) => number > after);
}

function keyIn({ node, instance, move, provider = '' }: TimelineQuery): string {
  if (node !== undefined) {
    return keyOf.node(node);
  }
  if (instance !== undefined) {
    return keyOf.instance(instance);
  }
  return move === undefined ? keyOf.provider(provider) : keyOf.move(move);
}

async function entriesAt(
  index: ReplayIndex,
  query: TimelineQuery,
  numbers: readonly number[],
): Promise<readonly TimelineEntry[]> {
  const entries: TimelineEntry[] = [];
  for (const segment of index.segments) {
    const inside = numbers.filter((number) => number > segment.after.number && number <= segment.end.number);
    if (inside.length > 0) {
      const touches = await segment.touches(inside);
      for (const event of await segment.events(inside)) {
        entries.push({ event, ...leftBehind(touches.get(event.number) ?? {}, query) });
      }
    }
  }
  return entries;
}

function leftBehind(touch: Touch, query: TimelineQuery): Omit<TimelineEntry, 'event'> {
  const classes = classesIn(touch, query);
  const instance = touch.instances?.find(({ id }) => id === query.instance);
  const moves = touch.moves?.filter(({ id }) => query.move === undefined || id === query.move) ?? [];
  return {
    ...(classes === undefined ? {} : { classes: classes.map(classFigures) }),
    ...(instance === undefined ? {} : { instance: instanceView(instance) }),
    ...(moves.length === 0 ? {} : { moves: moves.map(({ id, ...move }) => ({ moveId: id, ...move })) }),
  };
}

function classFigures([name, charged, capacity]: ClassTouch) {
  return { class: name, charged: toSafe(charged), capacity: toSafe(capacity) };
}

function instanceView({ status, node, move, charge, becomes }: NonNullable<Touch['instances']>[number]) {
  return {
    status,
    ...(node === undefined ? {} : { node }),
    ...(move === undefined ? {} : { moveId: move }),
    ...(charge === undefined ? {} : { charge }),
    ...(becomes === undefined ? {} : { becomes }),
  };
}

/** The figures of the node or provider asked about; of any other timeline those of the first node that changed. */
function classesIn(
  { nodes = [], providers }: Touch,
  { node, provider }: TimelineQuery,
): readonly ClassTouch[] | undefined {
  if (provider !== undefined) {
    // Of a node with one provider, its figures are the node's.
    const own = providers?.find(([id]) => id === provider);
    return (own ?? (providers === undefined ? nodes[0] : undefined))?.[1];
  }
  return node === undefined ? undefined : nodes.find(([id]) => id === node)?.[1];
}
