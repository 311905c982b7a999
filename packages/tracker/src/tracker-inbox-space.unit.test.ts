import { type CommandMessage, MAX_PARKED } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { MOST_PUT_OFF } from './inbox/put-off.ts';
import { claimInstance, dropInstance, message, registerNode, reportInventory, SCHEDULER } from './testing/commands.ts';
import { createPutting } from './testing/putting.ts';
import { storageOf } from './testing/storage.ts';
import { createWorld } from './testing/world.ts';

/** A cell with a node, two instances and little space for new claims. */
async function withLittleSpace() {
  const world = createWorld();
  const storage = storageOf(world.time, 50);
  const putting = await createPutting(world);
  const start = () => world.startInOffice({ inbox: putting.inbox, storage: storage.watch });
  const first = await start();
  const at = world.time.clock.now();
  await world.ask(message('register', at, registerNode('node-1')));
  await world.ask(message('report', at, reportInventory('node-1', 1_000)));
  for (const held of ['one', 'two']) {
    await world.ask(message(held, at, claimInstance('node-1', held)));
  }
  await storage.set(9);
  const claim = (instance: string, actor = SCHEDULER): CommandMessage =>
    message(`claim-${instance}`, at, claimInstance('node-1', instance), actor);
  const drop = (instance: string, claimId = instance): CommandMessage =>
    message(`drop-${instance}`, at, dropInstance('node-1', instance, claimId));
  /** What was decided of messages of the inbox, in order. */
  const decided = async () =>
    (await world.readEvents())
      .filter(({ inboxSequence }) => inboxSequence !== undefined)
      .map(({ type, inboxSequence }) => [type, inboxSequence]);
  return { world, storage, putting, start, first, claim, drop, decided };
}

describe('a message of the inbox that waits for space', () => {
  it('lets what others have put pass, and is decided under its own sequence once there is some', async () => {
    const { storage, putting, claim, drop, decided } = await withLittleSpace();
    putting.put(claim('new'));
    putting.put(drop('one'));
    await putting.dealtWith(2);
    expect(await decided()).toEqual([['InstanceDropped', 2]]);
    expect((await putting.folded()).parked).toMatchObject([{ sequence: 1, code: 'STORAGE_LOW' }]);
    await storage.set(50);
    await putting.settled();
    expect(await decided()).toEqual([
      ['InstanceDropped', 2],
      ['InstanceClaimed', 1],
    ]);
  });

  it('is passed by nothing that its own actor has put behind it but releases of another instance', async () => {
    const { world, storage, putting, claim, drop, decided } = await withLittleSpace();
    const agent = drop('one').actor;
    putting.put(claim('new', agent));
    putting.put(drop('new', 'claim-new'));
    putting.put(drop('one'));
    putting.put(message('r-2', world.time.clock.now(), registerNode('node-2'), agent));
    putting.put(claim('other'));
    await putting.dealtWith(5);
    expect(await decided()).toEqual([['InstanceDropped', 3]]);
    await storage.set(50);
    await putting.settled();
    expect(await decided()).toEqual([
      ['InstanceDropped', 3],
      ['InstanceClaimed', 1],
      ['InstanceDropped', 2],
      ['NodeRegistered', 4],
      ['InstanceClaimed', 5],
    ]);
  });

  it('waits on for whoever takes office next, and what its actor puts then waits behind it', async () => {
    const { world, storage, putting, start, first, claim, drop, decided } = await withLittleSpace();
    const agent = drop('one').actor;
    putting.put(claim('new', agent));
    putting.put(message('r-2', world.time.clock.now(), registerNode('node-2'), agent));
    await putting.dealtWith(2);
    await first.kill();
    await start();
    putting.put(claim('newer', agent));
    putting.put(drop('one'));
    await putting.dealtWith(4);
    expect((await putting.folded()).parked.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    await storage.set(50);
    await putting.settled();
    expect(await decided()).toEqual([
      ['InstanceClaimed', 1],
      ['NodeRegistered', 2],
      ['InstanceClaimed', 3],
      ['InstanceDropped', 4],
    ]);
  });

  it('may be retried or discarded by an operator meanwhile', async () => {
    const { world, storage, putting, claim } = await withLittleSpace();
    putting.put(claim('new'));
    putting.put(claim('newer'));
    await putting.dealtWith(2);
    expect(await putting.settle('retry', 1)).toMatchObject({ outcome: 'answer' });
    await world.time.pass(2_000);
    expect((await putting.folded()).parked).toMatchObject([
      { sequence: 1, code: 'STORAGE_LOW' },
      { sequence: 2, code: 'STORAGE_LOW' },
    ]);
    expect(await putting.settle('discard', 1)).toMatchObject({ outcome: 'answer' });
    await storage.set(50);
    await putting.settled();
    expect(await putting.folded()).toEqual({ upTo: 2, parked: [] });
  });

  it('is not pushed out by any number of messages that can never be decided', async () => {
    const { world, storage, putting, claim, decided } = await withLittleSpace();
    putting.put(claim('new'));
    for (let index = 0; index <= MAX_PARKED; index += 1) {
      putting.putBytes('{"broken');
    }
    await putting.dealtWith(MAX_PARKED + 2);
    const { parked } = await putting.folded();
    expect(parked.slice(0, 2)).toMatchObject([{ sequence: 1, code: 'STORAGE_LOW' }, { sequence: 4 }]);
    expect(parked).toHaveLength(MAX_PARKED);
    await storage.set(50);
    await world.time.pass(2_000);
    expect(await decided()).toEqual([['InstanceClaimed', 1]]);
  });

  it('holds up all others once too many wait', async () => {
    const { world, storage, putting, claim, drop } = await withLittleSpace();
    for (let index = 0; index <= MOST_PUT_OFF; index += 1) {
      putting.put(claim(`new-${index}`));
    }
    putting.put(drop('one'));
    await putting.dealtWith(MOST_PUT_OFF);
    await world.time.pass(5_000);
    const { upTo, parked } = await putting.folded();
    expect([upTo, parked.length]).toEqual([MOST_PUT_OFF, MOST_PUT_OFF]);
    await storage.set(50);
    await putting.dealtWith(MOST_PUT_OFF + 2);
    await putting.settled();
  });
});
