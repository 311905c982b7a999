import { describe, expect, it } from 'vitest';
import { ORIGIN } from '../port.ts';
import type { LogsUnderTest } from './event-log.contract.ts';
import { readAll } from './recorder.ts';
import { appendAll, appendOne, createSampleWriter, sampleCommits } from './sample-commits.ts';

export function describeAppend(logs: LogsUnderTest): void {
  describe('append', () => {
    it('answers the position of the commit, which is the new end of the log', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      expect(await log.end()).toBe(ORIGIN.position);
      const first = await appendOne(log, writer.next());
      expect(await log.end()).toBe(first.position);
      const second = await appendOne(log, writer.next(), first);
      expect(await log.end()).toBe(second.position);
    });

    it('keeps the text of a commit byte for byte', async () => {
      const log = await logs.open();
      const commits = sampleCommits(3);
      await appendAll(log, commits);
      const read = await readAll(log, ORIGIN);
      expect(read.map((commit) => commit.text)).toEqual(commits.map((commit) => commit.bytes.toString()));
      expect(read.map((commit) => commit.hash)).toEqual(commits.map((commit) => commit.hash));
    });

    it('keeps a commit of 256 events and nearly 256 KiB', async () => {
      const log = await logs.open();
      const writer = createSampleWriter(1, 'ü'.repeat(220));
      const founding = writer.next();
      const largest = writer.next(256);
      expect(largest.bytes.length).toBeGreaterThan(200 * 1024);
      await appendAll(log, [founding, largest]);
      expect((await readAll(log, ORIGIN))[1]?.text).toBe(largest.bytes.toString());
    });

    it('refuses a commit whose place is taken, and stores nothing of it', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      const first = await appendOne(log, writer.next());
      const winner = writer.next();
      const loser = createSampleWriter(2).next();
      await appendOne(log, winner, first);
      expect(await log.append(first.position, loser)).toEqual({ status: 'conflict' });
      expect((await readAll(log, first)).map((commit) => commit.commitId)).toEqual([winner.commitId]);
    });

    it('answers a repeat with the same position, also after later commits and on another connection', async () => {
      const log = await logs.open();
      const commits = sampleCommits(5);
      const bookmarks = await appendAll(log, commits);
      expect(await appendAll(log, commits)).toEqual(bookmarks);
      expect(await appendAll(await logs.open(), commits)).toEqual(bookmarks);
      expect(await readAll(log, ORIGIN)).toHaveLength(5);
    });

    it('stores a commit once that is sent twice at the same time', async () => {
      const log = await logs.open();
      const commit = createSampleWriter().next();
      const results = await Promise.all([log.append(ORIGIN.position, commit), log.append(ORIGIN.position, commit)]);
      expect(results.map((result) => result.status)).not.toContain('conflict');
      expect(await readAll(log, ORIGIN)).toHaveLength(1);
    });

    it('lets exactly one of several writers win a place', async () => {
      const rivals = await Promise.all([1, 2, 3].map(async (seed) => ({ seed, log: await logs.open() })));
      const results = await Promise.all(
        rivals.map(({ seed, log }) => log.append(ORIGIN.position, createSampleWriter(seed).next())),
      );
      expect(results.map((result) => result.status).sort()).toEqual(['appended', 'conflict', 'conflict']);
      expect(await readAll(await logs.open(), ORIGIN)).toHaveLength(1);
    });

    it('answers went-back, and stores nothing, when the log ends before the expected position', async () => {
      const writer = createSampleWriter();
      const commits = [writer.next(), writer.next(), writer.next(), writer.next()];
      const bookmarks = await appendAll(await logs.openAnotherLog(), commits);
      const shorter = await logs.open();
      const end = (await appendAll(shorter, commits.slice(0, 2)))[1]?.position;
      const gone = bookmarks[3] ?? ORIGIN;
      expect(await shorter.append(gone.position, writer.next())).toEqual({ status: 'went-back', end });
      expect(await shorter.end()).toBe(end);
    });
  });
}
