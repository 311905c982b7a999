import type { TimelineEntry } from '@fleetbook/contracts';
import { CLOSED_MOVE_STATES } from '@fleetbook/domain';
import { chargeText } from './charge.ts';
import { aboutEvent } from './events.ts';
import { bar } from './progress.ts';
import { styled } from './table.ts';
import type { Terminal } from './terminal.ts';

const BAR_COLUMNS = 10;
const CLOSED: readonly string[] = CLOSED_MOVE_STATES;

/** Draws a timeline line by line, so that it can go on: moves are spans at the left, figures bars at the right. */
export interface TimelineDrawing {
  add(entry: TimelineEntry): void;
}

export function drawTimeline(terminal: Terminal): TimelineDrawing {
  const spans = createSpans();
  return {
    add(entry) {
      const { event } = entry;
      const time = new Date(event.at).toISOString();
      const facts = `${spans.mark(entry)}${String(event.number).padStart(8)}  ${time}  ${event.type.padEnd(20)}`;
      const line = `${facts}  ${aboutEvent(event)}`.trimEnd();
      terminal.print(event.type === 'CommandRejected' ? styled(terminal, 'yellow', line) : line);
      for (const text of [...statesOf(entry), ...barsOf(entry)]) {
        terminal.print(`${spans.between()}${' '.repeat(INDENT)}${text}`);
      }
    },
  };
}

/** Under the type of the event. */
const INDENT = 36;

function barsOf({ classes }: TimelineEntry): readonly string[] {
  if (classes === undefined || classes.length === 0) {
    return classes === undefined ? [] : ['no inventory'];
  }
  const width = classes.reduce((longest, { class: name }) => Math.max(longest, name.length), 0);
  return classes.map(
    ({ class: name, charged, capacity }) =>
      `${name.padEnd(width)} ${bar(capacity === 0 ? 0 : charged / capacity, BAR_COLUMNS)} ${charged}/${capacity}`,
  );
}

function statesOf({ instance, moves = [] }: TimelineEntry): readonly string[] {
  const place = instance?.node === undefined ? '' : ` on ${instance.node}`;
  const charge = instance?.charge === undefined ? '' : `: ${chargeText(instance.charge)}`;
  return [
    ...(instance === undefined ? [] : [`${instance.status}${place}${charge}${releaseText(instance)}`]),
    ...moves.map(
      ({ kind, instance: of, source = 'shelf', destination, state, isError }) =>
        `${kind} of ${of}, ${source} -> ${destination}: ${state}${isError ? ', in error' : ''}`,
    ),
  ];
}

function releaseText({ becomes }: NonNullable<TimelineEntry['instance']>): string {
  return becomes === undefined ? '' : `, releasing, to be ${becomes === 'ended' ? 'dropped' : 'offloaded'}`;
}

interface Spans {
  /** The spans beside an event: those that begin, go on and end with it. */
  mark(entry: TimelineEntry): string;
  /** The spans beside what is told below an event. */
  between(): string;
}

/** Each open move has a column of its own, the first that is free when it begins. */
function createSpans(): Spans {
  const columns: (string | undefined)[] = [];

  function columnOf(moveId: string): number {
    const known = columns.indexOf(moveId);
    const free = known >= 0 ? known : columns.indexOf(undefined);
    return free >= 0 ? free : columns.length;
  }

  const drawn = (glyphs: readonly string[]): string => `${glyphs.join('').padEnd(WIDTH)} `;

  return {
    mark({ moves = [] }) {
      const marks = new Map<number, string>();
      for (const { moveId, state } of moves) {
        const column = columnOf(moveId);
        const isNew = columns[column] === undefined;
        const isOver = CLOSED.includes(state);
        marks.set(column, isOver ? '└' : isNew && state === 'claimed' ? '┌' : '├');
        columns[column] = isOver ? undefined : moveId;
      }
      const count = Math.max(columns.length, ...Array.from(marks.keys(), (column) => column + 1));
      return drawn(Array.from({ length: count }, (_unused, column) => marks.get(column) ?? glyphOf(columns[column])));
    },
    between: () => drawn(columns.map(glyphOf)),
  };
}

/** Columns kept free for spans, so that lines stay in line. */
const WIDTH = 3;

function glyphOf(moveId: string | undefined): string {
  return moveId === undefined ? ' ' : '│';
}
