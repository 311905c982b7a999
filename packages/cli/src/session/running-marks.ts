import { encodeQuery, type HighWaterMark, querySubject } from '@fleetbook/contracts';
import { readMarkReply } from '@fleetbook/operations';
import { connectBusTo } from './connection.ts';
import type { Target } from './target.ts';

/** Nobody knows how many services there are: each gets so long. */
const WAIT_MS = 500;

/** How far each service that runs knows the log to have been, whatever it thinks of the log now. */
export async function askRunningMarks(target: Target): Promise<readonly HighWaterMark[]> {
  const bus = await connectBusTo(target);
  if (!bus.ok) {
    return [];
  }
  try {
    const replies = await bus.value.requestAll(querySubject(target.cell, 'mark'), encodeQuery('mark', {}), WAIT_MS);
    return replies.map(readMarkReply).filter((mark) => mark !== undefined);
  } finally {
    await bus.value.close();
  }
}
