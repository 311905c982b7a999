import { DEFAULT_POLICIES, decide } from '@fleetbook/domain';
import { memoryDisk } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { claimInstance, message, OTHER_AGENT, registerNode, reportInventory } from './testing/commands.ts';
import { createPutting, publishedOn } from './testing/putting.ts';
import { createWorld, type World } from './testing/world.ts';

const REPLY = '_INBOX.agent.agent-1.outcome';
const RETENTION_MS = DEFAULT_POLICIES.outcomeRetentionMs;

const register = (world: World, commandId: string) =>
  message(commandId, world.time.clock.now(), registerNode(commandId));

async function typesAndSequences(world: World): Promise<readonly unknown[]> {
  return (await world.readEvents())
    .filter(({ type }) => !['LedgerCreated', 'CellConfigured', 'WriterElected', 'Checkpoint'].includes(type))
    .map((event) => [event.type, event.inboxSequence ?? ('sequence' in event.data ? event.data.sequence : undefined)]);
}

describe('commands put into the inbox', () => {
  it('are decided in order by whoever takes office, each once, and answered where the sender asked', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const at = world.time.clock.now();
    putting.put(register(world, 'node-1'));
    putting.put(message('report', at, reportInventory('node-1', 1)));
    putting.put(message('claim-1', at, claimInstance('node-1', 'vm-1')), REPLY);
    putting.put(message('claim-2', at, claimInstance('node-1', 'vm-2')), REPLY);
    await world.startInOffice({ inbox: putting.inbox });
    await putting.dealtWith(4);
    expect(await typesAndSequences(world)).toEqual([
      ['NodeRegistered', 1],
      ['InventoryChanged', 2],
      ['InstanceClaimed', 3],
      ['CommandRejected', 4],
    ]);
    expect(publishedOn(world.bus.published, REPLY)).toMatchObject([
      { outcome: 'accepted', commandId: 'claim-1' },
      { outcome: 'refused', commandId: 'claim-2', error: { code: 'NO_CAPACITY' } },
    ]);
  });

  it('are not decided again by a tracker that takes over, with a snapshot or without one', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const disk = memoryDisk();
    const settings = { milestoneEvents: 4, snapshotIntervalMs: 0 };
    const first = await world.startInOffice({ inbox: putting.inbox, disk, settings });
    for (let place = 1; place <= 9; place += 1) {
      putting.put(register(world, `node-${place}`));
    }
    await putting.dealtWith(9);
    await world.time.until(() => [...disk.files.keys()].some((path) => path.includes('snapshot-')));
    await first.kill();
    putting.put(register(world, 'node-10'));
    const second = await world.startInOffice({ inbox: putting.inbox, disk, settings });
    await putting.dealtWith(10);
    await second.kill();
    putting.put(register(world, 'node-11'));
    await world.startInOffice({ inbox: putting.inbox, settings });
    await putting.dealtWith(11);
    const sequences = (await typesAndSequences(world)).map((pair) => JSON.stringify(pair));
    expect(sequences).toEqual(Array.from({ length: 11 }, (_, index) => JSON.stringify(['NodeRegistered', index + 1])));
  });

  it('are decided by the next tracker when the last one died before their decision was durable', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const first = await world.startInOffice({ inbox: putting.inbox });
    first.log.appendFaults.next('hold');
    putting.put(register(world, 'node-1'), REPLY);
    await world.time.pass(2_000);
    expect(publishedOn(world.bus.published, REPLY)).toEqual([]);
    await first.kill();
    await world.startInOffice({ inbox: putting.inbox });
    await putting.dealtWith(1);
    expect(await typesAndSequences(world)).toEqual([['NodeRegistered', 1]]);
    expect(publishedOn(world.bus.published, REPLY)).toHaveLength(1);
  });

  it('leave an event also when there is nothing to record, so that none is read for ever', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    await world.startInOffice({ inbox: putting.inbox });
    const once = register(world, 'node-1');
    await world.ask(once);
    putting.put(once, REPLY);
    putting.put(message('again', world.time.clock.now(), registerNode('node-1')), REPLY);
    await putting.dealtWith(2);
    expect((await world.readEvents()).slice(-2).map(({ type, data }) => [type, data])).toEqual([
      ['InboxPassed', { sequence: 1, outcome: 'repeated' }],
      ['InboxPassed', { sequence: 2, outcome: 'unchanged' }],
    ]);
    expect(publishedOn(world.bus.published, REPLY)).toMatchObject([{ outcome: 'accepted' }, { outcome: 'unchanged' }]);
  });

  it('speak to nobody outside the inboxes of their own senders', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    putting.put(register(world, 'node-1'), 'fleetbook.log.main.0001');
    putting.put(register(world, 'node-2'), '_INBOX.>');
    putting.put(register(world, 'node-3'), '_INBOX.agent.agent-2.outcome');
    await world.startInOffice({ inbox: putting.inbox });
    await putting.dealtWith(3);
    const subjects = world.bus.published.map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.startsWith('_INBOX') || subject.includes('.log.'))).toEqual([]);
  });
});

