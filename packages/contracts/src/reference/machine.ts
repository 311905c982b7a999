import type { Consequence, StateTable, Transition } from '@fleetbook/domain';
import { quoted, tableOf } from './markdown.ts';

type Cells = Readonly<Record<string, Readonly<Record<string, Transition<string>>>>>;

/** A state machine as its tables say. */
export interface Machine {
  readonly initial: string;
  /** The states it can be in, in their order. */
  readonly states: readonly string[];
  readonly inputs: readonly string[];
  readonly cellOf: (state: string, input: string) => Transition<string>;
  /** Among its states. */
  readonly consequences: readonly Consequence<string>[];
}

const reachedFrom = (cells: Cells, consequences: readonly Consequence<string>[], state: string): readonly string[] => [
  ...Object.values(cells[state] ?? {}).flatMap((cell) => (cell.kind === 'reach' ? [cell.state] : [])),
  ...consequences.flatMap(({ from, to }) => (from === state ? [to] : [])),
];

/** Leaves out the states of a table that nothing leads to. */
export const machineOf = <State extends string, Input extends string>(
  table: StateTable<State, Input>,
  initial: State,
  consequences: readonly Consequence<State>[] = [],
): Machine => {
  const cells: Cells = table;
  const reached = new Set<string>([initial]);
  for (const state of reached) for (const next of reachedFrom(cells, consequences, state)) reached.add(next);
  return {
    initial,
    states: Object.keys(cells).filter((state) => reached.has(state)),
    inputs: Object.keys(cells[initial] ?? {}),
    cellOf: (state, input) => {
      const cell = cells[state]?.[input];
      if (cell === undefined) throw new Error(`no cell ${state} × ${input}`);
      return cell;
    },
    consequences: consequences.filter(({ from }) => reached.has(from)),
  };
};

const cellText = (cell: Transition<string>, state: string): string => {
  switch (cell.kind) {
    case 'reach':
      return cell.state === state ? 'recorded' : `→ **${cell.state}**`;
    case 'unchanged':
      return 'unchanged';
    case 'refuse':
      return quoted(cell.code);
  }
};

/** Every state × every input. */
export const cellTable = ({ states, inputs, cellOf }: Machine, rows: 'inputs' | 'states'): string => {
  const textAt = (state: string, input: string): string => cellText(cellOf(state, input), state);
  return rows === 'inputs'
    ? tableOf(
        ['', ...states],
        inputs.map((input) => [quoted(input), ...states.map((state) => textAt(state, input))]),
      )
    : tableOf(
        ['', ...inputs.map(quoted)],
        states.map((state) => [`**${state}**`, ...inputs.map((input) => textAt(state, input))]),
      );
};

export const consequenceTable = ({ consequences }: Machine): string =>
  tableOf(
    ['from', 'to', 'by the event'],
    consequences.map(({ from, to, by }) => [`**${from}**`, `**${to}**`, by.map(quoted).join(', ')]),
  );

interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

const arrowsOf = ({ states, inputs, cellOf, consequences }: Machine): readonly Arrow[] => [
  ...states.flatMap((from) =>
    inputs.flatMap((label): Arrow[] => {
      const cell = cellOf(from, label);
      return cell.kind === 'reach' && cell.state !== from ? [{ from, to: cell.state, label }] : [];
    }),
  ),
  ...consequences.flatMap(({ from, to, by }) => by.map((type): Arrow => ({ from, to, label: `event ${type}` }))),
];

/** The changes of state as a Mermaid diagram, one arrow for all that lead from one state to the same other one. */
export const diagramOf = (machine: Machine): string => {
  const labels = new Map<string, string[]>();
  for (const { from, to, label } of arrowsOf(machine)) {
    const arrow = `${from} --> ${to}`;
    labels.set(arrow, [...(labels.get(arrow) ?? []), label]);
  }
  const arrows = [...labels].map(([arrow, names]) => `  ${arrow} : ${names.join(', ')}`);
  const left = new Set(arrowsOf(machine).map(({ from }) => from));
  const ends = machine.states.filter((state) => !left.has(state)).map((state) => `  ${state} --> [*]`);
  return ['```mermaid', 'stateDiagram-v2', `  [*] --> ${machine.initial}`, ...arrows, ...ends, '```'].join('\n');
};
