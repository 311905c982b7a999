import { describe, expect, it } from 'vitest';
import { type Commit, ORIGIN } from '../port.ts';
import type { LogsUnderTest } from './event-log.contract.ts';
import { readAll, record } from './recorder.ts';
import { appendAll, appendOne, createSampleWriter, sampleCommits } from './sample-commits.ts';

const MANY_EVENTS = 100_000;

export function describeReading(logs: LogsUnderTest): void {
  describe('read', () => {
    it('gives nothing of an empty log', async () => {
      expect(await readAll(await logs.open(), ORIGIN)).toEqual([]);
    });

    it('gives from any bookmark on exactly what follows it', async () => {
      const log = await logs.open();
      const commits = sampleCommits(6);
      const bookmarks = await appendAll(log, commits);
      for (const [index, bookmark] of bookmarks.entries()) {
        const rest = await readAll(log, bookmark);
        expect(ids(rest)).toEqual(ids(commits.slice(index + 1)));
        expect(rest.map((commit) => commit.bookmark)).toEqual(bookmarks.slice(index + 1));
      }
    });

    it('gives the events as they were written', async () => {
      const log = await logs.open();
      const commit = createSampleWriter().next();
      await appendOne(log, commit);
      const [read] = await readAll(log, ORIGIN);
      expect(read?.events).toEqual(commit.eventTexts.map((text) => JSON.parse(text)));
    });

    it('ends at the end as of the call, also while others append', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      const before = [writer.next(), writer.next()];
      const [, last] = await appendAll(log, before);
      const iterator = log.read(ORIGIN)[Symbol.asyncIterator]();
      const first = await iterator.next();
      await appendOne(log, writer.next(), last);
      const read: Commit[] = first.done === true ? [] : [...first.value];
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        read.push(...next.value);
      }
      expect(ids(read)).toEqual(ids(before));
    });

    it('can be left early and begun again', async () => {
      const log = await logs.open();
      const commits = sampleCommits(3);
      await appendAll(log, commits);
      for await (const batch of log.read(ORIGIN)) {
        expect(batch.length).toBeGreaterThan(0);
        break;
      }
      expect(ids(await readAll(log, ORIGIN))).toEqual(ids(commits));
    });

    it('follows elections: each epoch from its WriterElected on', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      await appendAll(log, [writer.next(), writer.elect(1), writer.next(), writer.elect(4), writer.next()]);
      expect((await readAll(log, ORIGIN)).map((commit) => commit.epoch)).toEqual([0, 1, 1, 4, 4]);
    });

    it('gives 100,000 events without a gap', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      let bookmark = await appendOne(log, writer.next());
      while (bookmark.number < MANY_EVENTS) {
        bookmark = await appendOne(log, writer.next(Math.min(250, MANY_EVENTS - bookmark.number)), bookmark);
      }
      let count = 0;
      for await (const batch of log.read(ORIGIN)) {
        count = batch.reduce((sum, commit) => sum + commit.events.length, count);
      }
      expect(count).toBe(MANY_EVENTS);
    });
  });

  describe('subscribe', () => {
    it('hands on what is there and then what comes', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      const early = [writer.next(), writer.next()];
      const [, middle] = await appendAll(log, early);
      const recorder = await record(log, ORIGIN);
      await recorder.received(2);
      const late = [writer.next(), writer.next()];
      await appendAll(await logs.open(), late, middle);
      await recorder.received(4);
      expect(ids(recorder.commits)).toEqual(ids([...early, ...late]));
    });

    it('begins before the first commit of an empty log', async () => {
      const log = await logs.open();
      const recorder = await record(log, ORIGIN);
      const commits = sampleCommits(2);
      await appendAll(log, commits);
      await recorder.received(2);
      expect(ids(recorder.commits)).toEqual(ids(commits));
    });

    it('begins after its bookmark', async () => {
      const log = await logs.open();
      const commits = sampleCommits(4);
      const bookmarks = await appendAll(log, commits);
      const recorder = await record(log, bookmarks[1] ?? ORIGIN);
      await recorder.received(2);
      expect(ids(recorder.commits)).toEqual(ids(commits.slice(2)));
    });

    it('hands on nothing after stop', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      const stopped = await record(log, ORIGIN);
      const running = await record(log, ORIGIN);
      const first = await appendOne(log, writer.next());
      await Promise.all([stopped.received(1), running.received(1)]);
      await stopped.subscription.stop();
      await appendOne(log, writer.next(), first);
      await running.received(2);
      expect(stopped.commits).toHaveLength(1);
    });

    it('ends with the cause when its handler throws', async () => {
      const log = await logs.open();
      const cause = new Error('the fold broke');
      const recorder = await record(log, ORIGIN, () => {
        throw cause;
      });
      await appendAll(log, sampleCommits(2));
      expect(await recorder.ended).toBe(cause);
    });
  });
}

function ids(commits: readonly { readonly commitId: string }[]): string[] {
  return commits.map((commit) => commit.commitId);
}
