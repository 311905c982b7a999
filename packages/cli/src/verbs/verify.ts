import { type Call, type Ending, type Failure, NO, OK, type Run } from '../call.ts';
import { printFacts, styled } from '../output/table.ts';
import { openCallLog } from '../session/log.ts';
import { orFailure } from '../session/log-at.ts';
import { askRunningMarks } from '../session/running-marks.ts';
import { type FoldedLog, foldLog } from '../verify/fold-log.ts';
import { askDirectoryDigest, askLiveDigests, type LiveDigest } from '../verify/live-digests.ts';

/** A running service's digest beside that of the replay at the same event. */
interface Comparison {
  readonly service: string;
  readonly text: string;
  /** Undefined where nothing could be compared. */
  readonly isEqual: boolean | undefined;
}

export const verify: Run = async (call) => {
  const opened = await openCallLog(call);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  const { log, target, close } = opened.value;
  try {
    const live = await (target === undefined ? askDirectoryDigest(opened.value) : askLiveDigests(call, target));
    if (!live.ok) {
      return { failure: untrusted(live.error) };
    }
    const marks = target === undefined ? [] : await askRunningMarks(target);
    const folded = await orFailure(() => foldLog(log, live.value.flatMap(numberOf), marks));
    return folded.ok ? show(call, folded.value, live.value) : { failure: untrusted(folded.error) };
  } finally {
    await close();
  }
};

function untrusted(error: Failure): Failure {
  return { ...error, document: { isTrusted: false, error } };
}

function numberOf(live: LiveDigest): number[] {
  return 'number' in live ? [live.number] : [];
}

function show(call: Call, folded: FoldedLog, services: readonly LiveDigest[]): Ending {
  const comparisons = services.map((live) => compare(live, folded));
  const faults = [
    ...(folded.replay === folded.reference ? [] : ['replay and reference differ']),
    ...folded.violations,
    ...folded.checkpoints.refuted.map((upTo) => `the checkpoint of event ${upTo} and replay differ`),
    ...comparisons.flatMap(({ service, isEqual }) => (isEqual === false ? [`${service} and replay differ`] : [])),
  ];
  const isTrusted = faults.length === 0;
  const { historyId, commits, end, number, replay, reference, checkpoints } = folded;
  if (call.args.isSet('json')) {
    const log = { historyId, commits, events: end.number, hash: end.hash };
    call.terminal.print(
      JSON.stringify({ isTrusted, faults, log, number, replay, reference, checkpoints, live: services }),
    );
    return isTrusted ? OK : NO;
  }
  printFacts(call.terminal, [
    ['log', `${commits} commits, ${end.number} events, history ${historyId}`],
    ['chain', `sound up to event ${end.number}: ${end.hash}`],
    ['replay', `${replay} at event ${number}`],
    ['reference', `${reference} at event ${number}`],
    ...checkpointFacts(checkpoints),
    ...comparisons.map(({ service, text }) => [service, text] as const),
  ]);
  const equal = ['reference', ...comparisons.filter(({ isEqual }) => isEqual).map(({ service }) => service)];
  call.terminal.print(
    isTrusted
      ? styled(
          call.terminal,
          'green',
          `It can be trusted: the chain is whole, and replay = ${equal.join(' = ')}${provedText(folded)}.`,
        )
      : styled(call.terminal, 'red', `It cannot be trusted: ${faults.join('; ')}.`),
  );
  return isTrusted ? OK : NO;
}

/** Nothing where a log is too young to have any. */
function checkpointFacts({
  proved,
  refuted,
  revoked,
}: FoldedLog['checkpoints']): readonly (readonly [string, string])[] {
  const newest = proved.at(-1);
  const agree = newest === undefined ? [] : [`${proved.length} proved, the newest of event ${newest}`];
  const differ = refuted.length === 0 ? [] : [`differ: ${refuted.map((upTo) => `of event ${upTo}`).join(', ')}`];
  const given = revoked.length === 0 ? [] : [`${revoked.length} revoked`];
  const texts = [...agree, ...differ, ...given];
  return texts.length === 0 ? [] : [['checkpoints', texts.join('; ')]];
}

/** In the one line. */
function provedText({ checkpoints: { proved } }: FoldedLog): string {
  const newest = proved.at(-1);
  return newest === undefined ? '' : `, with ${proved.length} checkpoints up to event ${newest}`;
}

function compare(live: LiveDigest, { digestAt }: FoldedLog): Comparison {
  const { service } = live;
  if ('silent' in live) {
    return { service, text: `does not answer (${live.silent})`, isEqual: undefined };
  }
  const replayed = digestAt.get(live.number);
  const isEqual = replayed === live.digest;
  const found = `${live.digest} at event ${live.number}`;
  return {
    service,
    text: isEqual ? found : `${found}, replay has ${replayed ?? 'no commit that ends there'}`,
    isEqual,
  };
}
