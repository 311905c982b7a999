import { describe, expect, it } from 'vitest';
import { decodeLedgerEvent } from '../decode-event.ts';
import { type Bookmark, type EncodedCommit, type EventLog, LogDamageError, ORIGIN } from '../port.ts';
import type { LogsUnderTest } from './event-log.contract.ts';
import { readUntilFailure, record } from './recorder.ts';
import { appendAll, createSampleWriter, type SampleWriter, sampleCommits } from './sample-commits.ts';

interface DamageCase {
  readonly title: string;
  readonly kind: LogDamageError['kind'];
  /** The commit stored after two sound ones. */
  readonly damaged: (writer: SampleWriter) => EncodedCommit;
}

const CASES: readonly DamageCase[] = [
  { title: 'an altered byte', kind: 'chain', damaged: (writer) => altered(writer.next()) },
  { title: 'a missing commit', kind: 'gap', damaged: skipOne },
  { title: 'a commit of another history', kind: 'chain', damaged: () => third(createSampleWriter(7)) },
  { title: 'a commit of a deposed writer', kind: 'epoch', damaged: (writer) => writer.broken((event) => event, 3) },
  { title: 'an election that does not raise the epoch', kind: 'epoch', damaged: (writer) => writer.elect(2) },
  {
    title: 'an event number out of order',
    kind: 'gap',
    damaged: (writer) => writer.broken((event) => ({ ...event, number: event.number + 1 })),
  },
  {
    title: 'half a decision',
    kind: 'malformed',
    damaged: (writer) => writer.broken((event) => ({ ...event, count: 2 })),
  },
  {
    title: 'a decision whose end is missing',
    kind: 'malformed',
    damaged: (writer) => writer.broken((event, index) => (index === 2 ? { ...event, count: 2 } : event)),
  },
  {
    title: 'an event of a newer schema version',
    kind: 'too-new',
    damaged: (writer) => writer.broken((event) => ({ ...event, schemaVersion: 99 })),
  },
];

export function describeDamage(logs: LogsUnderTest): void {
  describe('damage', () => {
    it.each(CASES)('read hands on what is sound and stops at $title', async ({ kind, damaged }) => {
      const log = await logs.open();
      const sound = await storeDamaged(log, damaged);
      const { commits, failure } = await readUntilFailure(log, ORIGIN);
      expect(commits.map((commit) => commit.bookmark)).toEqual(sound);
      expect(failure).toBeInstanceOf(LogDamageError);
      expect(failure).toMatchObject({ kind, number: expect.any(Number) });
    });

    it.each(CASES)('subscribe hands on what is sound and ends at $title', async ({ kind, damaged }) => {
      const log = await logs.open();
      const sound = await storeDamaged(log, damaged);
      const recorder = await record(log, ORIGIN);
      expect(await recorder.ended).toMatchObject({ name: 'LogDamageError', kind });
      expect(recorder.commits.map((commit) => commit.bookmark)).toEqual(sound);
    });

    it('a log of a newer format stops the reader', async () => {
      const log = await logs.open();
      const founding = createSampleWriter().broken((event) =>
        event.type === 'LedgerCreated' ? { ...event, data: { ...event.data, formatVersion: 2 } } : event,
      );
      await appendAll(log, [founding]);
      expect((await readUntilFailure(log, ORIGIN)).failure).toMatchObject({ name: 'LogDamageError', kind: 'too-new' });
    });

    it('a decoder that refuses an event stops the reader there, as it says', async () => {
      const log = await logs.open({
        decodeEvent(raw) {
          const event = decodeLedgerEvent(raw);
          if (event.number === 4) {
            throw new LogDamageError('too-new', 'no upcaster');
          }
          return event;
        },
      });
      await appendAll(log, sampleCommits(3));
      const { commits, failure } = await readUntilFailure(log, ORIGIN);
      expect(commits).toHaveLength(1);
      expect(failure).toMatchObject({ kind: 'too-new', number: 4 });
    });
  });

  describe('log gone back', () => {
    it('a bookmark beyond the end is evidence of loss to every reader', async () => {
      const commits = sampleCommits(5);
      const bookmarks = await appendAll(await logs.openAnotherLog(), commits);
      const shorter = await logs.open();
      await appendAll(shorter, commits.slice(0, 3));
      await expectRefused(shorter, bookmarks[4] ?? ORIGIN, 'went-back');
    });

    it('a bookmark in an empty log is evidence of loss to every reader', async () => {
      const bookmarks = await appendAll(await logs.openAnotherLog(), sampleCommits(1));
      await expectRefused(await logs.open(), bookmarks[0] ?? ORIGIN, 'went-back');
    });

    it('another commit at the bookmark is damage, also at the end of the log', async () => {
      const bookmarks = await appendAll(await logs.openAnotherLog(), sampleCommits(3));
      const rewritten = await logs.open();
      await appendAll(rewritten, sampleCommits(3, 2));
      await expectRefused(rewritten, bookmarks[2] ?? ORIGIN, 'chain');
    });
  });
}

async function expectRefused(log: EventLog, after: Bookmark, kind: LogDamageError['kind']): Promise<void> {
  expect(await readUntilFailure(log, after)).toMatchObject({ commits: [], failure: { name: 'LogDamageError', kind } });
  const ending = record(log, after).then(
    (recorder) => recorder.ended,
    (error) => error,
  );
  expect(await ending).toMatchObject({ name: 'LogDamageError', kind });
}

/** Two sound commits, then the damaged one. Returns the bookmarks of the sound ones. */
async function storeDamaged(log: EventLog, damaged: DamageCase['damaged']): Promise<Bookmark[]> {
  const writer = createSampleWriter();
  const sound = await appendAll(log, [writer.next(), writer.elect(2)]);
  await appendAll(log, [damaged(writer)], sound[1]);
  return sound;
}

function skipOne(writer: SampleWriter): EncodedCommit {
  writer.next();
  return writer.next();
}

function third(writer: SampleWriter): EncodedCommit {
  writer.next();
  writer.elect(2);
  return writer.next();
}

/** The same commit with one digit of its last event's time changed after it was hashed. */
function altered(commit: EncodedCommit): EncodedCommit {
  const change = (text: string): string => text.replace(/"issuedAt":17/, '"issuedAt":18');
  const last = commit.eventTexts.length - 1;
  const eventTexts = commit.eventTexts.map((text, index) => (index === last ? change(text) : text));
  const text = commit.bytes.toString().replace(commit.eventTexts.join(','), eventTexts.join(','));
  return { ...commit, eventTexts, bytes: Buffer.from(text) };
}
