import type { Candidate, CandidatesAnswer, CandidatesQuery } from '@fleetbook/contracts';
import type { Run } from '../call.ts';
import { chargeText } from '../output/charge.ts';
import { printReasons } from '../output/reasons.ts';
import { type Column, printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { readNodeQuestion } from '../session/node-question.ts';
import { question } from '../session/question.ts';

export const candidates: Run = async (call) => {
  const { args } = call;
  const read = await readNodeQuestion(call);
  if (!read.ok) {
    return { failure: read.error };
  }
  const limit = args.number('limit');
  const seed = args.number('seed');
  const strategy = args.text('strategy');
  const fields: CandidatesQuery = {
    ...read.value,
    ...(limit === undefined ? {} : { limit }),
    ...(seed === undefined ? {} : { seed }),
    ...(strategy === 'pack' || strategy === 'spread' ? { strategy } : {}),
  };
  return question(call, 'candidates', fields, {
    print: printCandidates,
    isYes: (answer) => answer.candidates.length > 0,
  });
};

const COLUMNS: readonly Column<Candidate>[] = [
  { title: 'node', cell: ({ node }) => node },
  {
    title: 'headroom',
    cell: ({ classes }) => classes.map(({ class: name, headroom }) => `${name} ${headroom}`).join('  '),
  },
  { title: 'would charge', cell: ({ charge }) => chargeText(charge) },
];

function printCandidates(terminal: Terminal, answer: CandidatesAnswer): void {
  if (answer.candidates.length > 0) {
    printTable(terminal, COLUMNS, answer.candidates);
  } else {
    terminal.print(`none of ${answer.nodes} nodes can take it:`);
    printReasons(terminal, answer.reasons);
  }
  if (!answer.isComplete) {
    terminal.say('the work limit ended the search: a node left out may still fit');
  }
}
