import { describe, expect, it } from 'vitest';
import { claimInstance, dropInstance, message, registerNode, reportInventory } from './testing/commands.ts';
import { storageOf } from './testing/storage.ts';
import { createWorld } from './testing/world.ts';

async function withClaim(freePercent: number) {
  const world = createWorld();
  const storage = storageOf(world.time, 50);
  const { tracker } = await world.startInOffice({ storage: storage.watch });
  const at = world.time.clock.now();
  await world.ask(message('register', at, registerNode('node-1')));
  await world.ask(message('report', at, reportInventory('node-1', 4)));
  await world.ask(message('held', at, claimInstance('node-1', 'held')));
  await storage.set(freePercent);
  const claim = message('claim', at, claimInstance('node-1', 'other'));
  const drop = message('drop', at, dropInstance('node-1', 'held', 'held'));
  return { world, storage, tracker, at, claim, drop };
}

describe('little space for the log', () => {
  it('leaves new claims undecided, with the time to wait, and nothing else', async () => {
    const { world, storage, claim, at } = await withClaim(9);
    expect(await world.ask(claim)).toMatchObject({
      outcome: 'error',
      commandId: 'claim',
      error: { code: 'STORAGE_LOW', retry: 'same-id', details: { freePercent: 9, shedding: 'new claims' } },
    });
    expect(await world.ask(message('r-2', at, registerNode('node-2')))).toMatchObject({ outcome: 'accepted' });
    await storage.set(30);
    expect(await world.ask(claim)).toMatchObject({ outcome: 'accepted' });
  });

  it('leaves all but releases undecided, and answers what has its outcome, when there is very little', async () => {
    const { world, claim, drop, at } = await withClaim(4);
    const register = message('r-2', at, registerNode('node-2'));
    for (const command of [claim, register]) {
      expect(await world.ask(command)).toMatchObject({ error: { code: 'STORAGE_LOW' } });
    }
    expect(await world.ask(message('held', at, claimInstance('node-1', 'held')))).toMatchObject({
      outcome: 'accepted',
    });
    expect(await world.ask(drop)).toMatchObject({ outcome: 'accepted' });
  });

  it('shows in health, with what is left', async () => {
    const { world, tracker } = await withClaim(4);
    expect(tracker.health()).toMatchObject({ status: 'red', storage: { shedding: 'all-but-releases' } });
    const replies = world.askWriter();
    await world.time.until(() => replies.length === 1);
    expect(replies[0]).toMatchObject({ answer: { status: 'red', storage: { freeBytes: 4_000, totalBytes: 100_000 } } });
  });
});

describe('a log that acknowledges nothing', () => {
  it('turns health red once something has waited for it, says so to whoever asks, and is forgotten after', async () => {
    const world = createWorld();
    const { log, tracker } = await world.startInOffice({ settings: { standstillSeconds: 3 } });
    expect(tracker.health().status).toBe('green');
    await world.time.pass(10_000);
    expect(tracker.health().status).toBe('green');
    log.appendFaults.next('hold');
    const sent = world.send(message('register', world.time.clock.now(), registerNode('node-1')));
    await world.time.pass(2_000);
    expect(tracker.health().status).toBe('green');
    await world.time.pass(2_000);
    expect(tracker.health().status).toBe('red');
    expect(tracker.health().checks).toContainEqual({
      name: 'progress',
      status: 'red',
      reason: expect.stringMatching(/acknowledged nothing for \d+ s, 1 commands wait/),
    });
    expect(world.askWriter()).toMatchObject([{ outcome: 'error', error: { code: 'UNAVAILABLE' } }]);
    expect(sent.replies).toEqual([]);
    log.appendFaults.release();
    await world.time.until(() => sent.replies.length === 1);
    expect(tracker.health().status).toBe('green');
  });
});
