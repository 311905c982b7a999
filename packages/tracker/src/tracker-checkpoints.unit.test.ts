import { createHash } from 'node:crypto';
import {
  apply,
  emptyLedger,
  type LedgerEvent,
  type LedgerEventOf,
  type Node,
  ProviderTree,
  recordDifference,
} from '@fleetbook/domain';
import { createDigest, ORIGIN, writerCommit } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { type MemoryDisk, memoryDisk } from '@fleetbook/operations/testing';
import { ledgerDigest } from '@fleetbook/snapshot';
import { describe, expect, it } from 'vitest';
import { command, message, OPERATOR, registerNode } from './testing/commands.ts';
import { createWorld, type RunningTracker, type World } from './testing/world.ts';

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
  return ledgerDigest(ledger);
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

/** What a tracker wrote to its log about checkpoints and snapshots. */
const said = ({ logger }: RunningTracker, message: string) =>
  logger.lines.filter((line) => line['message'] === message).map((line) => line['upTo'] ?? line['number']);

const AGAIN = 'the state disagrees with a checkpoint: folded again';
const SUSPECT = 'a checkpoint is suspect: the fold from the first event disagrees with it';

const checkOf = ({ tracker }: RunningTracker) => tracker.health().checks.find(({ name }) => name === 'checkpoints');

/** Appends what a faulty writer in office would: a checkpoint of its last event, with another digest. */
async function appendFalseCheckpoint(world: World): Promise<number> {
  const last = (await world.readCommits()).at(-1)?.bookmark ?? ORIGIN;
  const writer = { end: last, epoch: last.epoch + 1, writer: 'faulty', at: world.time.clock.now() };
  const data = { upTo: last.number, digestVersion: 1, digest: 'f'.repeat(32) };
  const { commit } = writerCommit({ ...writer, commitId: world.ids.next() }, [
    { type: 'WriterElected', schemaVersion: 1, data: { epoch: writer.epoch, writer: 'faulty' } },
    { type: 'Checkpoint', schemaVersion: 1, data },
  ]);
  await createMemoryLog({ store: world.store }).append(last.position, commit);
  return last.number;
}

const snapshotsOn = (disk: MemoryDisk) => [...disk.files.keys()].filter((path) => path.includes('/snapshot-')).sort();

/** Changes or removes the first node of the newest snapshot, and makes digest and checksum fit. */
function forgeSnapshot(disk: MemoryDisk, change: (node: Node) => Node | undefined): void {
  const path = snapshotsOn(disk).at(-1) ?? '';
  const lines = Buffer.from(disk.files.get(path) ?? [])
    .toString()
    .split('\n');
  const header = JSON.parse(lines[0] ?? '');
  const place = lines.findIndex((line) => line.startsWith('{"section":"nodes"'));
  const chunk = JSON.parse(lines[place] ?? '');
  const [{ providers, ...row }, ...others] = chunk.rows;
  const before: Node = { ...row, tree: ProviderTree.of(providers) };
  const after = change(before);
  const difference = recordDifference({ table: 'nodes', key: row.id, before, after });
  const digest = createDigest(header.digest);
  for (const text of difference.removed) digest.remove(text);
  for (const text of difference.added) digest.add(text);
  chunk.rows = after === undefined ? others : [{ ...after, tree: undefined, providers }, ...others];
  lines[0] = JSON.stringify({ ...header, digest: digest.hex() });
  lines[place] = JSON.stringify(chunk);
  const body = `${lines.slice(0, -2).join('\n')}\n`;
  const sha256 = createHash('sha256').update(body).digest('hex');
  disk.files.set(path, Buffer.from(`${body}${JSON.stringify({ sha256 })}\n`));
}

/** Founds a cell and comes to event 8, its first milestone, without a checkpoint of it. */
async function toFirstMilestone(world: World): Promise<void> {
  const first = await world.startInOffice({ settings: { ...SETTINGS, milestoneEvents: 65_536 } });
  await decideSome(world, 'a', 5);
  await first.kill();
}

describe('a tracker that folds a checkpoint', () => {
  it('goes on where it agrees', async () => {
    const world = createWorld();
    const first = await world.startInOffice({ settings: SETTINGS });
    await decideSome(world, 'a', 20);
    await first.kill();
    const second = await world.startInOffice({ settings: SETTINGS });
    expect([said(second, AGAIN), said(second, SUSPECT)]).toEqual([[], []]);
    expect(checkOf(second)).toEqual({ name: 'checkpoints', status: 'green' });
  });

  it('folds again from the first event where it does not, and then holds the checkpoint for suspect', async () => {
    const world = createWorld();
    await toFirstMilestone(world);
    const upTo = await appendFalseCheckpoint(world);
    expect(upTo).toBe(8);
    const second = await world.startInOffice({ settings: SETTINGS });
    expect([said(second, AGAIN), said(second, SUSPECT)]).toEqual([[8], [8]]);
    expect(checkOf(second)).toMatchObject({ status: 'red', reason: expect.stringContaining('event 8') });
    const reply = await world.ask(message('b', world.time.clock.now(), registerNode('b')));
    expect(reply.outcome).toBe('accepted');
    const revoke = command({ type: 'RevokeCheckpoint', upTo, reason: 'a faulty writer' });
    const revoked = await world.ask(message('r', world.time.clock.now(), revoke, OPERATOR));
    expect(revoked).toMatchObject({ outcome: 'accepted', result: { type: 'RevokeCheckpoint', upTo } });
    await decideSome(world, 'c', 1);
    expect(checkOf(second)?.status).toBe('green');
  });

  it('drops a wrong state with its snapshots, where the fold from the first event agrees', async () => {
    const world = createWorld();
    const disk = memoryDisk();
    const first = await world.startInOffice({ settings: SETTINGS, disk });
    await decideSome(world, 'a', 10);
    await world.time.until(() => snapshotsOn(disk).length > 0);
    await first.kill();
    forgeSnapshot(disk, (node) => ({ ...node, owner: 'stranger' }));
    const second = await world.startInOffice({ settings: SETTINGS, disk });
    expect(said(second, 'snapshot opened')).toHaveLength(1);
    expect(said(second, AGAIN)).not.toEqual([]);
    expect(said(second, SUSPECT)).toEqual([]);
    expect(checkOf(second)?.status).toBe('green');
    await decideSome(world, 'c', 10);
    const events = await world.readEvents();
    for (const { data } of checkpointsIn(events)) {
      expect(data.digest).toBe(digestAt(events, data.upTo));
    }
  });

  it('folds again from the first event, once, where an event cannot follow its snapshot', async () => {
    const world = createWorld();
    const disk = memoryDisk();
    const first = await world.startInOffice({ settings: SETTINGS, disk });
    await decideSome(world, 'a', 8);
    await world.time.until(() => snapshotsOn(disk).length > 0);
    const disable = command({ type: 'DisableNode', node: 'a-0', reason: 'repair' });
    await world.ask(message('d', world.time.clock.now(), disable, OPERATOR));
    await first.kill();
    forgeSnapshot(disk, () => undefined);
    const second = await world.startInOffice({ settings: SETTINGS, disk });
    expect(said(second, 'snapshot opened')).toHaveLength(1);
    expect(
      said(second, 'an event cannot be folded after the snapshot: folded again from the first event'),
    ).toHaveLength(1);
    expect(second.failures).toEqual([]);
    await decideSome(world, 'b', 10);
    const events = await world.readEvents();
    for (const { data } of checkpointsIn(events)) {
      expect(data.digest).toBe(digestAt(events, data.upTo));
    }
  });
});
