import type { DigestAnswer, ErrorCode, WriterAnswer } from '@fleetbook/contracts';
import type { Call, Failure } from '../call.ts';
import { type Result, succeed } from '../result.ts';
import { connectToCell } from '../session/connection.ts';
import type { Target } from '../session/target.ts';

/** What a running service says of itself, or why it says nothing. */
export type LiveDigest =
  | { readonly service: string; readonly number: number; readonly digest: string }
  | { readonly service: string; readonly silent: ErrorCode };

const ASK_TIMEOUT_MS = 1_500;

/** Asks the projector and the tracker in office. */
export async function askLiveDigests(call: Call, target: Target): Promise<Result<readonly LiveDigest[], Failure>> {
  const fleetbook = await connectToCell(call, target);
  if (!fleetbook.ok) {
    return fleetbook;
  }
  const client = fleetbook.value.as('operator', 'verify');
  try {
    const [projector, tracker] = await Promise.all([
      client.ask('digest', {}, { timeoutMs: ASK_TIMEOUT_MS }),
      client.ask('writer', {}, { timeoutMs: ASK_TIMEOUT_MS }),
    ]);
    return succeed([
      projector.outcome === 'answer'
        ? digestOf('projector', projector.answer)
        : silent('projector', projector.error.code),
      tracker.outcome === 'answer' ? digestOf('tracker', tracker.answer) : silent('tracker', tracker.error.code),
    ]);
  } finally {
    await fleetbook.value.close();
  }
}

function digestOf(service: string, { number, digest }: DigestAnswer | WriterAnswer): LiveDigest {
  return { service, number, digest };
}

function silent(service: string, code: ErrorCode): LiveDigest {
  return { service, silent: code };
}