describe('the age of a command in the inbox', () => {
  it('is the one at which it was put: it may wait for as long as nobody is in office', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const first = await world.startInOffice({ inbox: putting.inbox });
    await first.kill();
    putting.put(register(world, 'node-1'));
    world.time.clock.advance(6 * RETENTION_MS);
    await world.startInOffice({ inbox: putting.inbox });
    await putting.dealtWith(1);
    expect(await typesAndSequences(world)).toEqual([['NodeRegistered', 1]]);
  });

  it('does not let a command be decided twice that was sent as well, however long the wait between', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const first = await world.startInOffice({ inbox: putting.inbox });
    putting.inbox.setAvailable(false);
    const once = register(world, 'node-1');
    await world.ask(once);
    putting.put(once);
    await first.kill();
    world.time.clock.advance(6 * RETENTION_MS);
    putting.inbox.setAvailable(true);
    await world.startInOffice({ inbox: putting.inbox });
    await putting.dealtWith(1);
    expect(await typesAndSequences(world)).toEqual([
      ['NodeRegistered', undefined],
      ['InboxPassed', 1],
    ]);
    expect((await world.readEvents()).at(-1)?.data).toEqual({ sequence: 1, outcome: 'repeated' });
  });

  it('parks a command whose earlier outcome would be forgotten, rather than to decide it twice', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    await world.startInOffice({ inbox: putting.inbox });
    putting.inbox.setAvailable(false);
    const once = register(world, 'node-1');
    await world.ask(once);
    putting.put(once);
    world.time.clock.advance(2 * RETENTION_MS);
    await world.ask(register(world, 'node-2'));
    await world.ask(register(world, 'node-3'));
    putting.inbox.setAvailable(true);
    await putting.dealtWith(1);
    expect((await putting.folded()).parked).toMatchObject([{ sequence: 1, code: 'COMMAND_TOO_OLD' }]);
  });
});

describe('a message of the inbox that cannot be decided', () => {
  it('is parked with a reason, and holds up none behind it', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    putting.putBytes('{"broken');
    putting.putBytes('{}', 'Batch');
    putting.put(message('early', world.time.clock.now() + 3_600_000, registerNode('node-0')));
    putting.put(register(world, 'node-1'));
    putting.put(message('not-mine', world.time.clock.now(), reportInventory('node-1', 1), OTHER_AGENT));
    await world.startInOffice({ inbox: putting.inbox });
    await putting.dealtWith(5);
    const { parked } = await putting.folded();
    expect(parked.map(({ sequence, code }) => [sequence, code])).toEqual([
      [1, 'MALFORMED_JSON'],
      [2, 'UNKNOWN_COMMAND'],
      [3, 'CLOCK_AHEAD'],
      [5, 'NOT_AUTHORISED'],
    ]);
    for (const { reason } of parked) {
      expect(reason.length).toBeGreaterThan(0);
      expect(reason.length).toBeLessThanOrEqual(256);
    }
  });

  it('is decided by a retry once its cause is gone, under its own sequence', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const first = await world.startInOffice({
      inbox: putting.inbox,
      decide: (ledger, command, facts) => {
        if (command.commandId === 'node-1') {
          throw new Error('a bug');
        }
        return decide(ledger, command, facts);
      },
    });
    putting.put(register(world, 'node-1'), REPLY);
    putting.put(register(world, 'node-2'));
    await putting.dealtWith(2);
    expect((await putting.folded()).parked).toMatchObject([{ sequence: 1, code: 'INTERNAL_ERROR' }]);
    await world.time.pass(6_000);
    expect(putting.inbox.messages.map(({ sequence }) => sequence)).toEqual([1]);
    await first.kill();
    await world.startInOffice({ inbox: putting.inbox });
    expect(await putting.settle('retry', 1)).toMatchObject({
      outcome: 'answer',
      answer: { verb: 'retry', sequence: 1 },
    });
    await world.time.until(() => publishedOn(world.bus.published, REPLY).length === 2);
    expect(await typesAndSequences(world)).toEqual([
      ['InboxParked', 1],
      ['NodeRegistered', 2],
      ['InboxRetried', 1],
      ['NodeRegistered', 1],
    ]);
    expect(await putting.folded()).toEqual({ upTo: 2, parked: [] });
    const retried = (await world.readEvents()).find(({ type }) => type === 'InboxRetried');
    expect(retried?.actor).toEqual({ role: 'operator', id: 'alice' });
  });

  it('is parked again by a retry that fails again, and goes when it is discarded', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    putting.putBytes('{"broken');
    await world.startInOffice({ inbox: putting.inbox });
    await putting.dealtWith(1);
    await putting.settle('retry', 1);
    await world.time.pass(1_000);
    expect((await putting.folded()).parked).toMatchObject([{ sequence: 1, code: 'MALFORMED_JSON' }]);
    expect((await putting.folded()).parked[0]?.isRetried).toBeUndefined();
    await putting.settle('discard', 1);
    expect(await putting.folded()).toEqual({ upTo: 1, parked: [] });
    expect(await putting.settle('discard', 1)).toMatchObject({ outcome: 'error', error: { code: 'NOT_FOUND' } });
    await world.time.pass(6_000);
    expect(putting.inbox.messages).toEqual([]);
  });
});

