import type { UsageAnswer } from '@fleetbook/contracts';
import { type Run, usageFailure } from '../call.ts';
import { printFigures, sum } from '../output/figures.ts';
import { printFacts, printTable } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { question } from '../session/question.ts';

const SCOPES = ['node', 'tenant', 'aggregate'] as const;

export const usage: Run = async (call) => {
  const named = SCOPES.flatMap((scope) => {
    const id = call.args.text(scope);
    return id === undefined ? [] : [{ [scope]: id }];
  });
  return named.length > 1
    ? { failure: usageFailure('--node, --tenant and --aggregate exclude each other') }
    : question(call, 'usage', named[0] ?? {}, { print: printUsage });
};

export function printUsage(terminal: Terminal, answer: UsageAnswer): void {
  printFacts(terminal, [
    ['of', answer.id === undefined ? answer.scope : `${answer.scope} ${answer.id}`],
    ['nodes', answer.nodes],
    ['claims', answer.claims],
  ]);
  terminal.print('');
  if (answer.scope === 'tenant') {
    printTable(
      terminal,
      [
        { title: 'class', cell: (line) => line.class },
        { title: 'charged', cell: sum('charged'), isNumeric: true },
      ],
      answer.classes,
    );
  } else {
    printFigures(terminal, answer.classes);
  }
}
