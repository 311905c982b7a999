import type { DecodeEvent } from '../decode-event.ts';
import { joinCommit } from '../encode.ts';
import { type Bookmark, type Commit, LogDamageError } from '../port.ts';
import { verifyCommit } from '../verify.ts';
import { type ReadRecord, readRecord, type StoredRecord } from './record.ts';

/** Puts the commits that follow a bookmark together again from their records. */
export interface Assembler {
  /** After the last whole commit. */
  readonly bookmark: Bookmark;
  /** Records of a commit that is not whole yet. */
  readonly pending: number;
  /** The next record of the stream. Gives the commit that it completes; throws LogDamageError. */
  add(record: ReadRecord): Commit | undefined;
}

export function createAssembler(after: Bookmark, decodeEvent: DecodeEvent): Assembler {
  let bookmark = after;
  let records: StoredRecord[] = [];

  return {
    get bookmark() {
      return bookmark;
    },
    get pending() {
      return records.length;
    },
    add(raw) {
      const due = bookmark.position + records.length;
      if (raw.revision !== BigInt(due)) {
        const message = `record ${raw.revision} of the stream stands where record ${due} is due`;
        throw new LogDamageError('gap', message, { number: bookmark.number + records.length + 1 });
      }
      const record = readRecord(raw);
      const first = records[0] ?? record;
      if (record.index !== records.length || !isSameCommit(record, first)) {
        const message = `record ${due} of the stream does not continue commit ${first.header.commitId}`;
        throw new LogDamageError('malformed', message, { position: record.position, number: due + 1 });
      }
      records.push(record);
      if (records.length < first.count) {
        return undefined;
      }
      const texts = records.map(({ eventText }) => eventText);
      records = [];
      const commit = verifyCommit(joinCommit(first.header, texts, first.hash), bookmark, record.position, decodeEvent);
      bookmark = commit.bookmark;
      return commit;
    },
  };
}

function isSameCommit(record: StoredRecord, first: StoredRecord): boolean {
  return (
    record.hash === first.hash &&
    record.count === first.count &&
    record.header.commitId === first.header.commitId &&
    record.header.epoch === first.header.epoch &&
    record.header.firstNumber === first.header.firstNumber &&
    record.header.previousHash === first.header.previousHash
  );
}