describe('the inbox itself', () => {
  it('lets go of a message only when its decision is durable', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const { log } = await world.startInOffice({ inbox: putting.inbox });
    log.appendFaults.next('hold');
    putting.put(register(world, 'node-1'));
    await world.time.pass(12_000);
    expect(putting.inbox.messages).toHaveLength(1);
    log.appendFaults.release();
    await world.time.pass(12_000);
    expect(putting.inbox.messages).toEqual([]);
    expect(await typesAndSequences(world)).toEqual([['NodeRegistered', 1]]);
  });

  it('keeps nobody from being answered while it cannot be reached, and is worked off once it can', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    putting.put(register(world, 'node-1'));
    putting.inbox.setAvailable(false);
    const { tracker } = await world.startInOffice({ inbox: putting.inbox });
    expect(await world.ask(register(world, 'node-2'))).toMatchObject({ outcome: 'accepted' });
    putting.inbox.setAvailable(true);
    await putting.dealtWith(1);
    putting.inbox.setAvailable(false);
    await world.time.pass(1_000);
    expect(tracker.health()).toMatchObject({ status: 'yellow' });
  });

  it('makes health yellow while what is parked takes more than half of its room', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const { tracker } = await world.startInOffice({ inbox: putting.inbox });
    const large = `{${' '.repeat(1024 * 1024)}`;
    for (let place = 1; place <= 33; place += 1) {
      putting.putBytes(large);
    }
    await putting.dealtWith(33);
    await world.time.pass(6_000);
    expect(tracker.health().checks).toContainEqual({
      ...{ name: 'inbox', status: 'yellow' },
      reason: expect.stringContaining('51 % of the inbox'),
    });
    for (let place = 1; place <= 10; place += 1) {
      await putting.settle('discard', place);
    }
    await world.time.pass(6_000);
    expect(tracker.health()).toMatchObject({ status: 'green' });
  });

  it('keeps what it has, and takes nothing more, once it is found to have lost messages', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const first = await world.startInOffice({ inbox: putting.inbox });
    for (let place = 1; place <= 3; place += 1) {
      putting.put(register(world, `node-${place}`));
    }
    await putting.dealtWith(3);
    await first.kill();
    const older = await createPutting(world);
    older.put(register(world, 'node-4'));
    const { tracker } = await world.startInOffice({ inbox: older.inbox });
    await world.time.pass(12_000);
    expect(older.inbox.messages).toHaveLength(1);
    expect(older.put(register(world, 'node-5'))).toBeUndefined();
    expect(tracker.health()).toMatchObject({ status: 'yellow' });
  });

  it('leaves those who wait for an answer their turn while it is full', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    for (let place = 0; place < 600; place += 1) {
      putting.put(register(world, `put-${place}`));
    }
    await world.startInOffice({ inbox: putting.inbox });
    expect(await world.ask(register(world, 'sent'))).toMatchObject({ outcome: 'accepted' });
    expect((await putting.folded()).upTo).toBeLessThan(600);
    await putting.dealtWith(600);
    expect((await typesAndSequences(world)).length).toBe(601);
  });

  it('is left as it is by a tracker that hands over', async () => {
    const world = createWorld();
    const putting = await createPutting(world);
    const first = await world.startInOffice({ inbox: putting.inbox });
    const second = await world.startTracker({ inbox: putting.inbox });
    for (let place = 1; place <= 100; place += 1) {
      putting.put(register(world, `node-${place}`));
    }
    const stopped = first.tracker.stop();
    await world.time.until(() => second.tracker.status.phase === 'in-office');
    await stopped;
    await putting.dealtWith(100);
    expect(await typesAndSequences(world)).toEqual(
      Array.from({ length: 100 }, (_, index) => ['NodeRegistered', index + 1]),
    );
  });
});
