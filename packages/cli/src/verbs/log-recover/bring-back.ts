import { type Call, type Ending, OK, usageFailure } from '../../call.ts';
import { showProgress } from '../../output/progress.ts';
import { printFacts } from '../../output/table.ts';
import { appendCopy } from '../../recovery/append-copy.ts';
import { type Comparison, commitsOf, compareCopy } from '../../recovery/compare.ts';
import { findCopy, openCopy } from '../../session/copy-directory.ts';
import type { OpenLog } from '../../session/log-at.ts';
import { stillMissing } from './known-ends.ts';

/** Appends to a log what a copy has beyond its end. */
export async function bringBack(call: Call, { cell, log, target }: OpenLog, from: string): Promise<Ending> {
  const directory = await findCopy(call, from, cell);
  if (directory === undefined) {
    return { failure: usageFailure(`There is no copy of cell ${cell} in ${from}`, 'name an archive or a backup') };
  }
  const compared = await compareCopy(cell, log, openCopy(directory));
  const { commits, logEnd, copyEnd } = compared;
  const isDryRun = call.args.isSet('dry-run');
  if (commits > 0 && !isDryRun) {
    if (!call.args.isSet('yes')) {
      show(call, compared, cell);
      return { failure: usageFailure('Nothing was appended', 'say --yes to append it, or --dry-run to see it alone') };
    }
    const progress = showProgress(call.terminal, 'commits brought back', commits);
    const appended = await appendCopy(log, logEnd, commitsOf(cell, openCopy(directory)), () => progress.step());
    progress.done();
    if (!appended.ok) {
      return { failure: appended.error };
    }
    const after = await compareCopy(cell, log, openCopy(directory));
    if (after.logEnd.number !== copyEnd) {
      throw new Error(`the log ends with event ${after.logEnd.number} after ${copyEnd} was appended`);
    }
  }
  const missing = await stillMissing(call, cell, target, compared.line, Math.max(copyEnd, logEnd.number));
  if (call.args.isSet('json')) {
    const outcome = commits === 0 ? 'unchanged' : isDryRun ? 'would-recover' : 'recovered';
    const events = commits === 0 ? {} : { from: logEnd.number + 1, to: copyEnd };
    call.terminal.print(JSON.stringify({ outcome, cell, logEnd: logEnd.number, copyEnd, commits, ...events, missing }));
  } else {
    show(call, compared, cell);
    call.terminal.print(sentence(compared, isDryRun));
    if (missing !== undefined) {
      const [events, are] = missing.from === missing.to ? ['Event', 'is'] : ['Events', 'are'];
      const range = rangeOf(missing.from, missing.to);
      call.terminal.print(`${events} ${range} ${are} known to have been durable, and ${are} missing still.`);
    }
  }
  return OK;
}

function show(call: Call, { logEnd, copyEnd, commits, line, firstAt, lastAt }: Comparison, cell: string): void {
  printFacts(call.terminal, [
    ['cell', `${cell}, history ${line?.historyId ?? 'none'}`],
    ['log', `ends with event ${logEnd.number}`],
    ['copy', `ends with event ${copyEnd}, and agrees with the log as far as both go`],
    ...(commits === 0
      ? []
      : [['beyond the log', `events ${logEnd.number + 1} to ${copyEnd}, in ${commits} commits`] as const]),
    ...(firstAt === undefined || lastAt === undefined
      ? []
      : [['written', `${new Date(firstAt).toISOString()} to ${new Date(lastAt).toISOString()}`] as const]),
  ]);
}

function sentence({ commits, logEnd, copyEnd }: Comparison, isDryRun: boolean): string {
  if (commits === 0) {
    return 'The log has all that the copy has: there is nothing to bring back.';
  }
  const first = logEnd.number + 1;
  const [events, are] = first === copyEnd ? ['Event', 'is'] : ['Events', 'are'];
  const range = `${events} ${rangeOf(first, copyEnd)}`;
  return isDryRun
    ? `${range} would be appended, byte for byte. Nothing was changed.`
    : `${range} ${are} in the log again, byte for byte. Start the trackers: one takes office by an election as ever.`;
}

function rangeOf(from: number, to: number): string {
  return from === to ? String(from) : `${from} to ${to}`;
}
