import { apply, emptyLedger, type LedgerEvent } from '@fleetbook/domain';
import { createMemoryStore } from '@fleetbook/event-log/memory';
import { type MemoryDisk, memoryDisk } from '@fleetbook/operations/testing';
import { ledgerDigest } from '@fleetbook/snapshot';
import { describe, expect, it } from 'vitest';
import { claimInstance, message, registerNode, reportInventory } from './testing/commands.ts';
import { createWorld, type RunningTracker, type World } from './testing/world.ts';

const DIRECTORY = '/tracker';
const SETTINGS = { milestoneEvents: 8, snapshotIntervalMs: 0 };

const register = (world: World, commandId: string) =>
  message(commandId, world.time.clock.now(), registerNode(commandId));

/** As many commands as it takes to come past a milestone, one after the other. */
async function decideSome(world: World, prefix: string, count = 10): Promise<void> {
  for (let place = 0; place < count; place += 1) {
    await world.ask(register(world, `${prefix}-${place}`));
  }
}

function snapshotsOn(disk: MemoryDisk): readonly string[] {
  return [...disk.files.keys()].filter((path) => path.startsWith(`${DIRECTORY}/snapshot-`)).sort();
}

const numberOf = (path = ''): number => Number(/(\d{16})/.exec(path)?.[1]);

function opened({ logger }: RunningTracker): unknown {
  return logger.lines.find((line) => line['message'] === 'snapshot opened')?.['number'];
}

function ignored({ logger }: RunningTracker): readonly unknown[] {
  return logger.lines.filter((line) => line['message'] === 'snapshot ignored').map((line) => line['reason']);
}

function digestOfAll(events: readonly LedgerEvent[]): string {
  const ledger = emptyLedger();
  for (const event of events) {
    apply(ledger, event);
  }
  return ledgerDigest(ledger);
}

async function digestOf(world: World): Promise<unknown> {
  const replies = world.askWriter();
  await world.time.until(() => replies.length > 0);
  const [reply] = replies;
  return reply?.outcome === 'answer' ? reply.answer.digest : reply;
}

/** A cell whose tracker has saved two snapshots and was killed, and what is on its disk. */
async function saved() {
  const world = createWorld();
  const disk = memoryDisk();
  const first = await world.startInOffice({ disk, settings: SETTINGS });
  await decideSome(world, 'a');
  await world.time.until(() => snapshotsOn(disk).length === 1);
  await decideSome(world, 'b');
  await world.time.until(() => snapshotsOn(disk).length === 2);
  await world.ask(register(world, 'tail'));
  await first.kill();
  const [older, newer] = snapshotsOn(disk);
  return { world, disk, first, older: older ?? '', newer: newer ?? '' };
}

async function restart(world: World, disk: MemoryDisk, first?: RunningTracker): Promise<RunningTracker> {
  return world.startInOffice({ disk, settings: SETTINGS, ...(first === undefined ? {} : { marks: first.marks }) });
}

