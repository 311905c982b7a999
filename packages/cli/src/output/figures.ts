import type { Figures } from '@fleetbook/contracts';
import { type Column, printTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS: readonly Column<Figures>[] = [
  { title: 'class', cell: (figures) => figures.class },
  { title: 'total', cell: sum('total'), isNumeric: true },
  { title: 'reserved', cell: sum('reserved'), isNumeric: true },
  { title: 'capacity', cell: sum('capacity'), isNumeric: true },
  { title: 'charged', cell: sum('charged'), isNumeric: true },
  { title: 'headroom', cell: sum('headroom'), isNumeric: true },
  { title: 'charged %', cell: chargedPercent, isNumeric: true },
];

/** A table of resource classes. */
export function printFigures(terminal: Terminal, figures: readonly Figures[]): void {
  printTable(terminal, COLUMNS, figures);
}

/** A column of a sum: exact, also where a number could not hold it. */
export function sum<Name extends string>(
  name: Name,
): (
  row: Readonly<Record<Name, number>> & { readonly exact?: Readonly<Partial<Record<Name, string>>> },
) => number | string {
  return (row) => row.exact?.[name] ?? row[name];
}

function chargedPercent(figures: Figures): string {
  const [charged, capacity] = [Number(sum('charged')(figures)), Number(sum('capacity')(figures))];
  return capacity === 0 ? '-' : ((100 * charged) / capacity).toFixed(1);
}
