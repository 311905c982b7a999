import type { HistoryAnswer, HistoryQuery } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import type { KnownNumbers } from '../view/entity-history.ts';
import type { QuestionView } from '../view/question-view.ts';
import { nameSubjects } from '../view/subjects.ts';
import { decisionsOfCommand, isOfCommand } from './decisions-of-command.ts';
import type { EventReader } from './event-reader.ts';
import type { Positions } from './positions.ts';

const DEFAULT_EVENTS = 100;

/** Events looked through for one answer where no index tells which of them concern the entity. */
const SCANNED_EVENTS = 16_384;

export interface HistorySources {
  readonly reader: EventReader;
  readonly positionsOf: () => Positions;
}

/** The events that concern a node, an instance, a move or a command, newest first, one page at a time. */
export async function answerHistory(
  view: QuestionView,
  { reader, positionsOf }: HistorySources,
  query: HistoryQuery,
): Promise<HistoryAnswer> {
  const before = Math.min(query.before ?? Number.MAX_SAFE_INTEGER, view.bookmark.number + 1);
  const limit = query.limit ?? DEFAULT_EVENTS;
  const known = await knownNumbers(view, { reader, positionsOf }, query);
  const older = known.numbers.filter((number) => number < before);
  if (older.length === 0 && !known.isComplete) {
    return scanBack(view, reader, query, before);
  }
  const page = older.slice(-limit);
  const events = await readPage(view, reader, query, page);
  const isLast = page.length === older.length && known.isComplete;
  return { events: events.toReversed(), ...(isLast ? {} : { next: page[0] ?? 1 }), searched: 'index' };
}

/** Whole decisions of a command, single events of anything else. */
async function readPage(
  view: QuestionView,
  reader: EventReader,
  query: HistoryQuery,
  numbers: readonly number[],
): Promise<readonly LedgerEvent[]> {
  const events = await reader.readEvents(numbers, view.bookmarks.before);
  if (query.command === undefined) {
    return events;
  }
  const decisions: LedgerEvent[] = [];
  for (const event of events) {
    const last = event.number + event.count - 1;
    decisions.push(
      ...(event.count === 1 ? [event] : await reader.readRange(event.number, last, view.bookmarks.before)),
    );
  }
  return decisions;
}

function knownNumbers(
  view: QuestionView,
  { reader, positionsOf }: HistorySources,
  query: HistoryQuery,
): KnownNumbers | Promise<KnownNumbers> {
  const positions = positionsOf();
  if (query.node !== undefined) {
    return positions.node(query.node);
  }
  if (query.instance !== undefined) {
    return positions.instance(query.instance);
  }
  return query.move === undefined
    ? numbersOfCommand(view, { reader, positions }, query.command ?? '')
    : positions.move(query.move);
}

async function numbersOfCommand(
  { bookmark, bookmarks }: QuestionView,
  { reader, positions }: { readonly reader: EventReader; readonly positions: Positions },
  id: string,
): Promise<KnownNumbers> {
  const readEvents = (numbers: readonly number[]) => reader.readEvents(numbers, bookmarks.before);
  const { firsts, isComplete } = await decisionsOfCommand({ positions, readEvents, last: bookmark.number }, id);
  return { numbers: firsts.map(({ number }) => number), isComplete };
}

/** Looks through one stretch of the log; `next` goes on below it, also when it held nothing. */
async function scanBack(
  view: QuestionView,
  reader: EventReader,
  query: HistoryQuery,
  before: number,
): Promise<HistoryAnswer> {
  const first = Math.max(1, before - SCANNED_EVENTS);
  const events = first < before ? await reader.readRange(first, before - 1, view.bookmarks.before) : [];
  const limit = query.limit ?? DEFAULT_EVENTS;
  const concerned = events.filter((event) => concerns(event, query, view)).slice(-limit);
  const reached = concerned.length === limit ? (concerned[0]?.number ?? first) : first;
  return {
    events: concerned.toReversed(),
    ...(reached > 1 ? { next: reached } : {}),
    searched: 'log',
  };
}

/** By what the event names: which records it changed is not known any more. */
function concerns(
  event: LedgerEvent,
  { node, instance, move, command }: HistoryQuery,
  { ledger }: QuestionView,
): boolean {
  if (command !== undefined) {
    return isOfCommand(event, command);
  }
  let isNamed = false;
  function compareTo(wanted: string | undefined): (id: string) => void {
    return (id) => {
      isNamed ||= id === wanted;
    };
  }
  const subjects = { node: compareTo(node), instance: compareTo(instance), move: compareTo(move) };
  nameSubjects(event, ledger.moves, subjects);
  return isNamed;
}
