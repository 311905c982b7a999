import { formatToken } from '@fleetbook/contracts';
import { forkCommit, ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog, type MemoryLog } from '@fleetbook/event-log/memory';
import { type MemoryDisk, memoryDisk, memoryMarks } from '@fleetbook/operations/testing';
import { ledgerDigest } from '@fleetbook/snapshot';
import { describe, expect, it } from 'vitest';
import { addNode, claimOf, ONE_GPU, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory, type HistoryWriter } from '../testing/history-writer.ts';
import { testProjector, until, withProjector } from '../testing/run-projector.ts';

interface Lost {
  readonly log: MemoryLog;
  readonly disk: MemoryDisk;
  readonly marks: ReturnType<typeof memoryMarks>;
  /** The last event that was folded and saved, and the last one that is left. */
  readonly lostTo: number;
  readonly keptTo: number;
}

async function append(log: MemoryLog, end: HistoryWriter['bookmark'], lostTo: number): Promise<number> {
  const commit = forkCommit({
    ...{ end, from: 'history-1', newHistoryId: 'history-2', lostTo, reason: 'a lost disk' },
    ...{ operator: 'alice', writer: 'recovery', at: 1_900_000_000_000 },
    commitId: '00000000-0000-4000-8000-aaaaaaaaaaaa',
    decisionId: '00000000-0000-4000-8000-bbbbbbbbbbbb',
  });
  expect(await log.append(end.position, commit)).toMatchObject({ status: 'appended' });
  return end.number + 2;
}

/** A projector's state of a log that lost two events since. */
async function lost(): Promise<Lost> {
  const log = createMemoryLog();
  const [disk, marks] = [memoryDisk(), memoryMarks()];
  const writer = await foundHistory(log, { historyId: 'history-1', eventsPerCommit: 1 });
  addNode(writer, 'a');
  writer.decide(SCHEDULER, claimOf('a', 'i', ONE_GPU), 'claim-1');
  writer.decide(SCHEDULER, claimOf('a', 'j', ONE_GPU), 'claim-2');
  await writer.flush();
  const lostTo = writer.bookmark.number;
  await withProjector(log, lostTo, async () => undefined, { marks }, disk);
  log.storeFaults.truncate(writer.bookmark.position - 2);
  return { log, disk, marks, lostTo, keptTo: lostTo - 2 };
}

async function endOf(log: MemoryLog): Promise<HistoryWriter['bookmark']> {
  let end = ORIGIN;
  for await (const commits of createMemoryLog({ store: log.store }).read(ORIGIN)) {
    end = commits.at(-1)?.bookmark ?? end;
  }
  return end;
}

describe('a projector of a log whose lost events were given up', () => {
  it('serves again from the log, without the checkpoint and the mark of what is lost', async () => {
    const { log, disk, marks, lostTo } = await lost();
    const number = await append(log, await endOf(log), lostTo);
    await withProjector(
      log,
      number,
      async ({ projector, answer, logger }) => {
        await until(() => projector.isServing, 'it serves');
        expect(logger.lines).toContainEqual(expect.objectContaining({ reason: 'given-up' }));
        expect(await answer('digest', {})).toMatchObject({
          historyId: 'history-2',
          digest: ledgerDigest(projector.view.ledger),
        });
        expect(marks.mark).toMatchObject({ historyId: 'history-2', number });
        expect(await answer('candidates', { request: ONE_GPU })).toMatchObject({
          candidates: [],
          reasons: [{ reason: 'GUEST_REPORT_OWED', nodes: 1 }],
        });
        expect((await answer('attention', {})).items).toEqual([{ kind: 'report-owed', node: 'a', owedSince: number }]);
        expect(await answer('node', { node: 'a' })).toMatchObject({ owesReport: number });
      },
      { marks },
      disk,
    );
  });

  it('answers to a token of the former history up to where it was kept, and refuses one beyond', async () => {
    const { log, lostTo, keptTo } = await lost();
    const number = await append(log, await endOf(log), lostTo);
    await withProjector(log, number, async ({ ask, projector }) => {
      await until(() => projector.isServing, 'it serves');
      const outcomeAt = async (history: string, at: number) => {
        const reply = await ask('nodes', { atLeast: formatToken(history, at), deadlineMs: 0 });
        return reply.outcome === 'error' ? reply.error.code : reply.outcome;
      };
      expect(await outcomeAt('history-1', keptTo)).toBe('answer');
      expect(await outcomeAt('history-1', keptTo + 1)).toBe('HISTORY_CHANGED');
      expect(await outcomeAt('history-1', lostTo + 1)).toBe('HISTORY_CHANGED');
      expect(await outcomeAt('history-2', number)).toBe('answer');
      expect(await outcomeAt('history-2', number + 1)).toBe('PROJECTION_BEHIND');
    });
  });

  it('stays red where more is known to be lost than was given up', async () => {
    const { log, disk, marks, lostTo } = await lost();
    await append(log, await endOf(log), lostTo - 1);
    const { projector } = testProjector(log, { marks }, disk);
    projector.start();
    const givenUp = /only events up to \d+ were given up/;
    await until(() => givenUp.test(JSON.stringify(projector.health().checks)), 'a word on what was not given up');
    // Each further attempt comes to the same.
    await until(() => (projector.status.fault?.attempts ?? 0) > 2, 'a third attempt');
    expect(projector.health()).toMatchObject({ status: 'red' });
    expect(JSON.stringify(projector.health().checks)).toMatch(givenUp);
    await projector.stop();
  });

  it('goes on from a checkpoint that was kept', async () => {
    const { log, lostTo, keptTo } = await lost();
    const disk = memoryDisk();
    await withProjector(log, keptTo, async () => undefined, {}, disk);
    const number = await append(log, await endOf(log), lostTo);
    await withProjector(
      log,
      number,
      async ({ logger }) => {
        expect(logger.lines).toContainEqual(expect.objectContaining({ message: 'checkpoint opened', number: keptTo }));
      },
      {},
      disk,
    );
  });
});
