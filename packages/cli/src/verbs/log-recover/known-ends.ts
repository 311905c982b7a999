import { resolve } from 'node:path';
import type { HistoryLine } from '@fleetbook/contracts';
import type { Call } from '../../call.ts';
import { type KnownEnd, marksIn } from '../../recovery/known-marks.ts';
import { readConfig } from '../../session/config.ts';
import { connectToCell } from '../../session/connection.ts';
import type { Target } from '../../session/target.ts';

const ASK_TIMEOUT_MS = 1_500;

/** Who knows how far the log has been: the marks in the data directory, and a projector that runs. */
export async function knownEnds(call: Call, cell: string, target: Target | undefined): Promise<readonly KnownEnd[]> {
  const config = readConfig(call.environment);
  const data = call.args.text('data') ?? (config.ok ? config.value.data : undefined);
  const marks = data === undefined ? [] : await marksIn(resolve(call.directory, data), cell);
  return [...marks, ...(target === undefined ? [] : await askProjector(call, target))];
}

/** It stays when the log went back, as a witness of what it folded. */
async function askProjector(call: Call, target: Target): Promise<readonly KnownEnd[]> {
  const fleetbook = await connectToCell(call, target);
  if (!fleetbook.ok) {
    return [];
  }
  try {
    const reply = await fleetbook.value.as('operator', 'recovery').ask('health', {}, { timeoutMs: ASK_TIMEOUT_MS });
    const { historyId, number } = reply.outcome === 'answer' ? reply.answer : { historyId: '', number: 0 };
    return historyId === '' ? [] : [{ source: 'running projector', historyId, number }];
  } finally {
    await fleetbook.value.close();
  }
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
