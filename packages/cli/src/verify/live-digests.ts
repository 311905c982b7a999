import type { DigestAnswer, ErrorCode } from '@fleetbook/contracts';
import { type Result, succeed } from '@fleetbook/domain';
import type { Call, Failure } from '../call.ts';
import { connectToCell } from '../session/connection.ts';
import { foldHere } from '../session/directory-source.ts';
import type { OpenLog } from '../session/log-at.ts';
import type { Target } from '../session/target.ts';

/** What a running service says of itself, or why it says nothing. */
export type LiveDigest =
  | { readonly service: string; readonly number: number; readonly digest: string }
  | { readonly service: string; readonly silent: ErrorCode }
  /** There is nothing to compare with, for people. */
  | { readonly service: string; readonly missing: string };

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

function digestOf(service: string, { number, digest }: Pick<DigestAnswer, 'number' | 'digest'>): LiveDigest {
  return { service, number, digest };
}

function silent(service: string, code: ErrorCode): LiveDigest {
  return { service, silent: code };
}

/**
 * What the product says of a directory on which nothing runs: the projector's last checkpoint and the log after it.
 * Without a checkpoint that can be used it would be a second replay, which proves nothing more.
 */
export async function askDirectoryDigest(opened: OpenLog): Promise<Result<readonly LiveDigest[], Failure>> {
  const source = await foldHere(opened);
  if (!source.ok) {
    return source;
  }
  try {
    const reply = await source.value.ask('projection', {});
    if (reply.outcome === 'error') {
      return succeed([silent('checkpoint and tail', reply.error.code)]);
    }
    return succeed([
      reply.answer.checkpoint === undefined
        ? { service: 'checkpoint', missing: 'none that can be used: there is the log alone' }
        : digestOf('checkpoint and tail', reply.answer),
    ]);
  } finally {
    await source.value.close();
  }
}
