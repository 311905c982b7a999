import { fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import type { EventLog } from '@fleetbook/event-log';
import type { CopyPart } from '@fleetbook/projector/archive';
import type { ProvenCopy } from '../backup/prove-copy.ts';
import type { Failure } from '../call.ts';
import { appendCopy } from './append-copy.ts';
import { type Comparison, commitsOf, compareCopy } from './compare.ts';
import { type GivingUp, giveUp, type Loss, lossOfLog } from './give-up.ts';
import type { KnownEnd } from './known-marks.ts';

export interface RestoreOptions {
  /** Opened for this restore. */
  readonly log: EventLog;
  readonly proven: ProvenCopy;
  /** Reads the copy from its beginning. */
  readonly parts: () => AsyncIterable<CopyPart>;
  readonly facts: GivingUp;
  /** How far services know the history to have been durable. */
  readonly known: () => Promise<readonly KnownEnd[]>;
  /** @param commits that are there already, of an earlier attempt. */
  readonly onBegin: (commits: number) => void;
  readonly onCommit: () => void;
}

export interface Restored {
  readonly historyId: string;
  readonly loss: Pick<Loss, 'keptTo' | 'lostTo'>;
}

/**
 * Puts into the log what a backup holds and an earlier attempt has not put there, lets it go on as a new history, and
 * opens it to others. Error: LOG_NOT_EMPTY where something else than this restore has written to it. Throws CopyError
 * MISMATCH where the log holds another commit than the backup.
 */
export async function restoreCopy(options: RestoreOptions): Promise<Result<Restored, Failure>> {
  const { log, proven, parts, facts, onBegin, onCommit } = options;
  const { cell } = facts;
  if (log.finishRestore === undefined) {
    return fail(fleetbookError('LOG_NOT_EMPTY', { cell }));
  }
  const compared = await compareCopy(cell, log, parts());
  const forked = forkBehind(compared, proven);
  if (forked !== undefined) {
    await log.finishRestore();
    return succeed(forked);
  }
  onBegin(proven.commits - compared.commits);
  const logEnd = await appendCopy(log, compared.logEnd, commitsOf(cell, parts()), onCommit);
  if (!logEnd.ok) {
    return logEnd;
  }
  const whole = { logEnd: logEnd.value, logAt: proven.at, logLine: proven, founder: undefined };
  const loss = lossOfLog(whole, await options.known());
  if (!loss.ok) {
    return loss;
  }
  const newHistory = await giveUp(log, whole, loss.value, facts);
  if (!newHistory.ok) {
    return newHistory;
  }
  await log.finishRestore();
  return succeed({ historyId: newHistory.value, loss: loss.value });
}

/** An earlier attempt came as far as the new history: nobody else writes behind the end of a backup. */
function forkBehind({ logEnd, logLine }: Comparison, { end }: ProvenCopy): Restored | undefined {
  const fork = logLine?.forks?.at(-1);
  return logEnd.number > end.number && fork !== undefined ? { historyId: fork.newHistoryId, loss: fork } : undefined;
}
