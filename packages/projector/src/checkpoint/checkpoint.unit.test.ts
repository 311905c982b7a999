import { createHash } from 'node:crypto';
import { createMemoryLog, type MemoryLog } from '@fleetbook/event-log/memory';
import { type MemoryDisk, memoryDisk } from '@fleetbook/operations/testing';
import { ledgerDigest } from '@fleetbook/snapshot';
import { afterEach, describe, expect, it } from 'vitest';
import { errorCodeOf } from '../fold/status.ts';
import { addNode, agentOf, claimOf, dropOf, ONE_GPU, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory, type HistoryWriter } from '../testing/history-writer.ts';
import { type TestProjector, testProjector, until, withProjector } from '../testing/run-projector.ts';

const PATH = '/data/checkpoint.json';

const started: TestProjector[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map(({ projector }) => projector.stop()));
});

function start(log: MemoryLog, disk: MemoryDisk, options = {}): TestProjector {
  const test = testProjector(log, options, disk);
  started.push(test);
  test.projector.start();
  return test;
}

async function history(historyId = 'history-1', instances = 3) {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { historyId, eventsPerCommit: 4 });
  addNode(writer, 'a');
  addNode(writer, 'b');
  for (let count = 0; count < instances; count += 1) {
    writer.decide(SCHEDULER, claimOf('a', `i${count}`, ONE_GPU, 'tenant-1'), `claim-${count}`);
  }
  writer.decide(agentOf('a'), dropOf('a', 'i0', 'claim-0'), 'drop-0');
  await writer.flush();
  return { log, writer };
}

/** A checkpoint at the log's end, and commits after it. */
async function saved(): Promise<{ log: MemoryLog; writer: HistoryWriter; disk: MemoryDisk }> {
  const { log, writer } = await history();
  const disk = memoryDisk();
  await withProjector(log, writer.bookmark.number, async () => undefined, {}, disk);
  expect(disk.files.has(PATH)).toBe(true);
  return { log, writer, disk };
}

function openedFrom({ logger }: TestProjector): unknown {
  return logger.lines.find((line) => line['message'] === 'checkpoint opened')?.['number'];
}

function ignoredFor({ logger }: TestProjector): unknown {
  return logger.lines.find((line) => String(line['message']).startsWith('checkpoint ignored'))?.['reason'];
}

function codeOf({ projector }: TestProjector): string | undefined {
  const { fault } = projector.status;
  return fault === undefined ? undefined : errorCodeOf(fault);
}

async function expectSound(test: TestProjector, writer: HistoryWriter): Promise<void> {
  await until(() => test.projector.isServing, 'the projector serves');
  expect(test.projector.view.bookmark).toEqual(writer.bookmark);
  expect(await test.answer('digest', {})).toMatchObject({ digest: ledgerDigest(writer.ledger) });
}

