import { type EventData, type ExpectedRevision, NO_STREAM } from '@eventstore/db-client';
import { type AppendResult, type EncodedCommit, LogDamageError, LogRefusedError, type Position } from '../port.ts';
import { asPosition } from '../position.ts';
import { recordId, toRecords } from './record.ts';
import type { ClientLease } from './shared-client.ts';
import type { StreamReader } from './stream-reader.ts';
import { asError, errorType, within } from './unavailable.ts';

export type Append = (expected: Position, commit: EncodedCommit) => Promise<AppendResult>;

/**
 * From 17 unanswered appends on, the client queues them, and ends the process when the connection breaks before
 * they are sent. Appends that find this many unanswered are not tried.
 */
const MAX_UNANSWERED = 15;

export function createAppender(
  { client, appends }: ClientLease,
  stream: string,
  reader: StreamReader,
  timeoutMs: number,
): Append {
  async function send(expected: Position, records: EventData[]): Promise<bigint> {
    const expectedRevision: ExpectedRevision = expected === 0 ? NO_STREAM : BigInt(expected - 1);
    appends.unanswered += 1;
    try {
      const options = { expectedRevision, requiresLeader: true, deadline: timeoutMs };
      const result = await client.appendToStream(stream, records, options);
      return result.nextExpectedRevision;
    } finally {
      appends.unanswered -= 1;
    }
  }

  async function attempt(
    expected: Position,
    commit: EncodedCommit,
    records: EventData[],
    position: Position,
  ): Promise<AppendResult> {
    try {
      const last = await send(expected, records);
      if (last !== BigInt(position - 1)) {
        const message = `the server put a commit due before position ${position} before ${last + 1n}`;
        throw new LogDamageError('gap', message, { position, number: commit.firstNumber });
      }
      return { status: 'appended', position };
    } catch (error) {
      switch (errorType(error)) {
        case 'wrong-expected-version':
          return await judgeConflict(reader, expected, commit, position, asError(error));
        case 'stream-deleted':
          return { status: 'went-back', end: asPosition(0) };
        default:
          return unknownOrThrown(error);
      }
    }
  }

  return async (expected, commit) => {
    const records = toRecords(commit);
    const position = asPosition(asPosition(expected) + records.length);
    if (appends.unanswered >= MAX_UNANSWERED) {
      return { status: 'unknown', cause: new Error(`${appends.unanswered} appends before it have not been answered`) };
    }
    try {
      return await within(timeoutMs, 'the append', attempt(expected, commit, records, position));
    } catch (error) {
      return unknownOrThrown(error);
    }
  };
}

/** Another record stands in the place of this commit, or none is due there yet; it may be this commit's own. */
async function judgeConflict(
  reader: StreamReader,
  expected: Position,
  commit: EncodedCommit,
  position: Position,
  cause: Error,
): Promise<AppendResult> {
  const winner = await reader.recordAt(expected);
  if (winner !== undefined) {
    return winner.id === recordId(commit.commitId, 0) ? { status: 'appended', position } : { status: 'conflict' };
  }
  const end = await reader.end();
  return end < expected ? { status: 'went-back', end } : { status: 'unknown', cause };
}

/** Whatever else the server or the connection did: the commit may be in the log, or still get there. */
function unknownOrThrown(error: unknown): AppendResult {
  if (error instanceof LogDamageError || error instanceof LogRefusedError) {
    throw error;
  }
  if (errorType(error) === 'maximum-append-size-exceeded') {
    const message = 'the server refuses a commit, which may have 256 KiB and more: its MaxAppendSize is too small';
    throw new LogRefusedError(message, { cause: error });
  }
  return { status: 'unknown', cause: asError(error) };
}
