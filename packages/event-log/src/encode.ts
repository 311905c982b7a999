import { hash } from 'node:crypto';
import type { CommandMessage, LedgerEvent } from '@fleetbook/domain';
import type { EncodedCommit } from './port.ts';

/** The version of the stored format that this code writes, and the newest it reads. */
export const FORMAT_VERSION = 1;

export const MAX_EVENTS_PER_COMMIT = 256;

/** Of the whole commit text, in UTF-8 bytes. */
export const MAX_COMMIT_BYTES = 256 * 1024;

/** Events whose byte lengths sum to at most this always fit into one commit, whatever its header says. */
export const MAX_EVENT_BYTES_PER_COMMIT = MAX_COMMIT_BYTES - 2560;

const HASH_FIELD = ',"hash":"';

/** Byte length of `,"hash":"<64 hex digits>"}`, with which every commit ends. */
export const HASH_SUFFIX_BYTES = HASH_FIELD.length + 64 + 2;

export interface CommitHeader {
  readonly commitId: string;
  readonly epoch: number;
  readonly firstNumber: number;
  readonly previousHash: string;
}

/**
 * Stored JSON text of an event. `command` and `data` keep the key order they come with.
 * @param commandText the JSON text of `event.command`, if it has been built before; `dataText` likewise.
 */
export function encodeEvent(event: LedgerEvent, commandText?: string, dataText?: string): string {
  const head =
    `{"number":${event.number},"type":"${event.type}","schemaVersion":${event.schemaVersion},"at":${event.at}` +
    `,"commandId":${quote(event.commandId)},"index":${event.index},"count":${event.count}` +
    `,"actor":{"role":"${event.actor.role}","id":${quote(event.actor.id)}}`;
  return `${head}${optionalFields(event, commandText)},"data":${dataText ?? JSON.stringify(event.data)}}`;
}

function optionalFields(event: LedgerEvent, commandText: string | undefined): string {
  let text = '';
  if (event.correlationId !== undefined) {
    text += `,"correlationId":${quote(event.correlationId)}`;
  }
  if (event.causationId !== undefined) {
    text += `,"causationId":${quote(event.causationId)}`;
  }
  if (event.command !== undefined) {
    text += `,"command":${commandText ?? JSON.stringify(event.command)}`;
  }
  if (event.commandHash !== undefined) {
    text += `,"commandHash":"${event.commandHash}"`;
  }
  if (event.issuedAt !== undefined) {
    text += `,"issuedAt":${event.issuedAt}`;
  }
  if (event.inboxSequence !== undefined) {
    text += `,"inboxSequence":${event.inboxSequence}`;
  }
  return text;
}

function quote(text: string): string {
  return JSON.stringify(text);
}

/** A header of 256 events has less, and the rest of a commit has 2560 bytes of it at most. */
const HEADER_ROOM_BYTES = 4096;

/**
 * Where commits are put together: as text, a commit would be copied for each of the steps that it takes, each time into
 * memory that is new. Events come first, because the header before them states their lengths.
 */
const room = Buffer.allocUnsafeSlow(HEADER_ROOM_BYTES + MAX_COMMIT_BYTES);

const COMMA = 0x2c;
const CLOSING_BRACKET = 0x5d;

/** The commit of these events, ready to be appended. Throws RangeError beyond the limits of a commit. */
export function encodeCommit(header: CommitHeader, eventTexts: readonly string[]): EncodedCommit {
  if (eventTexts.length < 1 || eventTexts.length > MAX_EVENTS_PER_COMMIT) {
    throw new RangeError(`a commit holds 1 to ${MAX_EVENTS_PER_COMMIT} events, not ${eventTexts.length}`);
  }
  const { lengths, end } = writeEvents(eventTexts);
  const head = headerText(header, lengths);
  const start = HEADER_ROOM_BYTES - Buffer.byteLength(head);
  const byteLength = end - start + HASH_SUFFIX_BYTES;
  if (start < 0 || byteLength > MAX_COMMIT_BYTES) {
    throw tooLong(byteLength);
  }
  room.write(head, start);
  const commitHash = hash('sha256', room.subarray(start, end), 'hex');
  const bytes = Buffer.allocUnsafeSlow(byteLength);
  room.copy(bytes, 0, start, end);
  bytes.write(suffixText(commitHash), end - start);
  return { ...header, hash: commitHash, eventTexts, bytes, lengths };
}

function writeEvents(eventTexts: readonly string[]): { readonly lengths: readonly number[]; readonly end: number } {
  const lengths: number[] = [];
  let end = HEADER_ROOM_BYTES;
  for (const text of eventTexts) {
    const left = room.length - end - 1;
    // Three bytes per UTF-16 unit is the most UTF-8 takes: most texts need no count.
    if (text.length * 3 > left && Buffer.byteLength(text) > left) {
      throw tooLong(end + Buffer.byteLength(text));
    }
    const length = room.write(text, end);
    lengths.push(length);
    end += length;
    room[end] = COMMA;
    end += 1;
  }
  room[end - 1] = CLOSING_BRACKET;
  return { lengths, end };
}

function tooLong(byteLength: number): RangeError {
  return new RangeError(`a commit takes at most ${MAX_COMMIT_BYTES} bytes, not ${byteLength}`);
}

/** The stored bytes of each event of a commit; not copies. */
export function eventBytesOf({ bytes, lengths }: Pick<EncodedCommit, 'bytes' | 'lengths'>): readonly Buffer[] {
  const total = lengths.reduce((sum, length) => sum + length + 1, 0);
  let start = bytes.length - HASH_SUFFIX_BYTES - total;
  return lengths.map((length) => {
    const event = bytes.subarray(start, start + length);
    start += length + 1;
    return event;
  });
}

/** The stored text from its parts, for logs that keep events apart; `commitHash` is taken as given. */
export function joinCommit(header: CommitHeader, eventTexts: readonly string[], commitHash: string): string {
  const lengths = eventTexts.map((text) => Buffer.byteLength(text));
  return `${headerText(header, lengths)}${eventTexts.join(',')}]${suffixText(commitHash)}`;
}

function suffixText(commitHash: string): string {
  return `${HASH_FIELD}${commitHash}"}`;
}

/** Everything of a commit's text before its first event. */
export function headerText(header: CommitHeader, lengths: readonly number[]): string {
  return (
    `{"commitId":"${header.commitId}","epoch":${header.epoch},"firstNumber":${header.firstNumber}` +
    `,"previousHash":"${header.previousHash}","lengths":[${lengths.join(',')}],"events":[`
  );
}

/**
 * Tells whether two commands sent under one id are the same command: 32 hex digits over issuedAt,
 * correlationId and body. `commandText` is the JSON text of `message.command`.
 */
export function hashCommand(message: CommandMessage, commandText: string): string {
  return hash('sha256', `${message.issuedAt}|${message.correlationId ?? ''}|${commandText}`, 'hex').slice(0, 32);
}
