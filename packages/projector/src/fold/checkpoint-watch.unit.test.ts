import type { DecidedEvent } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { type MemoryDisk, memoryDisk } from '@fleetbook/operations/testing';
import { ledgerDigest } from '@fleetbook/snapshot';
import { afterEach, describe, expect, it } from 'vitest';
import { addNode, claimOf, ONE_GPU, OPERATOR, ORIGIN_OF_TESTS, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory, type HistoryWriter } from '../testing/history-writer.ts';
import { type TestProjector, testProjector, until } from '../testing/run-projector.ts';

const running: TestProjector[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ projector }) => projector.stop()));
});

const DISAGREES = 'the view disagrees with a checkpoint: the log is folded once more';
const WRONG = 'the view is wrong: it is dropped';
const SUSPECT = 'a checkpoint is suspect: the fold from the first event disagrees with it';
const EVERY_COMMIT = { milestoneEvents: 1 };

async function history() {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'a');
  await writer.flush();
  return { log, writer };
}

function follow(log: ReturnType<typeof createMemoryLog>, disk: MemoryDisk = memoryDisk()): TestProjector {
  const test = testProjector(log, EVERY_COMMIT, disk);
  running.push(test);
  test.projector.start();
  return test;
}

/** A checkpoint of the end of what is in the log, as a writer with this digest states it. */
async function state(writer: HistoryWriter, digest = ledgerDigest(writer.ledger)): Promise<number> {
  const upTo = writer.bookmark.number;
  const event: DecidedEvent = { type: 'Checkpoint', schemaVersion: 1, data: { upTo, digestVersion: 1, digest } };
  writer.record([event]);
  await writer.flush();
  return upTo;
}

/** The projector knows the digest of all that is written: two milestones that come together pass the first one over. */
async function digested({ projector }: TestProjector, { bookmark }: HistoryWriter): Promise<void> {
  await until(
    () => projector.view.bookmark.number === bookmark.number && projector.view.digest.pendingAtMilestone === 0,
    'it has hashed the last milestone',
  );
}

const says = ({ logger }: TestProjector, message: string) => logger.lines.some((line) => line['message'] === message);

const checkOf = ({ projector }: TestProjector) => projector.health().checks.find(({ name }) => name === 'checkpoints');

/** One record of the projector's memory becomes another one. */
function corrupt({ projector }: TestProjector): void {
  const { nodes } = projector.view.ledger;
  const node = nodes.get('a');
  if (node === undefined) {
    throw new Error('there is no node a');
  }
  nodes.set('a', { ...node, owner: 'stranger' });
}

/** A projector that serves, whose view was sound at one checkpoint and is not any more, with a commit to tell by. */
async function withWrongView() {
  const { log, writer } = await history();
  const test = follow(log);
  await until(() => test.projector.isServing, 'it serves');
  await digested(test, writer);
  await state(writer);
  await digested(test, writer);
  const wrong = test.projector.view;
  corrupt(test);
  await writer.send(SCHEDULER, claimOf('a', 'i', ONE_GPU));
  await digested(test, writer);
  return { writer, test, wrong };
}

describe('a projector that folds a checkpoint', () => {
  it('goes on where it agrees', async () => {
    const { log, writer } = await history();
    const test = follow(log);
    await digested(test, writer);
    const upTo = await state(writer);
    await until(() => test.projector.view.milestones.agreedUpTo === upTo, 'it agrees');
    expect(checkOf(test)).toEqual({ name: 'checkpoints', status: 'green' });
  });

  it('goes on where the log folds to another digest than was stated, and is red with the number', async () => {
    const { log, writer } = await history();
    const test = follow(log);
    await digested(test, writer);
    const upTo = await state(writer, 'f'.repeat(32));
    await until(() => says(test, SUSPECT), 'the checkpoint is suspect');
    expect(checkOf(test)).toMatchObject({ status: 'red', reason: expect.stringContaining(`event ${upTo} is suspect`) });
    expect(test.projector.isServing).toBe(true);
    await writer.send(SCHEDULER, claimOf('a', 'i', ONE_GPU));
    await test.projector.reached(writer.number, 5_000);
    expect(await test.answer('digest', {})).toMatchObject({ digest: ledgerDigest(writer.ledger) });
    expect(says(test, WRONG)).toBe(false);
    const origin = ORIGIN_OF_TESTS;
    await writer.send(OPERATOR, { type: 'RevokeCheckpoint', origin, upTo, reason: 'a faulty writer' });
    await test.projector.reached(writer.number, 5_000);
    expect(checkOf(test)?.status).toBe('green');
  });

  it('drops a view that is wrong, and answers from one that is folded anew', async () => {
    const { writer, test, wrong } = await withWrongView();
    await state(writer);
    await until(() => says(test, WRONG), 'the view is found to be wrong');
    await until(() => test.projector.view !== wrong && test.projector.isServing, 'another one serves');
    await digested(test, writer);
    const upTo = await state(writer);
    await until(() => test.projector.view.milestones.agreedUpTo === upTo, 'it agrees');
    expect(test.projector.view.ledger.nodes.get('a')?.owner).toBe(writer.ledger.nodes.get('a')?.owner);
    expect([says(test, DISAGREES), says(test, SUSPECT)]).toEqual([true, false]);
    expect(checkOf(test)?.status).toBe('green');
  });

  it('drops a view that is wrong, also where the checkpoint that shows it is wrong itself', async () => {
    const { writer, test, wrong } = await withWrongView();
    await state(writer, 'f'.repeat(32));
    await until(() => says(test, WRONG) && says(test, SUSPECT), 'both are found to be wrong');
    await until(() => test.projector.view !== wrong && test.projector.isServing, 'another view serves');
    expect(await test.answer('digest', {})).toMatchObject({ digest: ledgerDigest(writer.ledger) });
    expect(checkOf(test)?.status).toBe('red');
  });

  it('removes what was saved with a wrong view', async () => {
    const { log, writer } = await history();
    const disk = memoryDisk();
    const first = testProjector(log, EVERY_COMMIT, disk);
    first.projector.start();
    await first.projector.reached(writer.number, 5_000);
    await first.projector.stop();
    const test = follow(log, disk);
    await until(() => test.projector.isServing, 'it serves');
    expect(disk.files.size).toBe(1);
    corrupt(test);
    await writer.send(SCHEDULER, claimOf('a', 'i', ONE_GPU));
    await digested(test, writer);
    await state(writer);
    await until(() => says(test, WRONG) && disk.files.size === 0, 'the file is removed');
  });
});
