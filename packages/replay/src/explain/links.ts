import type { ExplainedLink, LinkRelation } from '@fleetbook/contracts';
import type { EventType, LedgerEvent } from '@fleetbook/domain';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { positionsAt, positionsUntil, readNumbers } from '../past/event-source.ts';
import type { SubjectsOfDecision } from './subjects-of.ts';

/** Events of one subject that an explanation shows at most before and after the decision. */
const MOST_OF_SUBJECT = 50;
/** How many events of a node are looked through for those that matter. */
const MOST_LOOKED_AT = 2_048;
const READ_AT_ONCE = 128;

/** Events by their numbers, each with the closest relation found. */
export class Links {
  readonly #links = new Map<number, ExplainedLink>();
  isComplete = true;

  add(event: LedgerEvent, relation: LinkRelation, of: string): void {
    if (!this.#links.has(event.number)) {
      const { number, at, type, commandId, actor } = event;
      const code = event.type === 'CommandRejected' ? { code: event.data.code } : {};
      this.#links.set(number, { number, at, type, commandId, actor, ...code, relation, of });
    }
  }

  /** Oldest first. */
  list(except: readonly LedgerEvent[]): readonly ExplainedLink[] {
    const own = new Set(except.map(({ number }) => number));
    return Array.from(this.#links.values())
      .filter(({ number }) => !own.has(number))
      .sort((left, right) => left.number - right.number);
  }
}

interface Decided {
  readonly index: ReplayIndex;
  readonly events: readonly LedgerEvent[];
  readonly subjects: SubjectsOfDecision;
}

/** Instances and claims that were in the way. */
export interface InTheWay {
  readonly instance: string;
  /** The command that made the claim or move. */
  readonly commandId: string;
}

/** What led to a decision, back to the first event of all that it is about. */
export async function causesOf({ index, events, subjects }: Decided, holders: readonly InTheWay[]): Promise<Links> {
  const links = new Links();
  const first = events[0]?.number ?? 1;
  for (const id of subjects.instances) {
    await addBefore(links, index, keyOf.instance(id), first - 1, 'instance', id);
  }
  for (const id of subjects.moves) {
    await addBefore(links, index, keyOf.move(id), first - 1, 'move', id);
  }
  for (const { instance, commandId } of holders) {
    await addCommand(links, index, commandId, first - 1, 'holder', instance);
  }
  for (const id of linkedCommands(events[0])) {
    await addCommand(links, index, id, first - 1, 'cause', id);
  }
  for (const id of subjects.nodes) {
    await addNodeFacts(links, index, id, first - 1);
  }
  for (const event of first === 1 ? [] : await readNumbers(index, [1])) {
    links.add(event, 'ledger', event.type === 'LedgerCreated' ? event.data.cell : '');
  }
  return links;
}

function linkedCommands(event: LedgerEvent | undefined): readonly string[] {
  return [event?.causationId, event?.correlationId].filter((id) => id !== undefined);
}

async function addBefore(
  links: Links,
  index: ReplayIndex,
  key: string,
  last: number,
  relation: LinkRelation,
  of: string,
): Promise<void> {
  const numbers = await positionsUntil(index, key, last);
  const shown =
    numbers.length > MOST_OF_SUBJECT ? [...numbers.slice(0, 1), ...numbers.slice(-MOST_OF_SUBJECT)] : numbers;
  links.isComplete &&= shown.length === numbers.length;
  for (const event of await readNumbers(index, shown)) {
    links.add(event, relation, of);
  }
}

async function addCommand(
  links: Links,
  index: ReplayIndex,
  commandId: string,
  last: number,
  relation: LinkRelation,
  of: string,
): Promise<void> {
  const { numbers } = await positionsAt(index, last).command(commandId);
  for (const event of await readNumbers(index, numbers)) {
    if (event.commandId === commandId) {
      links.add(event, relation, of);
    }
  }
}

/** Events that make a node what it is, besides what is held on it: the newest of each kind decides. */
const NODE_FACTS: ReadonlySet<EventType> = new Set<EventType>([
  'NodeRegistered',
  'InventoryChanged',
  'InventoryStale',
  'NodeEnabled',
  'NodeDisabled',
  'NodeMarkedDown',
  'NodeTransferred',
  'NodeRetired',
  'InventoryPolicySet',
  'OverlaySet',
  'AggregatesSet',
  'ChargesReshaped',
]);

/** Looks back from the decision until the node's registration and newest inventory are found. */
async function addNodeFacts(links: Links, index: ReplayIndex, node: string, last: number): Promise<void> {
  const numbers = await positionsUntil(index, keyOf.node(node), last);
  const found = new Set<EventType>();
  let looked = 0;
  while (looked < numbers.length && !(found.has('NodeRegistered') && found.has('InventoryChanged'))) {
    if (looked >= MOST_LOOKED_AT) {
      links.isComplete = false;
      break;
    }
    const end = numbers.length - looked;
    const some = await readNumbers(index, numbers.slice(Math.max(0, end - READ_AT_ONCE), end));
    looked += READ_AT_ONCE;
    for (const event of some.toReversed()) {
      if (NODE_FACTS.has(event.type) && !found.has(event.type)) {
        found.add(event.type);
        links.add(event, 'node', node);
      }
    }
  }
  if (!found.has('NodeRegistered')) {
    const [registration] = await readNumbers(index, numbers.slice(0, 1));
    if (registration !== undefined) {
      links.add(registration, 'node', node);
    }
  }
}

/** What became of a decision up to event `last`: of its instances and moves, and refusals that name what it holds. */
export async function consequencesOf({ index, events, subjects }: Decided, last: number): Promise<Links> {
  const links = new Links();
  const own = events.at(-1)?.number ?? 0;
  for (const id of subjects.instances) {
    await addAfter(links, index, keyOf.instance(id), own, last, 'instance', id);
  }
  for (const id of subjects.moves) {
    await addAfter(links, index, keyOf.move(id), own, last, 'move', id);
  }
  const isOfNodeAlone = subjects.instances.length === 0 && subjects.moves.length === 0;
  for (const id of subjects.nodes) {
    if (isOfNodeAlone) {
      await addAfter(links, index, keyOf.node(id), own, last, 'node', id);
    } else {
      await addRefusals(links, index, id, own, last, events[0]?.commandId ?? '');
    }
  }
  return links;
}

async function addAfter(
  links: Links,
  index: ReplayIndex,
  key: string,
  own: number,
  last: number,
  relation: LinkRelation,
  of: string,
): Promise<void> {
  const later = (await positionsUntil(index, key, last)).filter((number) => number > own);
  links.isComplete &&= later.length <= MOST_OF_SUBJECT;
  for (const event of await readNumbers(index, later.slice(0, MOST_OF_SUBJECT))) {
    links.add(event, relation, of);
  }
}

/** Refusals on a node that name the claim or move made by the command as in the way. */
async function addRefusals(
  links: Links,
  index: ReplayIndex,
  node: string,
  own: number,
  last: number,
  commandId: string,
): Promise<void> {
  const later = (await positionsUntil(index, keyOf.node(node), last)).filter((number) => number > own);
  links.isComplete &&= later.length <= MOST_LOOKED_AT;
  for (const event of await readNumbers(index, later.slice(0, MOST_LOOKED_AT))) {
    if (event.type === 'CommandRejected' && JSON.stringify(event.data.details).includes(JSON.stringify(commandId))) {
      links.add(event, 'refusal', event.commandId);
    } else if (event.causationId === commandId || event.correlationId === commandId) {
      links.add(event, 'cause', commandId);
    }
  }
}
