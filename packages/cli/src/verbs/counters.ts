import type { CountersAnswer } from '@fleetbook/contracts';
import { type Run, usageFailure } from '../call.ts';
import { printFacts } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';
import { question } from '../session/question.ts';

export const counters: Run = async (call) => {
  const [node, tenant] = [call.args.text('node'), call.args.text('tenant')];
  if (node !== undefined && tenant !== undefined) {
    return { failure: usageFailure('--node and --tenant exclude each other') };
  }
  const fields = node === undefined ? (tenant === undefined ? {} : { tenant }) : { node };
  return question(call, 'counters', fields, { print: printCounters });
};

function printCounters(terminal: Terminal, answer: CountersAnswer): void {
  printFacts(terminal, [
    ['of', answer.id === undefined ? answer.scope : `${answer.scope} ${answer.id}`],
    ['instances', answer.instances],
    ['guests by state', countsText(answer.byVm)],
    ['guests by task', countsText(answer.byTask)],
    ['guests by system', countsText(answer.byOsType)],
    ['instances by tenant', countsText(answer.byTenant)],
    ['guests at work', answer.workload],
    ['that load disks', answer.ioWorkload],
    ['failed builds', answer.failedBuilds],
  ]);
}

function countsText(counts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none'
  );
}
