import type { Terminal } from './terminal.ts';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const CODES: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 };

/** A text for people, coloured where the terminal shows colours. */
export function styled(terminal: Terminal, style: Style, text: string): string {
  return terminal.hasColour ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text;
}

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string | number;
  /** Numbers stand at the right of their column. */
  readonly isNumeric?: true;
}

/** Prints rows under aligned titles; a line longer than the terminal is cut, a pipe gets everything. */
export function printTable<Row>(terminal: Terminal, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const texts = rows.map((row) => columns.map(({ cell }) => formatCell(cell(row))));
  const widths = columns.map(({ title }, index) =>
    texts.reduce((width, cells) => Math.max(width, cells[index]?.length ?? 0), title.length),
  );
  const align = (cells: readonly string[]): string =>
    cells
      .map((text, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.isNumeric ? text.padStart(width) : text.padEnd(width);
      })
      .join('  ')
      .trimEnd()
      .slice(0, terminal.columns);
  terminal.print(styled(terminal, 'bold', align(columns.map(({ title }) => title))));
  for (const cells of texts) {
    terminal.print(align(cells));
  }
}

/** Prints `name  value` lines, the values aligned. */
export function printFacts(terminal: Terminal, facts: readonly (readonly [string, string | number])[]): void {
  const width = facts.reduce((longest, [name]) => Math.max(longest, name.length), 0);
  for (const [name, value] of facts) {
    terminal.print(`${styled(terminal, 'bold', name.padEnd(width))}  ${formatCell(value)}`);
  }
}

const formatCell = (value: string | number): string =>
  typeof value === 'number' ? value.toLocaleString('en-US', { useGrouping: true }) : value;
