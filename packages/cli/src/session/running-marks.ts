import { encodeQuery, type HighWaterMark, querySubject } from '@fleetbook/contracts';
import { readMarkReply } from '@fleetbook/operations';
import { connectBusTo } from './connection.ts';
import type { Candidate } from './source.ts';
import type { Target } from './target.ts';

/** Nobody knows how many services there are: each gets so long. */
const WAIT_MS = 500;

/** How far each service that runs knows the log to have been, whatever it thinks of the log now. */
export async function askRunningMarks(target: Target): Promise<readonly HighWaterMark[]> {
  return (await askAll(target)).map(readMarkReply).filter((mark) => mark !== undefined);
}

/** The trackers that wait for a log that holds what others know. */
export async function askCandidates(target: Target): Promise<readonly Candidate[]> {
  return (await askAll(target)).flatMap((reply) => {
    const { id, waitsFor } = Object(Object(parse(reply)).answer);
    return typeof id === 'string' && typeof waitsFor === 'string' ? [{ id, waitsFor }] : [];
  });
}

function parse(reply: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(reply).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function askAll(target: Target): Promise<readonly Uint8Array[]> {
  const bus = await connectBusTo(target);
  if (!bus.ok) {
    return [];
  }
  try {
    return await bus.value.requestAll(querySubject(target.cell, 'mark'), encodeQuery('mark', {}), WAIT_MS);
  } finally {
    await bus.value.close();
  }
}
