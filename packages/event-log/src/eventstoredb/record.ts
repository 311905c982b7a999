import { hash } from 'node:crypto';
import { type EventData, jsonEvent, type ResolvedEvent } from '@eventstore/db-client';
import { type CommitHeader, joinCommit, MAX_EVENTS_PER_COMMIT } from '../encode.ts';
import { type EncodedCommit, LogDamageError, type Position } from '../port.ts';
import { asPosition } from '../position.ts';

/** One event as EventStoreDB keeps it, with the fields of its commit beside it. */
export interface StoredRecord {
  /** Where a reader stands after this record: the number of records up to it, the revision of the next one. */
  readonly position: Position;
  readonly header: CommitHeader;
  readonly hash: string;
  /** Place in the commit, from 0, and the commit's number of records. */
  readonly index: number;
  readonly count: number;
  readonly eventText: string;
}

/** What the client hands on for one record. */
export type ReadRecord = NonNullable<ResolvedEvent['event']>;

type Fields = Record<string, unknown>;

/** The UUID of version 5 of the index in the commit's id as name space: a record gets the same id on every retry. */
export function recordId(commitId: string, index: number): string {
  const nameSpace = Buffer.from(commitId.replaceAll('-', ''), 'hex');
  const bytes = hash('sha1', Buffer.concat([nameSpace, Buffer.from(String(index))]), 'buffer');
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/**
 * The records of a commit, in order. Throws TypeError if they would not give the commit's bytes back when read:
 * the client serialises data itself, and what it cannot serialise breaks every append on its connection.
 */
export function toRecords(commit: EncodedCommit): EventData[] {
  const count = commit.eventTexts.length;
  if (
    count < 1 ||
    count > MAX_EVENTS_PER_COMMIT ||
    joinCommit(commit, commit.eventTexts, commit.hash) !== commit.bytes.toString('utf8')
  ) {
    throw new TypeError(`commit ${commit.commitId} is not one that encodeCommit made`);
  }
  const { commitId, epoch, firstNumber, previousHash } = commit;
  return commit.eventTexts.map((text, index) => {
    const { type, commandId, data, correlationId = commandId, causationId = commandId } = parseEvent(text);
    const place = { commitId, epoch, firstNumber, previousHash, hash: commit.hash, index, count };
    const metadata = { ...place, $correlationId: correlationId, $causationId: causationId };
    return jsonEvent({ id: recordId(commitId, index), type, data, metadata });
  });
}

interface ParsedEvent {
  readonly type: string;
  readonly commandId: string;
  readonly correlationId: string | undefined;
  readonly causationId: string | undefined;
  readonly data: Fields;
}

function parseEvent(text: string): ParsedEvent {
  const data: unknown = JSON.parse(text);
  if (!isFields(data) || JSON.stringify(data) !== text) {
    throw new TypeError('the JSON text of an event is not in the form that JSON.stringify gives');
  }
  const { type, commandId, correlationId, causationId } = data;
  if (typeof type !== 'string' || type === '' || typeof commandId !== 'string') {
    throw new TypeError('an event has no type or no command id');
  }
  return { type, commandId, correlationId: textOf(correlationId), causationId: textOf(causationId), data };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Throws LogDamageError 'malformed' if it is not a record that `toRecords` made. */
export function readRecord(record: ReadRecord): StoredRecord {
  const position = asPosition(Number(record.revision) + 1);
  const { data, metadata } = record;
  if (!record.isJson || !isFields(data) || !isFields(metadata) || data['type'] !== record.type) {
    throw new LogDamageError('malformed', `the record before position ${position} is not an event of ours`, {
      position,
    });
  }
  const { commitId, epoch, firstNumber, previousHash, hash: commitHash, index, count } = metadata;
  if (
    typeof commitId !== 'string' ||
    typeof epoch !== 'number' ||
    typeof firstNumber !== 'number' ||
    typeof previousHash !== 'string' ||
    typeof commitHash !== 'string' ||
    typeof index !== 'number' ||
    typeof count !== 'number'
  ) {
    throw new LogDamageError('malformed', `the record before position ${position} lacks its commit`, { position });
  }
  const header = { commitId, epoch, firstNumber, previousHash };
  return { position, header, hash: commitHash, index, count, eventText: JSON.stringify(data) };
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
