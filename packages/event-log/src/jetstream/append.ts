import { headers, type MsgHdrs } from 'nats';
import { type AppendResult, type EncodedCommit, LogDamageError, LogUnavailableError, type Position } from '../port.ts';
import { asPosition } from '../position.ts';
import { asError, fieldOf, messageOf, numberOf, parseReply } from './api.ts';
import type { JetStreamContext } from './context.ts';
import { API_ERROR, HEADER } from './names.ts';
import { askEnd, leaderRead } from './stream.ts';

/** The expectation was not met, or the server is busy with the same id: what stands there decides. */
const PLACE_IN_DOUBT: ReadonlySet<unknown> = new Set([
  API_ERROR.wrongLastSequence,
  API_ERROR.wrongLastSequenceOfSubject,
  API_ERROR.duplicateInFlight,
]);

/** A new leader may answer before it has taken in all it holds: what it lacks is believed only after this. */
const LOSS_CONFIRMATION_MS = 250;

/** One attempt to store the commit right after `expected`. Throws LogDamageError. */
export async function append(
  context: JetStreamContext,
  expected: Position,
  commit: EncodedCommit,
): Promise<AppendResult> {
  if (context.isClosed()) {
    return unknown(new LogUnavailableError('this log is closed'));
  }
  try {
    const options = { timeout: context.appendTimeoutMs, headers: appendHeaders(expected, commit) };
    const message = await context.connection.request(context.names.subject, commit.bytes, options);
    return await judge(context, expected, commit, parseReply(message.data));
  } catch (cause) {
    if (cause instanceof LogDamageError) {
      throw cause;
    }
    return unknown(new Error(`the append after position ${expected} is not answered: ${messageOf(cause)}`, { cause }));
  }
}

function appendHeaders(expected: Position, commit: EncodedCommit): MsgHdrs {
  const table = headers();
  table.set(HEADER.messageId, commit.commitId);
  table.set(HEADER.expectedLastSequence, String(expected));
  return table;
}

async function judge(
  context: JetStreamContext,
  expected: Position,
  commit: EncodedCommit,
  reply: unknown,
): Promise<AppendResult> {
  const error = fieldOf(reply, 'error');
  if (error === undefined) {
    // Also of a duplicate only the sequence that follows the expectation tells that it stands in this place.
    return numberOf(reply, 'seq') === expected + 1
      ? { status: 'appended', position: asPosition(expected + 1) }
      : settle(context, expected, commit);
  }
  if (PLACE_IN_DOUBT.has(fieldOf(error, 'err_code'))) {
    return settle(context, expected, commit);
  }
  return unknown(new Error(`the append after position ${expected} failed: ${String(fieldOf(error, 'description'))}`));
}

/** Reads from the leader who stands in the commit's place. */
async function settle(context: JetStreamContext, expected: Position, commit: EncodedCommit): Promise<AppendResult> {
  const position = asPosition(expected + 1);
  const stored = await leaderRead(context, position);
  if (stored !== undefined) {
    const isMine = commit.bytes.equals(stored);
    return isMine ? { status: 'appended', position } : { status: 'conflict' };
  }
  if ((await askEnd(context)) === expected) {
    return unknown(new Error(`the place after position ${expected} is in doubt`));
  }
  await new Promise((resolve) => setTimeout(resolve, LOSS_CONFIRMATION_MS));
  const end = await askEnd(context);
  if (end > expected && (await leaderRead(context, position)) === undefined) {
    const message = `the leader cannot give position ${position} of a log that ends at position ${end}`;
    throw new LogDamageError('gap', message, { position, number: commit.firstNumber });
  }
  return end < expected
    ? { status: 'went-back', end }
    : unknown(new Error(`the leader is not up to date at position ${end}`));
}

function unknown(cause: unknown): AppendResult {
  return { status: 'unknown', cause: asError(cause) };
}
