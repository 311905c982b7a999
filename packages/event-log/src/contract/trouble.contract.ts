import { describe, expect, it } from 'vitest';
import { type AppendResult, type EncodedCommit, type EventLog, ORIGIN, type Position } from '../port.ts';
import type { LogsUnderTest } from './event-log.contract.ts';
import { readAll, record } from './recorder.ts';
import { appendAll, appendOne, createSampleWriter, sampleCommits } from './sample-commits.ts';

export function describeTrouble(logs: LogsUnderTest): void {
  describe('unknown outcome', () => {
    it('is settled by the identical append again: the commit is stored once', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      const first = await appendOne(log, writer.next());
      const commit = writer.next();
      await logs.harness.stall();
      expect(await log.append(first.position, commit)).toMatchObject({ status: 'unknown', cause: expect.any(Error) });
      await logs.harness.resume();
      expect(await appendUntilKnown(log, first.position, commit)).toMatchObject({ status: 'appended' });
      expect(await readAll(log, ORIGIN)).toHaveLength(2);
    });

    it('is settled for one of two writers who want the same place', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      const first = await appendOne(log, writer.next());
      const rival = createSampleWriter();
      rival.next();
      const commits = [writer.next(), rival.elect(1)] as const;
      await logs.harness.stall();
      await log.append(first.position, commits[0]);
      await logs.harness.resume();
      const theirs = await appendUntilKnown(await logs.open(), first.position, commits[1]);
      const mine = await appendUntilKnown(log, first.position, commits[0]);
      const winner = commits[mine.status === 'appended' ? 0 : 1];
      expect([mine.status, theirs.status].sort()).toEqual(['appended', 'conflict']);
      expect((await readAll(log, first)).map((commit) => commit.commitId)).toEqual([winner.commitId]);
    });

    it('is what an append after close has', async () => {
      const log = await logs.open();
      await log.close();
      expect(await log.append(ORIGIN.position, createSampleWriter().next())).toMatchObject({ status: 'unknown' });
    });
  });

  describe('a log out of reach', () => {
    it('is LogUnavailableError to readers, never damage', async () => {
      const log = await logs.open();
      await appendAll(log, sampleCommits(2));
      await logs.harness.stall();
      await expect(log.end()).rejects.toMatchObject({ name: 'LogUnavailableError' });
      await expect(readAll(log, ORIGIN)).rejects.toMatchObject({ name: 'LogUnavailableError' });
      await logs.harness.resume();
    });

    it('is LogUnavailableError to readers after close', async () => {
      const log = await logs.open();
      await log.close();
      await expect(log.end()).rejects.toMatchObject({ name: 'LogUnavailableError' });
      await expect(readAll(log, ORIGIN)).rejects.toMatchObject({ name: 'LogUnavailableError' });
    });

    it('does not end a subscription, which goes on without gap or repetition when it is back', async () => {
      const log = await logs.open();
      const writer = createSampleWriter();
      const recorder = await record(log, ORIGIN);
      let bookmark = await appendOne(log, writer.next());
      await recorder.received(1);
      await logs.harness.interrupt();
      const commits = [writer.next(), writer.next(), writer.next()];
      const other = await logs.open();
      for (const commit of commits) {
        const result = await appendUntilKnown(other, bookmark.position, commit);
        expect(result.status).toBe('appended');
        bookmark = { ...bookmark, position: result.status === 'appended' ? result.position : bookmark.position };
      }
      await recorder.received(4);
      expect(recorder.commits.slice(1).map((commit) => commit.text)).toEqual(
        commits.map((commit) => commit.bytes.toString()),
      );
    });
  });
}

/** What a writer does while the outcome is unknown: the same commit and expectation again. */
async function appendUntilKnown(log: EventLog, expected: Position, commit: EncodedCommit): Promise<AppendResult> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const result = await log.append(expected, commit);
    if (result.status !== 'unknown' || performance.now() > deadline) {
      return result;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
