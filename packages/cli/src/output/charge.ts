import type { ChargeLine } from '@fleetbook/domain';
import { type Column, printTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS: readonly Column<ChargeLine>[] = [
  { title: 'provider', cell: ({ provider }) => provider },
  { title: 'class', cell: (line) => line.class },
  { title: 'amount', cell: ({ amount }) => amount, isNumeric: true },
  { title: 'units', cell: ({ units }) => units?.join(' ') ?? '' },
];

/** What a claim is charged, line by line. */
export function printCharge(terminal: Terminal, charge: readonly ChargeLine[]): void {
  printTable(terminal, COLUMNS, charge);
}

/** A charge in one line: `gpu-0 CUSTOM_GPU 2 (a b), node-1 VCPU 8`. */
export function chargeText(charge: readonly ChargeLine[]): string {
  return charge
    .map(({ provider, class: name, amount, units }) => {
      const named = units === undefined ? '' : ` (${units.join(' ')})`;
      return `${provider} ${name} ${amount}${named}`;
    })
    .join(', ');
}
