import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { policiesOf } from '@fleetbook/tracker';
import type { ProvenCopy } from '../backup/prove-copy.ts';
import { type Call, type Ending, type Failure, OK, type Run, usageFailure } from '../call.ts';
import { showProgress } from '../output/progress.ts';
import { printFacts } from '../output/table.ts';
import { type Restored, restoreCopy } from '../recovery/restore.ts';
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
    return { failure: await noCopyIn(directory) };
  }
  const { proven, manifest } = checked.value;
  if (manifest === undefined) {
    return { failure: noBackup(directory) };
  }
  if (call.args.isSet('dry-run')) {
    return report(call, directory, proven, undefined);
  }
  if (!call.args.isSet('yes')) {
    const next = 'say --yes to restore it, or --dry-run to check it alone';
    return { failure: usageFailure(`The backup holds events 1 to ${proven.end.number}; nothing was restored`, next) };
  }
  // Asked for before anything is made: what is begun keeps services away until it is ended.
  const actor = actorOf(call);
  if (!actor.ok) {
    return { failure: actor.error };
  }
  const { cell, historyId, end } = proven;
  const opened = await openWritableLog(call, { cell, historyId, number: end.number, hash: end.hash });
  if (!opened.ok) {
    return { failure: opened.error };
  }
  try {
    const done = await orFailure(() => restore(call, opened.value, { directory, proven, operator: actor.value }));
    return done.ok ? done.value : { failure: done.error };
  } finally {
    await opened.value.close();
  }
};

interface Wish {
  readonly directory: string;
  readonly proven: ProvenCopy;
  readonly operator: string;
}

async function restore(call: Call, opened: WritableLog, { directory, proven, operator }: Wish): Promise<Ending> {
  const { cell, log, config, target } = opened;
  const reason = call.args.text('reason') ?? `restored from a backup that ends with event ${proven.end.number}`;
  const progress = showProgress(call.terminal, 'commits restored', proven.commits);
  const restored = await restoreCopy({
    ...{ log, proven, parts: () => openCopy(directory) },
    facts: {
      ...{ cell, reason, operator, policies: policiesOf(config) },
      ...{ now: Date.now(), newId: randomUUID },
    },
    known: () => knownEnds(call, cell, target),
    onBegin: (commits) => repeat(commits, () => progress.step()),
    onCommit: () => progress.step(),
  });
  progress.done();
  return restored.ok ? report(call, directory, proven, restored.value) : { failure: restored.error };
}

function repeat(times: number, work: () => void): void {
  for (let time = 0; time < times; time += 1) {
    work();
  }
}

/** Its end may be anywhere: a restored log would be taken for whole. */
function noBackup(directory: string): Failure {
  return usageFailure(
    `There is no manifest in ${directory}: it is an archive, or a backup that was not finished`,
    'finish it with backup create --to, or bring its events into the log that lost them with log recover --from',
  );
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
