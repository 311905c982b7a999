import { createMemoryLog } from '@fleetbook/event-log/memory';
import { memoryDisk } from '@fleetbook/operations/testing';
import { ledgerDigest } from '@fleetbook/snapshot';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProjectorOptions, ProjectorPeers } from '../index.ts';
import { addNode, claimOf, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory, type HistoryWriter } from '../testing/history-writer.ts';
import { type TestProjector, testProjector, until } from '../testing/run-projector.ts';
import type { PeerDigest } from './agreement.ts';

const running: TestProjector[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ projector }) => projector.stop()));
});

function start(test: TestProjector): TestProjector {
  running.push(test);
  test.projector.start();
  return test;
}

async function history() {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'a');
  await writer.flush();
  return { log, writer };
}

function peerAt(writer: HistoryWriter, change: Partial<PeerDigest> = {}): PeerDigest {
  const { number } = writer.bookmark;
  return { historyId: 'history-1', digestVersion: 1, number, digest: ledgerDigest(writer.ledger), ...change };
}

/** Peers that answer one after the other, the last for ever; and how often they were asked. */
function peersThat(...answers: readonly Awaited<ReturnType<ProjectorPeers['digest']>>[]) {
  const asked = { count: 0 };
  const peers: ProjectorPeers = {
    digest: async () => {
      asked.count += 1;
      return answers[Math.min(asked.count, answers.length) - 1] ?? 'nobody';
    },
    isAnybodyWell: async () => false,
  };
  return { asked, peers };
}

const OTHER = '0'.repeat(32);
const DOUBT = { message: 'the digest is not that of a replica that answers' };

describe('a replica that has caught up', () => {
  it('serves at once where no other answers questions', async () => {
    const { log } = await history();
    const { projector } = start(testProjector(log, peersThat('nobody')));
    await until(() => projector.isServing, 'it serves');
  });

  it('serves when its digest is that of one that answers, at the same event', async () => {
    const { log, writer } = await history();
    const { peers, asked } = peersThat(peerAt(writer));
    const { projector, logger } = start(testProjector(log, { peers }));
    await until(() => projector.isServing, 'it serves');
    expect(asked.count).toBe(1);
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ reason: 'the digest is that of a replica that answers' }),
    );
  });

  it('waits for the event of one that is ahead', async () => {
    const { log, writer } = await history();
    const answer = Promise.withResolvers<PeerDigest>();
    const peers: ProjectorPeers = { digest: () => answer.promise, isAnybodyWell: async () => true };
    const { projector } = start(testProjector(log, { peers }));
    await until(() => projector.status.phase === 'live', 'it has caught up');
    expect(projector.health().checks).toContainEqual(expect.objectContaining({ name: 'agreement', status: 'yellow' }));
    const atFirst = peerAt(writer);
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    await projector.reached(writer.bookmark.number, 10_000);
    await writer.send(SCHEDULER, claimOf('a', 'i2'));
    expect(projector.isServing).toBe(false);
    answer.resolve(atFirst);
    await until(() => projector.isServing, 'it serves by what it was before the claims');
  });

  it('does not serve while one that answers has another digest, and says so in red', async () => {
    const { log, writer } = await history();
    const { peers, asked } = peersThat(peerAt(writer, { digest: OTHER }));
    const { projector, logger } = start(testProjector(log, { peers }));
    await until(() => asked.count > 2, 'it is compared again');
    expect(projector.isServing).toBe(false);
    expect(projector.health()).toMatchObject({ status: 'red' });
    expect(logger.lines).toContainEqual(expect.objectContaining({ ...DOUBT, isFromBeginning: true, theirs: OTHER }));
  });

  it('serves once the one with another digest answers no more', async () => {
    const { log, writer } = await history();
    const { projector } = start(testProjector(log, peersThat(peerAt(writer, { digest: OTHER }), 'nobody')));
    await until(() => projector.isServing, 'it serves');
    expect(projector.health()).toMatchObject({ status: 'green' });
  });

  it('is kept from serving by nobody who stays silent', async () => {
    const { log } = await history();
    const { peers, asked } = peersThat('silent');
    const { projector } = start(testProjector(log, { peers }));
    await until(() => projector.isServing, 'it serves');
    expect(asked.count).toBe(3);
  });

  it('does not compare digests that are counted in another way', async () => {
    const { log, writer } = await history();
    const { peers } = peersThat(peerAt(writer, { digestVersion: 2, digest: OTHER }));
    const { projector } = start(testProjector(log, { peers }));
    await until(() => projector.isServing, 'it serves');
  });
});

describe('a replica started from what was saved', () => {
  it('drops it and folds the whole log when its digest is not that of one that answers', async () => {
    const { log, writer } = await history();
    const disk = memoryDisk();
    const first = testProjector(log, {}, disk);
    first.projector.start();
    await until(() => first.projector.isServing, 'the first serves');
    first.projector.view.ledger.nodes.delete('a');
    first.projector.view.digest.note({
      table: 'nodes',
      key: 'a',
      before: writer.ledger.nodes.get('a'),
      after: undefined,
    });
    await first.projector.stop();
    expect(disk.files.size).toBe(1);

    const { peers } = peersThat(peerAt(writer));
    const { projector, logger, answer } = start(testProjector(log, { peers }, disk));
    await until(() => projector.isServing, 'it serves');
    expect(logger.lines).toContainEqual(expect.objectContaining({ ...DOUBT, isFromBeginning: false }));
    expect(await answer('digest', {})).toMatchObject({ digest: ledgerDigest(writer.ledger) });
    expect(await answer('node', { node: 'a' })).toMatchObject({ node: 'a' });
  });
});

describe('a rebuild', () => {
  const saved = async (options: Partial<ProjectorOptions> = {}) => {
    const { log, writer } = await history();
    const disk = memoryDisk();
    const first = start(testProjector(log, { checkpointIntervalMs: 1 }, disk));
    await until(() => disk.files.size > 0, 'a checkpoint is saved');
    return { log, writer, disk, first, options };
  };

  it('begins with the first event, and keeps nothing of what was saved', async () => {
    const { log, disk, first } = await saved();
    await first.projector.stop();
    const second = testProjector(log, { startsAnew: true }, disk);
    start(second);
    await until(() => second.projector.isServing, 'it serves');
    expect(disk.files.size).toBe(0);
    expect(second.logger.lines).not.toContainEqual(expect.objectContaining({ message: 'checkpoint opened' }));
  });

  it('leaves no checkpoint of the one that is replaced, which answers on', async () => {
    const { disk, first, writer } = await saved();
    await first.projector.discardCheckpoint();
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    await first.projector.reached(writer.bookmark.number, 10_000);
    expect(first.projector.isServing).toBe(true);
    expect((await first.answer('projection', {})).checkpoint).toBeUndefined();
    await first.projector.stop();
    expect(disk.files.size).toBe(0);
  });
});
