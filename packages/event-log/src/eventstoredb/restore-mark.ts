import { BACKWARDS, END, type EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { LogUnavailableError, type Restoration } from '../port.ts';
import { encodeRestoration, requireRestoration } from '../restoration.ts';
import { errorType } from './unavailable.ts';

const BEGUN = 'RestoreBegun';
const ENDED = 'RestoreEnded';

/** Of the stream beside a log that tells of its restores: its last record, and what that tells. */
interface LastWord {
  readonly revision: bigint | undefined;
  /** As encoded; undefined when no restore is under way. */
  readonly kept: string | undefined;
}

/**
 * Whether the log is open for the restore that is wanted: the stream beside it says so, or the log is empty and that
 * stream says so from now on. Throws LogUnfinishedError where it tells of another restore than is wanted.
 */
export async function examineRestore(
  client: EventStoreDBClient,
  log: string,
  wanted: Restoration | undefined,
  isEmpty: boolean,
): Promise<boolean> {
  const { kept } = await lastWord(client, log);
  if (kept !== undefined) {
    requireRestoration(kept, wanted);
    return true;
  }
  if (wanted === undefined || !isEmpty) {
    return false;
  }
  await say(client, log, BEGUN, { restoration: encodeRestoration(wanted) });
  return true;
}

export async function endRestore(client: EventStoreDBClient, log: string): Promise<void> {
  await say(client, log, ENDED, {});
}

function streamBeside(log: string): string {
  return `${log}-restores`;
}

async function say(
  client: EventStoreDBClient,
  log: string,
  type: string,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  const { revision } = await lastWord(client, log);
  const expectedRevision = revision ?? NO_STREAM;
  try {
    await client.appendToStream(streamBeside(log), [jsonEvent({ type, data })], { expectedRevision });
  } catch (cause) {
    throw new LogUnavailableError('EventStoreDB does not take what is said of a restore', { cause });
  }
}

async function lastWord(client: EventStoreDBClient, log: string): Promise<LastWord> {
  const options = { direction: BACKWARDS, fromRevision: END, maxCount: 1, requiresLeader: true } as const;
  let found: LastWord = { revision: undefined, kept: undefined };
  try {
    for await (const { event } of client.readStream(streamBeside(log), options)) {
      const restoration: unknown = Object(event?.data).restoration;
      const isBegun = event?.type === BEGUN && typeof restoration === 'string';
      found = { revision: event?.revision, kept: isBegun ? restoration : undefined };
    }
  } catch (cause) {
    if (errorType(cause) !== 'stream-not-found') {
      throw new LogUnavailableError('EventStoreDB cannot be read', { cause });
    }
  }
  return found;
}
