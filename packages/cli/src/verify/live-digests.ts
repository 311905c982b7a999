import type { DigestAnswer, ErrorCode, WriterAnswer } from '@fleetbook/contracts';
import { type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import { connectToCell } from '../session/connection.ts';
import { foldHere } from '../session/directory-source.ts';
import type { OpenLog } from '../session/log-at.ts';
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

/** What the product says of a directory on which nothing runs: the projector's last checkpoint and the log after it. */
export async function askDirectoryDigest(opened: OpenLog): Promise<Result<readonly LiveDigest[], Failure>> {
  const source = await foldHere(opened);
  if (!source.ok) {
    return source;
  }
  try {
    const reply = await source.value.ask('digest', {});
    const service = 'checkpoint and tail';
    return succeed([reply.outcome === 'answer' ? digestOf(service, reply.answer) : silent(service, reply.error.code)]);
  } finally {
    await source.value.close();
  }
}
