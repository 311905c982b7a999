import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { fleetbookError } from '@fleetbook/contracts';
import { type Bookmark, ORIGIN } from '@fleetbook/event-log';
import { policiesOf } from '@fleetbook/tracker';
import type { ProvenCopy } from '../backup/prove-copy.ts';
import { type Call, type Ending, OK, type Run, usageFailure } from '../call.ts';
import { showProgress } from '../output/progress.ts';
import { printFacts } from '../output/table.ts';
import { appendCopy } from '../recovery/append-copy.ts';
import { commitsOf } from '../recovery/compare.ts';
import { giveUp, type Loss, lossOfLog } from '../recovery/give-up.ts';
import { markInAdvance } from '../recovery/known-marks.ts';
import { actorOf } from '../session/connection.ts';
import { openCopy } from '../session/copy-directory.ts';
import { orFailure } from '../session/log-at.ts';
import { openWritableLog, type WritableLog } from '../session/writable-log.ts';
import { checkBackup, noCopyIn } from './backup-check.ts';
import { knownEnds } from './log-recover/known-ends.ts';

export const backupRestore: Run = async (call): Promise<Ending> => {
  const directory = resolve(call.directory, call.args.word('DIR'));
  const checked = await orFailure(() => checkBackup(directory));
  if (!checked.ok) {
    return { failure: checked.error };
  }
  if (checked.value === undefined) {
    return { failure: noCopyIn(directory) };
  }
  const { proven } = checked.value;
  if (call.args.isSet('dry-run')) {
    return report(call, directory, proven, undefined);
  }
  if (!call.args.isSet('yes')) {
    const next = 'say --yes to restore it, or --dry-run to check it alone';
    return { failure: usageFailure(`The backup holds events 1 to ${proven.end.number}; nothing was restored`, next) };
  }
  const opened = await openWritableLog(call);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  try {
    const done = await orFailure(() => restore(call, opened.value, directory, proven));
    return done.ok ? done.value : { failure: done.error };
  } finally {
    await opened.value.close();
  }
};

async function restore(call: Call, opened: WritableLog, directory: string, proven: ProvenCopy): Promise<Ending> {
  const { cell, log, config, target } = opened;
  const actor = actorOf(call);
  if (!actor.ok) {
    return { failure: actor.error };
  }
  if ((await log.end()) !== ORIGIN.position) {
    return { failure: fleetbookError('LOG_NOT_EMPTY', { cell }) };
  }
  const { historyId, end } = proven;
  if (opened.directory !== undefined) {
    await markInAdvance(opened.directory, cell, { historyId, number: end.number, hash: end.hash });
  }
  const progress = showProgress(call.terminal, 'commits restored', proven.commits);
  const restored = await appendCopy(log, ORIGIN, commitsOf(cell, openCopy(directory)), () => progress.step());
  progress.done();
  if (!restored.ok) {
    return { failure: restored.error };
  }
  const facts = logFacts(proven, restored.value);
  const loss = lossOfLog(facts, await knownEnds(call, cell, target));
  if (!loss.ok) {
    return { failure: loss.error };
  }
  const reason = call.args.text('reason') ?? `restored from a backup that ends with event ${proven.end.number}`;
  const newHistory = await giveUp(log, facts, loss.value, {
    ...{ cell, reason, operator: actor.value, policies: policiesOf(config) },
    ...{ now: Date.now(), newId: randomUUID },
  });
  return newHistory.ok
    ? report(call, directory, proven, { historyId: newHistory.value, loss: loss.value })
    : { failure: newHistory.error };
}

function logFacts({ historyId, at }: ProvenCopy, logEnd: Bookmark) {
  return { logEnd, logAt: at, logLine: { historyId }, founder: undefined };
}

interface Restored {
  readonly historyId: string;
  readonly loss: Loss;
}

function report(call: Call, directory: string, proven: ProvenCopy, restored: Restored | undefined): Ending {
  const { cell, historyId, commits, end } = proven;
  if (call.args.isSet('json')) {
    const outcome = restored === undefined ? 'would-restore' : 'restored';
    const history = restored === undefined ? {} : { newHistoryId: restored.historyId, lostTo: restored.loss.lostTo };
    call.terminal.print(
      JSON.stringify({ outcome, directory, cell, historyId, commits, number: end.number, ...history }),
    );
    return OK;
  }
  printFacts(call.terminal, [
    ['backup', directory],
    ['cell', `${cell}, history ${historyId}`],
    ['holds', `events 1 to ${end.number}, in ${commits} commits`],
    ...(restored === undefined ? [] : [['goes on as', `history ${restored.historyId}`] as const]),
  ]);
  call.terminal.print(
    restored === undefined
      ? 'It is sound. Nothing was restored.'
      : 'It is restored. Start the services; each node takes claims again once its agent has reported all guests.',
  );
  return OK;
}
