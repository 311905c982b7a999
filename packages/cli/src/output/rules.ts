import type { BrokenRule } from '@fleetbook/domain';
import type { Column } from './table.ts';

export const numeric = <Row>(title: string, cell: (row: Row) => string | number): Column<Row> => ({
  title,
  cell,
  isNumeric: true,
});

/** What a node is short of, rule by rule, with its figures; what a charge to be replaced holds, where there is one. */
export function ruleColumns(rules: readonly BrokenRule[]): readonly Column<BrokenRule>[] {
  return rules.some(({ held }) => held !== undefined) ? [...RULE_COLUMNS, HELD_COLUMN] : RULE_COLUMNS;
}

const HELD_COLUMN = numeric<BrokenRule>('of it held by the instance', ({ held }) => held ?? '');

const RULE_COLUMNS: readonly Column<BrokenRule>[] = [
  { title: 'group', cell: ({ group }) => group },
  { title: 'class', cell: (row) => row.class },
  { title: 'rule', cell: ({ rule }) => rule },
  numeric('requested', ({ requested, count = 1 }) => (count === 1 ? requested : `${count} x ${requested}`)),
  numeric('capacity', ({ capacity }) => capacity),
  numeric('charged', ({ charged }) => charged),
  numeric('headroom', ({ headroom }) => headroom),
  numeric('largest free', ({ largestFree }) => largestFree),
];