describe('a snapshot', () => {
  it('is where a restarted tracker goes on, with the events after it', async () => {
    const { world, disk, first, newer } = await saved();
    const second = await restart(world, disk, first);
    expect(opened(second)).toBe(numberOf(newer));
    expect(await digestOf(world)).toBe(digestOfAll(await world.readEvents()));
  });

  it('holds the outcomes, so that a repeat is answered and not decided again', async () => {
    const { world, disk } = await saved();
    const events = (await world.readEvents()).length;
    await restart(world, disk);
    const [decided] = (await world.readEvents()).filter(({ commandId }) => commandId === 'a-3');
    const reply = await world.ask(message('a-3', decided?.issuedAt ?? 0, registerNode('a-3')));
    expect(reply).toMatchObject({ outcome: 'accepted', commandId: 'a-3' });
    expect(reply.outcome === 'accepted' && reply.token).toMatch(new RegExp(`\\.${decided?.number}$`));
    expect((await world.readEvents()).length).toBe(events + 1);
  });

  it('is of the state at its number, however much was decided while it was written', async () => {
    const world = createWorld();
    const disk = memoryDisk();
    const first = await world.startInOffice({ disk, settings: SETTINGS });
    const now = world.time.clock.now();
    await world.ask(message('r', now, registerNode('n')));
    await world.ask(message('i', now, reportInventory('n', 1_000, 1)));
    for (let place = 0; place < 600; place += 1) {
      world.send(message(`c-${place}`, now, claimInstance('n', `instance-${place}`)));
    }
    await world.time.until(() => snapshotsOn(disk).length > 0);
    const [early = ''] = snapshotsOn(disk);
    const then = memoryDisk();
    then.files.set(early, disk.files.get(early) ?? new Uint8Array());
    await first.kill();
    const second = await restart(world, then);
    expect(ignored(second)).toEqual([]);
    expect(opened(second)).toBe(numberOf(early));
  });

  it('stays with the one before it, and no other', async () => {
    const { world, disk, newer } = await saved();
    const second = await restart(world, disk);
    await decideSome(world, 'c', 20);
    await world.time.until(() => !snapshotsOn(disk).includes(newer));
    expect(snapshotsOn(disk)).toHaveLength(2);
    await second.tracker.stop();
  });

  it('that is torn or altered is ignored for the one before it', async () => {
    const { world, disk, older, newer } = await saved();
    const whole = Buffer.from(disk.files.get(newer) ?? []);
    const altered = Buffer.from(whole);
    altered.writeUInt8(altered.readUInt8(whole.length >> 1) ^ 1, whole.length >> 1);
    for (const bytes of [whole.subarray(0, whole.length >> 1), altered]) {
      disk.files.set(newer, bytes);
      const second = await restart(world, disk);
      expect(ignored(second)).toEqual([expect.stringMatching(/torn|checksum/)]);
      expect(opened(second)).toBe(numberOf(older));
      await second.kill();
    }
  });

  it('that nobody can read leaves the log to be folded from its beginning', async () => {
    const { world, disk } = await saved();
    disk.breakWith('readFile', 'IO_FAILED');
    const second = await restart(world, disk);
    expect(ignored(second)).toEqual(['IO_FAILED', 'IO_FAILED']);
    expect(opened(second)).toBeUndefined();
    expect(await world.ask(register(world, 'b-4'))).toMatchObject({ error: { code: 'COMMAND_ID_REUSED' } });
  });

  it('beyond the end of its history is evidence of loss, and no office is taken', async () => {
    const { world, disk, first } = await saved();
    first.log.storeFaults.truncate(12);
    const second = await world.startTracker({ disk, settings: SETTINGS });
    await world.time.until(() => second.tracker.status.phase === 'failed');
    expect(second.failures).toMatchObject([{ error: { code: 'LOG_WENT_BACK' } }]);
  });

  it('of another history is ignored', async () => {
    const { world, disk } = await saved();
    const other = createWorld(undefined, { time: world.time, store: createMemoryStore(), ids: world.ids });
    await (await other.startInOffice()).kill();
    const second = await restart(other, disk);
    expect(ignored(second)).toEqual(['other-history', 'other-history']);
    expect(opened(second)).toBeUndefined();
  });

  it.each(['NO_SPACE', 'IO_FAILED', 'ACCESS_DENIED'] as const)(
    'that cannot be saved (%s) costs a warning, and nothing else',
    async (code) => {
      const world = createWorld();
      const disk = memoryDisk();
      disk.breakWith('writeAtomically', code);
      const { tracker, logger } = await world.startInOffice({ disk, settings: SETTINGS });
      await decideSome(world, 'a');
      await world.time.until(() => logger.lines.some((line) => line['message'] === 'snapshot not saved'));
      expect(logger.lines).toContainEqual(expect.objectContaining({ level: 'warn', errCode: code }));
      expect(await world.ask(register(world, 'after'))).toMatchObject({ outcome: 'accepted' });
      disk.repair();
      await decideSome(world, 'b');
      await world.time.until(() => snapshotsOn(disk).length > 0);
      expect(tracker.status.phase).toBe('in-office');
    },
  );

  it('is where a deposed tracker begins again', async () => {
    const world = createWorld();
    const disk = memoryDisk();
    const first = await world.startInOffice({ disk, settings: SETTINGS });
    await decideSome(world, 'a');
    await world.time.until(() => snapshotsOn(disk).length === 1);
    const cutOff = createWorld(undefined, { time: world.time, store: world.store, ids: world.ids });
    await cutOff.startInOffice();
    world.send(register(world, 'late'));
    await world.time.until(() => first.tracker.status.phase !== 'in-office');
    await world.time.until(() => opened(first) !== undefined);
    expect(opened(first)).toBe(numberOf(snapshotsOn(disk)[0]));
  });

  it('of a future that the log did not take is never saved', async () => {
    const world = createWorld();
    const disk = memoryDisk();
    const first = await world.startInOffice({ disk, settings: SETTINGS });
    await world.ask(register(world, 'a'));
    first.log.appendFaults.next('conflict');
    for (let place = 0; place < 20; place += 1) {
      world.send(register(world, `lost-${place}`));
    }
    await world.time.until(() => first.tracker.status.phase === 'standing-by');
    await world.time.until(() => first.tracker.status.phase === 'in-office');
    for (const path of snapshotsOn(disk)) {
      expect(Buffer.from(disk.files.get(path) ?? []).toString()).not.toContain('lost-');
    }
  });
});
