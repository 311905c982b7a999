import type { CapacityAnswer, CapacityQuery } from '@fleetbook/contracts';
import type { Run } from '../call.ts';
import { printReasons } from '../output/reasons.ts';
import { printFacts, printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { readNodeQuestion } from '../session/node-question.ts';
import { question } from '../session/question.ts';

export const capacity: Run = async (call) => {
  const read = await readNodeQuestion(call);
  if (!read.ok) {
    return { failure: read.error };
  }
  const groupBy = call.args.text('group-by');
  const fields: CapacityQuery = {
    ...read.value,
    ...(groupBy === 'traits' || groupBy === 'aggregates' ? { groupBy } : {}),
  };
  return question(call, 'capacity', fields, { print: printCapacity, isYes: (answer) => answer.fits > 0 });
};

function printCapacity(terminal: Terminal, answer: CapacityAnswer): void {
  printFacts(terminal, [
    ['fit', fitsOf(answer)],
    ['on', `${fittingNodesOf(answer)} of ${answer.nodes} nodes`],
  ]);
  if (answer.groups.length > 0) {
    terminal.print('');
    printTable(
      terminal,
      [
        { title: 'group', cell: ({ names }) => (names.length === 0 ? '(none)' : names.join(' ')) },
        { title: 'nodes', cell: ({ nodes }) => nodes, isNumeric: true },
        { title: 'fitting', cell: fittingNodesOf, isNumeric: true },
        { title: 'fit', cell: fitsOf, isNumeric: true },
      ],
      answer.groups,
    );
  }
  if (answer.reasons.length > 0) {
    terminal.print('');
    printReasons(terminal, answer.reasons);
  }
}

function fitsOf({ fits, isComplete }: Pick<CapacityAnswer, 'fits' | 'isComplete'>): number | string {
  return isComplete ? fits : `at least ${fits}`;
}

function fittingNodesOf(counts: Pick<CapacityAnswer, 'fittingNodes' | 'unprovedNodes'>): number | string {
  return counts.unprovedNodes === 0 ? counts.fittingNodes : `at least ${counts.fittingNodes}`;
}
