import type { Figures } from '@fleetbook/contracts';
import { type Column, printTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS: readonly Column<Figures>[] = [
  { title: 'class', cell: (figures) => figures.class },
  { title: 'total', cell: ({ total }) => total, isNumeric: true },
  { title: 'reserved', cell: ({ reserved }) => reserved, isNumeric: true },
  { title: 'capacity', cell: ({ capacity }) => capacity, isNumeric: true },
  { title: 'charged', cell: ({ charged }) => charged, isNumeric: true },
  { title: 'headroom', cell: ({ headroom }) => headroom, isNumeric: true },
  { title: 'charged %', cell: ({ charged, capacity }) => percent(charged, capacity), isNumeric: true },
];

/** A table of resource classes. */
export function printFigures(terminal: Terminal, figures: readonly Figures[]): void {
  printTable(terminal, COLUMNS, figures);
}

function percent(charged: number, capacity: number): string {
  return capacity === 0 ? '-' : ((100 * charged) / capacity).toFixed(1);
}
