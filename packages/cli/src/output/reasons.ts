import type { ReasonCount } from '@fleetbook/contracts';
import { type Column, printTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS: readonly Column<ReasonCount>[] = [
  { title: 'nodes', cell: ({ nodes }) => nodes, isNumeric: true },
  { title: 'because of', cell: ({ reason }) => reason },
  { title: 'class', cell: (count) => count.class ?? '' },
];

/** How many nodes do not serve a request, by the rule that each breaks first. */
export function printReasons(terminal: Terminal, reasons: readonly ReasonCount[]): void {
  printTable(terminal, COLUMNS, reasons);
}
