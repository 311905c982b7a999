import { expect, it } from 'vitest';
import { printFacts, printTable, styled } from './table.ts';
import type { Terminal } from './terminal.ts';

function terminal(facts: Partial<Terminal> = {}): Terminal & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    print: (line) => void lines.push(line),
    say: () => undefined,
    readInput: async () => new Uint8Array(),
    isInteractive: false,
    hasColour: false,
    columns: Number.POSITIVE_INFINITY,
    ...facts,
  };
}

const COLUMNS = [
  { title: 'name', cell: ({ name }: { name: string }) => name },
  { title: 'size', cell: ({ size }: { size: number }) => size, isNumeric: true },
] as const;

const ROWS = [
  { name: 'a', size: 5 },
  { name: 'longer', size: 12_345 },
];

it('aligns texts left and numbers right', () => {
  const shown = terminal();
  printTable(shown, COLUMNS, ROWS);
  expect(shown.lines).toEqual(['name      size', 'a            5', 'longer  12,345']);
});

it('cuts lines at the edge of a terminal only', () => {
  const shown = terminal({ columns: 6 });
  printTable(shown, COLUMNS, ROWS);
  expect(shown.lines).toEqual(['name  ', 'a     ', 'longer']);
});

it('aligns facts', () => {
  const shown = terminal();
  printFacts(shown, [
    ['id', 'x'],
    ['count', 1_000],
  ]);
  expect(shown.lines).toEqual(['id     x', 'count  1,000']);
});

it('colours only where colours are shown', () => {
  expect(styled(terminal(), 'red', 'no')).toBe('no');
  expect(styled(terminal({ hasColour: true }), 'red', 'no')).toBe('\u001B[31mno\u001B[0m');
});
