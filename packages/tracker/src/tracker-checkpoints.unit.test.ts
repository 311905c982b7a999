import { apply, canonicalRecords, emptyLedger, type LedgerEvent, type LedgerEventOf } from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import { memoryDisk } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { message, registerNode } from './testing/commands.ts';
import { createWorld, type World } from './testing/world.ts';

const SETTINGS = { milestoneEvents: 8, snapshotIntervalMs: 0 };

async function decideSome(world: World, prefix: string, count = 10): Promise<void> {
  for (let place = 0; place < count; place += 1) {
    const id = `${prefix}-${place}`;
    await world.ask(message(id, world.time.clock.now(), registerNode(id)));
  }
}

const checkpointsIn = (events: readonly LedgerEvent[]): readonly LedgerEventOf<'Checkpoint'>[] =>
  events.filter((event) => event.type === 'Checkpoint');

function digestAt(events: readonly LedgerEvent[], upTo: number): string {
  const ledger = emptyLedger();
  for (const event of events.slice(0, upTo)) {
    apply(ledger, event);
  }
  const digest = createDigest();
  for (const record of canonicalRecords(ledger)) {
    digest.add(record);
  }
  return digest.hex();
}

describe('a checkpoint', () => {
  it('follows every milestone, and states the digest of the inventory there', async () => {
    const world = createWorld();
    await world.startInOffice({ settings: SETTINGS });
    await decideSome(world, 'a', 30);
    const events = await world.readEvents();
    const checkpoints = checkpointsIn(events);
    expect(checkpoints.map(({ data }) => data.upTo)).toEqual([8, 16, 24, 32]);
    for (const { number, index, count, data } of checkpoints) {
      expect([index, count, data.upTo < number]).toEqual([0, 1, true]);
      expect(data.digest).toBe(digestAt(events, data.upTo));
    }
  });

  it('stands where a commit ends, so that every reader has been there', async () => {
    const world = createWorld();
    await world.startInOffice({ settings: SETTINGS });
    for (let place = 0; place < 40; place += 1) {
      world.send(message(`b-${place}`, world.time.clock.now(), registerNode(`b-${place}`)));
    }
    await decideSome(world, 'c', 2);
    const ends = (await world.readCommits()).map(({ bookmark }) => bookmark.number);
    const checkpoints = checkpointsIn(await world.readEvents());
    expect(checkpoints.length).toBeGreaterThan(3);
    expect(checkpoints.filter(({ data }) => !ends.includes(data.upTo))).toEqual([]);
  });

  it('is written by the next one in office where the last could not', async () => {
    const world = createWorld();
    const first = await world.startInOffice({ settings: { ...SETTINGS, milestoneEvents: 65_536 } });
    await decideSome(world, 'a', 6);
    await first.kill();
    expect(checkpointsIn(await world.readEvents())).toEqual([]);
    await world.startInOffice({ settings: SETTINGS });
    await decideSome(world, 'b', 2);
    const events = await world.readEvents();
    const [checkpoint] = checkpointsIn(events);
    expect(checkpoint?.data.digest).toBe(digestAt(events, checkpoint?.data.upTo ?? 0));
  });

  it('is written once for a milestone, also by a tracker that begins with a snapshot of it', async () => {
    const world = createWorld();
    const disk = memoryDisk();
    const first = await world.startInOffice({ settings: SETTINGS, disk });
    await decideSome(world, 'a', 12);
    await world.time.until(() => [...disk.files.keys()].some((path) => path.includes('snapshot-')));
    await first.kill();
    await world.startInOffice({ settings: SETTINGS, disk });
    await decideSome(world, 'b', 3);
    const milestones = checkpointsIn(await world.readEvents()).map(({ data }) => data.upTo);
    expect(milestones).toEqual([...new Set(milestones)]);
  });
});
