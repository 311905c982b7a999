import { randomUUID } from 'node:crypto';
import { policiesOf } from '@fleetbook/tracker';
import { type Call, type Ending, OK, usageFailure } from '../../call.ts';
import { printFacts } from '../../output/table.ts';
import { type Comparison, compareCopy } from '../../recovery/compare.ts';
import { giveUp, type Loss, lossOfLog } from '../../recovery/give-up.ts';
import type { KnownEnd } from '../../recovery/known-marks.ts';
import { readConfig } from '../../session/config.ts';
import { actorOf } from '../../session/connection.ts';
import { findCopy, openCopy } from '../../session/copy-directory.ts';
import type { OpenLog } from '../../session/log-at.ts';
import { knownEnds } from './known-ends.ts';

/** Lets a log go on under a new history, without the events that it lost. */
export async function acceptLoss(call: Call, opened: OpenLog, from: string | undefined): Promise<Ending> {
  const { cell, log, target } = opened;
  const actor = actorOf(call);
  const config = readConfig(call.environment);
  if (!actor.ok || !config.ok) {
    return { failure: actor.ok ? usageFailure('The settings cannot be read') : actor.error };
  }
  const copy = from ?? config.value.archiveDirectory;
  const directory = copy === undefined ? undefined : await findCopy(call, copy, cell);
  const compared = await compareCopy(cell, log, directory === undefined ? nothing() : openCopy(directory));
  const loss = lossOfLog(compared, [
    ...(await knownEnds(call, cell, target)),
    ...endOfCopy(compared),
    ...statedEnd(call, compared),
  ]);
  if (!loss.ok) {
    return { failure: loss.error };
  }
  const reason = call.args.text('reason') ?? '';
  const isDryRun = call.args.isSet('dry-run');
  const isMeant = call.args.isSet('yes') && !isDryRun;
  if (!call.args.isSet('json')) {
    show(call, loss.value, compared, cell);
  }
  if (isNothing(loss.value, compared)) {
    reportNothing(call, cell, loss.value);
    return OK;
  }
  if (!isMeant && !isDryRun) {
    return { failure: usageFailure('Nothing was written', 'say --yes to give these events up for ever') };
  }
  const newHistory = isMeant
    ? await giveUp(log, compared, loss.value, {
        ...{ cell, reason, operator: actor.value, policies: policiesOf(config.value) },
        ...{ now: Date.now(), newId: randomUUID },
      })
    : undefined;
  if (newHistory?.ok === false) {
    return { failure: newHistory.error };
  }
  report(call, cell, loss.value, newHistory?.value);
  return OK;
}

async function* nothing(): AsyncGenerator<never> {}

/** A copy that has more than the log could bring it back: giving up in spite of it is the operator's word. */
function endOfCopy({ commits, copyEnd, line }: Comparison): readonly KnownEnd[] {
  return commits === 0 || line === undefined ? [] : [{ source: 'copy', historyId: line.historyId, number: copyEnd }];
}

function statedEnd(call: Call, { logLine }: Comparison): readonly KnownEnd[] {
  const number = call.args.number('lost-to');
  return number === undefined || logLine === undefined
    ? []
    : [{ source: '--lost-to', historyId: logLine.historyId, number }];
}

function show(call: Call, { from, keptTo, lostTo, known }: Loss, { logAt, commits }: Comparison, cell: string): void {
  printFacts(call.terminal, [
    ['cell', `${cell}, history ${from}`],
    ['kept', keptTo === 0 ? 'nothing' : `events 1 to ${keptTo}, the last of ${new Date(logAt).toISOString()}`],
    ['lost', lostTo === keptTo ? 'nothing that is known of' : `events ${keptTo + 1} to ${lostTo}`],
    ...known.map(({ source, number }) => ['known to', `${source}: event ${number}`] as const),
  ]);
  if (commits > 0) {
    call.terminal.say(`A copy has ${commits} commits beyond the log: fleetbook log recover --from brings them back.`);
  }
}

/** What is founded anew is not done before it is forked. */
function isNothing({ keptTo, lostTo }: Loss, { logEnd }: Comparison): boolean {
  return keptTo === lostTo && keptTo === logEnd.number;
}

function reportNothing({ args, terminal }: Call, cell: string, loss: Loss): void {
  terminal.print(
    args.isSet('json')
      ? JSON.stringify({ outcome: 'unchanged', cell, ...loss })
      : 'There is nothing to give up, and nothing was changed. --lost-to names what a service elsewhere knows of.',
  );
}

function report(call: Call, cell: string, loss: Loss, newHistoryId: string | undefined): void {
  const { terminal } = call;
  if (call.args.isSet('json')) {
    const outcome = newHistoryId === undefined ? 'would-accept-loss' : 'loss-accepted';
    terminal.print(JSON.stringify({ outcome, cell, ...loss, ...(newHistoryId === undefined ? {} : { newHistoryId }) }));
    return;
  }
  terminal.print(
    newHistoryId === undefined
      ? 'The log would go on without them under a new history. Nothing was changed.'
      : `The log goes on as history ${newHistoryId}. Start the services; each node takes claims again once its agent ` +
          'has reported all guests (fleetbook attention lists them).',
  );
}
