import { createMemoryLog, type MemoryLog } from '@fleetbook/event-log/memory';
import type { MarkKeeper } from '@fleetbook/operations';
import { memoryDisk, memoryMarks } from '@fleetbook/operations/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { addNode, claimOf, ONE_GPU, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory, type HistoryWriter } from '../testing/history-writer.ts';
import { type TestProjector, testProjector, until } from '../testing/run-projector.ts';

const started: TestProjector[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ projector }) => projector.stop()));
});

function start(log: MemoryLog, marks: MarkKeeper, disk = memoryDisk()): TestProjector {
  const test = testProjector(log, { marks, checkpointIntervalMs: 1 }, disk);
  started.push(test);
  test.projector.start();
  return test;
}

async function history(historyId = 'history-1'): Promise<{ readonly log: MemoryLog; readonly writer: HistoryWriter }> {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { historyId, eventsPerCommit: 1 });
  addNode(writer, 'a');
  writer.decide(SCHEDULER, claimOf('a', 'i', ONE_GPU), 'claim');
  await writer.flush();
  return { log, writer };
}

const markOf = ({ bookmark: { number, hash } }: HistoryWriter) => ({ historyId: 'history-1', number, hash });

async function expectStopped(test: TestProjector, code: string, reason: RegExp): Promise<void> {
  await until(() => test.projector.status.fault?.kind === 'damage', 'the loss is found');
  expect(await test.ask('nodes', {})).toMatchObject({ error: { code } });
  const { status, checks } = await test.answer('health', {});
  expect(status).toBe('red');
  expect(checks).toContainEqual(expect.objectContaining({ name: 'fold', reason: expect.stringMatching(reason) }));
  expect(test.projector.isServing).toBe(false);
  expect(test.disk.files.size).toBe(0);
}

describe('a projector that knows what was durable', () => {
  it('raises its mark with every commit it folds', async () => {
    const { log, writer } = await history();
    const marks = memoryMarks();
    const test = start(log, marks);
    await until(() => test.projector.isServing, 'it serves');
    expect(marks.mark).toEqual(markOf(writer));
    await writer.send(SCHEDULER, claimOf('a', 'j', ONE_GPU));
    await until(() => marks.mark?.number === writer.bookmark.number, 'the next commit is folded');
    expect(marks.mark).toEqual(markOf(writer));
  });

  it('raises it by what the writer states, as soon as the log is known to hold the mark kept before', async () => {
    const { log, writer } = await history();
    const marks = memoryMarks({ historyId: 'history-1', number: 3, hash: 'f'.repeat(64) });
    const ahead = { historyId: 'history-1', number: writer.bookmark.number + 5, hash: 'a'.repeat(64) };
    const doubted = start(log, marks);
    await until(() => doubted.projector.status.fault !== undefined, 'the loss is found');
    doubted.projector.noteHead(ahead);
    expect(marks.mark?.number).toBe(3);
    const sound = memoryMarks(markOf(writer));
    const test = start(log, sound);
    await until(() => test.projector.isServing, 'it serves');
    test.projector.noteHead({ ...ahead, historyId: 'history-2' });
    expect(sound.mark).toEqual(markOf(writer));
    test.projector.noteHead(ahead);
    expect(sound.mark).toEqual(ahead);
  });

  it('answers nothing from a log that ends before what another service on the machine knows', async () => {
    const { log, writer } = await history();
    const neighbours = [markOf(writer), { historyId: 'another', number: 90, hash: 'a'.repeat(64) }];
    const sound = start(log, memoryMarks(undefined, neighbours));
    await until(() => sound.projector.isServing, 'it serves');
    log.storeFaults.truncate(writer.bookmark.position - 1);
    await expectStopped(
      start(log, memoryMarks(undefined, neighbours)),
      'LOG_WENT_BACK',
      /event \d+ of history history-1/,
    );
  });

  it('serves from a log that holds it', async () => {
    const { log, writer } = await history();
    const test = start(log, memoryMarks(markOf(writer)));
    await until(() => test.projector.isServing, 'it serves');
  });

  it('answers nothing and saves nothing from a log that ends before it', async () => {
    const { log, writer } = await history();
    const mark = markOf(writer);
    const marks = memoryMarks(mark);
    log.storeFaults.truncate(writer.bookmark.position - 1);
    await expectStopped(start(log, marks), 'LOG_WENT_BACK', /event \d+ of history history-1 .* keep a copy/);
    expect(marks.mark).toEqual(mark);
  });

  it('answers nothing from an empty log', async () => {
    const marks = memoryMarks({ historyId: 'history-1', number: 9, hash: 'f'.repeat(64) });
    await expectStopped(start(createMemoryLog(), marks), 'LOG_WENT_BACK', /events 1 to 9 .* the log is empty/);
  });

  it('answers nothing from a log that holds another commit in its place, however long it is asked', async () => {
    const { log, writer } = await history();
    const { historyId, number } = markOf(writer);
    const test = start(log, memoryMarks({ historyId, number: number - 1, hash: 'f'.repeat(64) }));
    await expectStopped(test, 'LOG_WENT_BACK', /stands in place/);
    await until(() => (test.projector.status.fault?.attempts ?? 0) > 3, 'it is tried again');
    expect(test.projector.isServing).toBe(false);
  });

  it('answers nothing from a log of another history, and forgets nothing', async () => {
    const { log } = await history('history-2');
    const mark = { historyId: 'history-1', number: 3, hash: 'f'.repeat(64) };
    const marks = memoryMarks(mark);
    await expectStopped(start(log, marks), 'OTHER_HISTORY', /history-2.*history-1/);
    expect(marks.mark).toEqual(mark);
  });

  it('says all that is missing where its checkpoint knows of less than its mark', async () => {
    const { log, writer } = await history();
    const disk = memoryDisk();
    const before = start(log, memoryMarks(), disk);
    await until(() => before.projector.isServing, 'it serves');
    await before.projector.stop();
    expect(disk.files.size).toBe(1);
    const { number: from, position } = writer.bookmark;
    await writer.send(SCHEDULER, claimOf('a', 'j', ONE_GPU));
    log.storeFaults.truncate(position - 1);
    const test = start(log, memoryMarks(markOf(writer)), disk);
    await until(() => test.projector.status.fault !== undefined, 'the loss is found');
    const details = { from, to: writer.bookmark.number };
    expect(await test.ask('nodes', {})).toMatchObject({ error: { code: 'LOG_WENT_BACK', details } });
  });

  it('says which events are missing when the log goes back under it', async () => {
    const { log, writer } = await history();
    const test = start(log, memoryMarks());
    await until(() => test.projector.isServing, 'it serves');
    log.storeFaults.truncate(writer.bookmark.position - 2);
    await until(() => test.projector.status.fault !== undefined, 'the loss is found');
    const to = writer.bookmark.number;
    const details = { historyId: 'history-1', from: to - 1, to };
    expect(await test.ask('nodes', {})).toMatchObject({ error: { code: 'LOG_WENT_BACK', details } });
  });
});