describe('a checkpoint', () => {
  it('is where a restarted projector goes on, with everything it answers from', async () => {
    const { log, writer, disk } = await saved();
    const upTo = writer.bookmark.number;
    await writer.send(SCHEDULER, claimOf('b', 'late', ONE_GPU));
    const test = start(log, disk);
    await expectSound(test, writer);
    expect(openedFrom(test)).toBe(upTo);
    expect(
      await test.answer('outcome', { commandId: 'claim-1', role: 'scheduler', actor: 'scheduler-1' }),
    ).toMatchObject({ status: 'recorded', reply: { commandId: 'claim-1' } });
    const events = (await test.answer('history', { node: 'a' })).events.map((event) => event.number);
    const expected = writer.events
      .filter(({ command }) => command !== undefined && 'node' in command && command.node === 'a')
      .map(({ number }) => number);
    expect(events).toEqual(expected.toReversed());
    expect(await test.answer('usage', { tenant: 'tenant-1' })).toMatchObject({ claims: 1 });
    expect((await test.answer('candidates', { request: ONE_GPU })).candidates.map(({ node }) => node)).toEqual([
      'a',
      'b',
    ]);
  });

  it('cut off or extended anywhere is ignored, and the log folded from its beginning', async () => {
    const { log, writer, disk } = await saved();
    const whole = Buffer.from(disk.files.get(PATH) ?? []);
    const lines = whole.toString('latin1').split('\n');
    const firstLine = (lines[0]?.length ?? 0) + 1;
    const cuts = [
      0,
      1,
      firstLine - 1,
      firstLine,
      firstLine + 1,
      whole.length >> 1,
      whole.length - 80,
      whole.length - 1,
    ];
    for (const bytes of [...cuts.map((end) => whole.subarray(0, end)), Buffer.concat([whole, Buffer.from('\n')])]) {
      disk.files.set(PATH, bytes);
      const test = start(log, disk);
      await expectSound(test, writer);
      expect(ignoredFor(test)).toMatch(/torn|checksum/);
    }
  });

  it('with any changed byte is ignored', async () => {
    const { log, writer, disk } = await saved();
    const whole = Buffer.from(disk.files.get(PATH) ?? []);
    for (const place of [0, 40, whole.length >> 1, whole.length - 90, whole.length - 10]) {
      const changed = Buffer.from(whole);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      disk.files.set(PATH, changed);
      const test = start(log, disk);
      await expectSound(test, writer);
      expect(ignoredFor(test)).toMatch(/torn|checksum/);
    }
  });

  it.each([
    ['other-version', /"foldVersion":\d+/, '"foldVersion":999999'],
    ['digest', /"digest":"[0-9a-f]{32}"/, `"digest":"${'0'.repeat(32)}"`],
  ])('of %s is ignored, though its checksum holds', async (reason, pattern, replacement) => {
    const { log, writer, disk } = await saved();
    disk.files.set(PATH, resealed(disk, pattern, replacement));
    const test = start(log, disk);
    await expectSound(test, writer);
    expect(ignoredFor(test)).toBe(reason);
  });

  it('beyond the end of its history is evidence of loss: red, and no answer', async () => {
    const { log, writer, disk } = await saved();
    log.storeFaults.truncate(writer.bookmark.position - 1);
    const test = start(log, disk);
    await until(() => test.projector.status.fault?.kind === 'damage', 'the loss is found');
    expect(await test.ask('nodes', {})).toMatchObject({ error: { code: 'LOG_WENT_BACK' } });
    expect(await test.answer('health', {})).toMatchObject({ status: 'red' });
    expect(test.projector.isServing).toBe(false);
  });

  it('of a history that lost its end and went on otherwise is evidence of loss, and is kept', async () => {
    const { log, disk } = await saved();
    const kept = disk.files.get(PATH);
    log.storeFaults.truncate(0);
    const writer = await foundHistory(log, { historyId: 'history-1', eventsPerCommit: 1 });
    for (const node of ['x', 'y', 'z']) {
      addNode(writer, node);
    }
    await writer.flush();
    const test = start(log, disk);
    await until(() => test.projector.status.fault?.kind === 'damage', 'the loss is found');
    const details = { historyId: 'history-1', from: 10, to: 11 };
    expect(await test.ask('nodes', {})).toMatchObject({ error: { code: 'LOG_WENT_BACK', details } });
    await test.projector.stop();
    expect(disk.files.get(PATH)).toEqual(kept);
  });

  it('of another last commit in the same place is evidence of loss', async () => {
    const { log, disk } = await saved();
    disk.files.set(PATH, resealed(disk, /("bookmark":\{[^}]*"hash":")[0-9a-f]{4}/, '$1dead'));
    const test = start(log, disk);
    await until(() => test.projector.status.fault?.kind === 'damage', 'the loss is found');
    expect(await test.ask('nodes', {})).toMatchObject({ error: { code: 'LOG_WENT_BACK' } });
  });

  it('of a log that is damaged before its end says so', async () => {
    const { log, writer, disk } = await saved();
    log.storeFaults.flipByte(writer.bookmark.position);
    const test = start(log, disk);
    await until(() => test.projector.status.fault?.kind === 'damage', 'the damage is found');
    expect(await test.ask('nodes', {})).toMatchObject({ error: { code: 'LOG_DAMAGED' } });
  });

  it('of a log that is now empty is evidence of loss, and is kept when another history begins there', async () => {
    const { disk } = await saved();
    const kept = disk.files.get(PATH);
    const log = createMemoryLog();
    const test = start(log, disk, { checkpointIntervalMs: 1 });
    await until(() => codeOf(test) === 'LOG_WENT_BACK', 'the loss is found');
    const writer = await foundHistory(log, { historyId: 'history-2' });
    addNode(writer, 'x');
    await writer.flush();
    await until(() => codeOf(test) === 'OTHER_HISTORY', 'the other history is found');
    expect(await test.ask('nodes', {})).toMatchObject({ error: { code: 'OTHER_HISTORY' } });
    await test.projector.stop();
    expect(disk.files.get(PATH)).toEqual(kept);
  });

  it('of another cell is evidence of a directory that is not of this cell: red, and kept', async () => {
    const { log, disk } = await saved();
    const changed = resealed(disk, /"cell":"main","historyId"/, '"cell":"elsewhere","historyId"');
    disk.files.set(PATH, changed);
    const test = start(log, disk, { checkpointIntervalMs: 1 });
    await until(() => codeOf(test) === 'OTHER_HISTORY', 'the other cell is found');
    expect(test.projector.isServing).toBe(false);
    await test.projector.stop();
    expect(disk.files.get(PATH)).toEqual(changed);
  });

  it.each(['NO_SPACE', 'IO_FAILED', 'ACCESS_DENIED'] as const)(
    'that cannot be written (%s) costs a warning, and no answer is wrong',
    async (code) => {
      const { log, writer } = await history();
      const disk = memoryDisk();
      disk.breakWith('writeAtomically', code);
      const test = start(log, disk, { checkpointIntervalMs: 1 });
      await expectSound(test, writer);
      await until(() => test.logger.lines.some((line) => line['errCode'] === code), 'the warning');
      expect(await test.answer('health', {})).toMatchObject({ status: 'yellow' });
      expect(test.metrics()).toContain(
        `fleetbook_projection_checkpoints_total{projection="inventory",result="${code}"}`,
      );
      disk.repair();
      await writer.send(SCHEDULER, claimOf('b', 'late'));
      await until(() => disk.files.has(PATH), 'the next save');
      await expectSound(test, writer);
    },
  );

  it('that cannot be read is ignored', async () => {
    const { log, writer, disk } = await saved();
    disk.breakWith('readFile', 'IO_FAILED');
    const test = start(log, disk);
    await expectSound(test, writer);
    expect(ignoredFor(test)).toBe('IO_FAILED');
  });

  it('is saved after so many events without waiting for the interval', async () => {
    const { log, writer } = await history();
    const disk = memoryDisk();
    const test = start(log, disk, { checkpointIntervalEvents: 2, milestoneEvents: 4 });
    await expectSound(test, writer);
    await until(() => disk.files.has(PATH), 'the save');
  });
});

/** The file with a change in its header, under a checksum of its own. */
function resealed(disk: MemoryDisk, pattern: RegExp, replacement: string): Buffer {
  const lines = Buffer.from(disk.files.get(PATH) ?? [])
    .toString()
    .split('\n');
  const changed = (lines[0] ?? '').replace(pattern, replacement);
  expect(changed).not.toBe(lines[0]);
  const body = [changed, ...lines.slice(1, -2), ''].join('\n');
  return Buffer.from(`${body}{"sha256":"${createHash('sha256').update(body).digest('hex')}"}\n`);
}
