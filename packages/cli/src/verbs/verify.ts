import { fail, type Result, succeed } from '@fleetbook/domain';
import type { Call, Ending, Failure, Run } from '../call.ts';
import { showVerification } from '../output/verification.ts';
import { openCallLog } from '../session/log.ts';
import { type OpenLog, orFailure } from '../session/log-at.ts';
import { type AskedRange, rangeOf } from '../session/log-range.ts';
import { askRunningMarks } from '../session/running-marks.ts';
import { compareNode } from '../verify/compare-node.ts';
import { foldLog } from '../verify/fold-log.ts';
import { askDirectoryDigest, askLiveDigests, type LiveDigest } from '../verify/live-digests.ts';
import { type NodeExport, readNodeExport } from '../verify/node-export.ts';

export const verify: Run = async (call) => {
  const said = await readExports(call);
  if (!said.ok) {
    return { failure: said.error };
  }
  const opened = await openCallLog(call);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  try {
    return await prove(call, opened.value, said.value);
  } finally {
    await opened.value.close();
  }
};

async function prove(call: Call, opened: OpenLog, said: readonly NodeExport[]): Promise<Ending> {
  const { log, target } = opened;
  const isPart = Object.keys(askedOf(call)).length > 0;
  const isWhole = !isPart && (opened.incident?.from ?? 1) === 1;
  // Services say what they have at the end of the log, which a range with an end of its own does not come to.
  const reachesEnd = call.args.text('to') === undefined;
  const live = await liveDigests(call, opened, { isWhole, reachesEnd });
  if (!live.ok) {
    return { failure: untrusted(live.error) };
  }
  const marks = target === undefined || !isWhole ? [] : await askRunningMarks(target);
  const ranged = await rangeOf(call, opened, askedOf(call));
  if (!ranged.ok) {
    // A wrong question says nothing about the log.
    const { error } = ranged;
    return { failure: WRONG_QUESTIONS.includes(error.code) ? error : untrusted(error) };
  }
  const range = ranged.value;
  const options = { marks, ...(range === undefined ? {} : { range }) };
  const folded = await orFailure(() => foldLog(log, live.value.flatMap(numberOf), options));
  if (!folded.ok) {
    return { failure: untrusted(folded.error) };
  }
  const nodes = said.map((each) => compareNode(folded.value.ledger, each));
  const unread = reachesEnd ? 0 : (await log.end()) - folded.value.end.position;
  return showVerification(call, { folded: folded.value, range, services: live.value, nodes, unread });
}

function askedOf({ args }: Call): AskedRange {
  const [from, to] = [args.text('from'), args.text('to')];
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

/** Of services that run; of a file what it states; of a directory, for which all of it has to be folded. */
async function liveDigests(
  call: Call,
  opened: OpenLog,
  { isWhole, reachesEnd }: { readonly isWhole: boolean; readonly reachesEnd: boolean },
): Promise<Result<readonly LiveDigest[], Failure>> {
  const { target, incident } = opened;
  if (target !== undefined) {
    return reachesEnd ? askLiveDigests(call, target) : succeed([]);
  }
  if (incident !== undefined) {
    return succeed([{ service: 'file', number: incident.to, digest: incident.digest }]);
  }
  return isWhole ? askDirectoryDigest(opened) : succeed([]);
}

/** Before anything is opened: a proof takes its time, and a file that cannot be read should not cost it. */
async function readExports(call: Call): Promise<Result<readonly NodeExport[], Failure>> {
  const exports: NodeExport[] = [];
  for (const name of call.args.texts('against')) {
    const said = await readNodeExport(call, name);
    if (!said.ok) {
      return fail(said.error);
    }
    exports.push(said.value);
  }
  return succeed(exports);
}

const WRONG_QUESTIONS: readonly string[] = ['NO_SUCH_INSTANT', 'INVALID_FIELD'];

function untrusted(error: Failure): Failure {
  return { ...error, document: { isTrusted: false, error } };
}

function numberOf(live: LiveDigest): number[] {
  return 'number' in live ? [live.number] : [];
}
