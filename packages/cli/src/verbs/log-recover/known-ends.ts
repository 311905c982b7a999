import { resolve } from 'node:path';
import { formatToken, type HistoryLine } from '@fleetbook/contracts';
import type { Call } from '../../call.ts';
import { type KnownEnd, marksIn } from '../../recovery/known-marks.ts';
import { readConfig } from '../../session/config.ts';
import { askRunningMarks } from '../../session/running-marks.ts';
import type { Target } from '../../session/target.ts';

/** Who knows how far the log has been: the marks in the data directory, and the services that run. */
export async function knownEnds(call: Call, cell: string, target: Target | undefined): Promise<readonly KnownEnd[]> {
  const config = readConfig(call.environment);
  const data = call.args.text('data') ?? (config.ok ? config.value.data : undefined);
  const marks = data === undefined ? [] : await marksIn(resolve(call.directory, data), cell);
  return [...marks, ...(target === undefined ? [] : await askRunning(target))];
}

/** Whoever stays when the log went back is a witness, whatever it has folded since it started. */
async function askRunning(target: Target): Promise<readonly KnownEnd[]> {
  const marks = await askRunningMarks(target);
  const ends = new Map(marks.map(({ historyId, number }) => [formatToken(historyId, number), { historyId, number }]));
  return [...ends.values()].map((end) => ({ source: 'running service', ...end }));
}

/** The events after `end` that somebody knows of, where there are any. */
export async function stillMissing(
  call: Call,
  cell: string,
  target: Target | undefined,
  line: HistoryLine | undefined,
  end: number,
): Promise<{ readonly from: number; readonly to: number } | undefined> {
  const ends = await knownEnds(call, cell, target);
  const beyond = ends.filter(({ historyId, number }) => historyId === line?.historyId && number > end);
  return beyond.length === 0 ? undefined : { from: end + 1, to: Math.max(...beyond.map(({ number }) => number)) };
}
