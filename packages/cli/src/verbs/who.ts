import type { HolderView } from '@fleetbook/contracts';
import type { Call, Run } from '../call.ts';
import { type Column, printTable } from '../output/table.ts';
import { ask, question } from '../session/question.ts';
import type { Source } from '../session/source.ts';

export const who: Run = (call) => {
  const what = call.args.optionalWord('WHAT');
  const fields = { node: call.args.word('NODE'), ...(what === undefined ? {} : { what }) };
  return question(call, 'holders', fields, {
    async print(terminal, { node, holders, isComplete }, source) {
      if (holders.length === 0) {
        const isThere = what === undefined || (await isKnown(call, source, node, what));
        const nothing = `there is no class, unit or provider ${what} on ${node}`;
        terminal.print(isThere ? `nobody holds ${what ?? 'anything'} on ${node}` : nothing);
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

/** Whether the node has it at that instant, held or not. */
async function isKnown(call: Call, source: Source, node: string, what: string): Promise<boolean> {
  const reply = await ask(call, source, 'node', { node });
  return (
    !reply.ok ||
    reply.value.answer.providers.some(
      ({ id, inventories }) =>
        id === what || inventories.some((each) => each.class === what || (each.units?.includes(what) ?? false)),
    )
  );
}

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
