import type { HolderView } from '@fleetbook/contracts';
import type { Run } from '../call.ts';
import { type Column, printTable } from '../output/table.ts';
import { question } from '../session/question.ts';

export const who: Run = (call) => {
  const what = call.args.optionalWord('WHAT');
  const fields = { node: call.args.word('NODE'), ...(what === undefined ? {} : { what }) };
  return question(call, 'holders', fields, {
    print(terminal, { node, holders, isComplete }) {
      if (holders.length === 0) {
        terminal.print(`nobody holds ${what ?? 'anything'} on ${node}`);
        return;
      }
      printTable(terminal, COLUMNS, holders);
      if (!isComplete) {
        terminal.say('there are more: name a class, unit or provider');
      }
    },
    isYes: ({ holders }) => holders.length > 0,
  });
};

const COLUMNS: readonly Column<HolderView>[] = [
  { title: 'instance', cell: ({ instance }) => instance },
  { title: 'tenant', cell: ({ tenant = '' }) => tenant },
  { title: 'by', cell: ({ claimId, moveId, side }) => (claimId === undefined ? `move ${moveId}, ${side}` : claimId) },
  { title: 'state', cell: ({ state }) => state },
  { title: 'provider', cell: ({ provider }) => provider },
  { title: 'class', cell: (holder) => holder.class },
  { title: 'amount', cell: ({ amount }) => amount, isNumeric: true },
  { title: 'units', cell: ({ units = [] }) => units.join(' ') },
];
