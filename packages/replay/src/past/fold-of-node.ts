import type { LedgerEvent, Move } from '@fleetbook/domain';
import { nameSubjects, type Subjects } from '@fleetbook/projector/past';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { restoreSides } from '../index/state.ts';
import type { Touch } from '../index/touches.ts';
import type { Moment } from './moment.ts';
import { findBase, type Proof } from './past-view.ts';
import { foldInto, ViewOfNode } from './view-of-node.ts';

/** Where more is concerned, the whole state is as fast. */
const MOST_NODES = 32;
const MOST_EVENTS = 400;

/** Events that change the cell itself, of which a node's answers tell as well. */
const OF_THE_CELL = [
  'CellConfigured',
  'WriterElected',
  'HistoryForked',
] as const satisfies readonly LedgerEvent['type'][];

/** A node as it was, and what vouches for it. */
export interface PastNode {
  readonly view: ViewOfNode;
  readonly proof: Proof;
}

/**
 * Folds one node to an instant: from its row in the saved state before it, with the events that concern it and the
 * nodes that these concern besides. Undefined where there is no such state, or where this would not do. Throws
 * IndexError.
 */
export async function foldNodeTo(
  index: ReplayIndex,
  node: string,
  { number, at }: Pick<Moment, 'number' | 'at'>,
): Promise<PastNode | undefined> {
  const { base, proof } = await findBase(index, number);
  if (base === undefined || !base.hasEvents) {
    return undefined;
  }
  const concerned = await eventsConcerning(index, node, { after: base.end.number, last: number });
  if (concerned === undefined) {
    return undefined;
  }
  await index.requireBound(base);
  const { ledger, header } = await base.stateOf(concerned.nodes);
  const sides = restoreSides(ledger, header.sideTenants);
  try {
    foldInto(ledger, sides, concerned.events);
  } catch {
    // A record of elsewhere is needed, as of an instance that was shelved there; or the fold of everything fails too.
    return undefined;
  }
  return { view: new ViewOfNode(ledger, sides, { bookmark: { ...base.end, number }, at }), proof: { ...proof, node } };
}

interface Concerned {
  readonly nodes: ReadonlySet<string>;
  /** Ascending. */
  readonly events: readonly LedgerEvent[];
}

/** All events of the stretch that concern these nodes, and no other nodes: from one on, as far as events lead. */
async function eventsConcerning(
  index: ReplayIndex,
  first: string,
  { after, last }: { readonly after: number; readonly last: number },
): Promise<Concerned | undefined> {
  const nodes = new Set([first]);
  const events = new Map<number, LedgerEvent>();
  const segments = index.segments.filter((segment) => segment.end.number > after && segment.after.number < last);

  async function take(key: string): Promise<boolean> {
    for (const segment of segments) {
      const inside = (await segment.concerning(key)).filter((number) => number > after && number <= last);
      const fresh = inside.filter((number) => !events.has(number));
      if (events.size + fresh.length > MOST_EVENTS) {
        return false;
      }
      const touches = await segment.touches(fresh);
      for (const event of await segment.events(fresh)) {
        events.set(event.number, event);
        nodesOf(event, touches.get(event.number)).forEach((node) => void nodes.add(node));
      }
    }
    return nodes.size <= MOST_NODES;
  }

  for (const type of OF_THE_CELL) {
    if (!(await take(keyOf.type(type)))) {
      return undefined;
    }
  }
  // Those that are added on the way come later in it.
  for (const node of nodes) {
    if (!(await take(keyOf.node(node)))) {
      return undefined;
    }
  }
  return { nodes, events: Array.from(events.values()).sort((left, right) => left.number - right.number) };
}

const NO_MOVES: ReadonlyMap<string, Move> = new Map();

/** The nodes that an event changes or may look at. A refused command did neither. */
function nodesOf(event: LedgerEvent, touch: Touch = {}): readonly string[] {
  if (event.type === 'CommandRejected') {
    return [];
  }
  const found: string[] = [];
  const named: Subjects = { node: (id) => void found.push(id), instance: () => undefined, move: () => undefined };
  nameSubjects(event, NO_MOVES, named);
  touch.nodes?.forEach(([id]) => void found.push(id));
  for (const { source, destination } of touch.moves ?? []) {
    found.push(destination, ...(source === undefined ? [] : [source]));
  }
  return found;
}
