import { describe, expect, it, vi } from 'vitest';
import {
  AGENT,
  claimInstance,
  command,
  message,
  OPERATOR,
  registerNode,
  reportInventory,
  SCHEDULER,
} from './testing/commands.ts';
import { createWorld, type World } from './testing/world.ts';

const register = (world: World, commandId: string, node = commandId) =>
  message(commandId, world.time.clock.now(), registerNode(node));

describe('repeated command id', () => {
  it('gets the recorded reply again, also from the next process and from the log itself', async () => {
    const world = createWorld();
    const first = await world.startInOffice({ settings: { recentBytes: 0 } });
    const at = world.time.clock.now();
    await world.ask(register(world, 'node-1'));
    await world.ask(message('report', at, reportInventory('node-1', 1)));
    const accepted = message('claim-1', at, claimInstance('node-1', 'instance-1'));
    const refused = message('claim-2', at, claimInstance('node-1', 'instance-2'));
    const replies = [await world.ask(accepted), await world.ask(refused)];
    expect(replies).toMatchObject([{ outcome: 'accepted' }, { outcome: 'refused' }]);
    expect([await world.ask(accepted), await world.ask(refused)]).toEqual(replies);
    await first.kill();
    await world.startInOffice();
    expect([await world.ask(accepted), await world.ask(refused)]).toEqual(replies);
    expect((await world.readEvents()).filter(({ command }) => command?.type === 'ClaimInstance')).toHaveLength(2);
  });

  it('is refused when it comes with another body, and belongs to its actor alone', async () => {
    const world = createWorld();
    await world.startInOffice();
    const at = world.time.clock.now();
    await world.ask(message('id', at, registerNode('node-1')));
    expect(await world.ask(message('id', at, registerNode('node-2')))).toMatchObject({
      outcome: 'error',
      error: { code: 'COMMAND_ID_REUSED', retry: 'new-id' },
    });
    const other = { role: 'agent', id: 'agent-2' } as const;
    expect(await world.ask(message('id', at, registerNode('node-2'), other))).toMatchObject({ outcome: 'accepted' });
  });

  it('tells the time of now in what it refuses, however long ago something was decided', async () => {
    const world = createWorld();
    await world.startInOffice();
    const at = world.time.clock.now();
    await world.ask(message('id', at, registerNode('node-1')));
    await world.time.pass(60_000);
    const now = world.time.clock.now();
    const reused = await world.ask(message('id', now, registerNode('node-2')));
    expect(reused).toMatchObject({ error: { code: 'COMMAND_ID_REUSED' } });
    expect(reused.at).toBeGreaterThanOrEqual(now);
  });

  it('shares the decision that is still on its way', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    log.appendFaults.next('hold');
    const once = message('id', world.time.clock.now(), registerNode('node-1'));
    const sent = [world.send(once), world.send(once), world.send(once)];
    await world.time.settle();
    expect(sent.flatMap(({ replies }) => replies)).toEqual([]);
    log.appendFaults.release();
    await world.time.until(() => sent.every(({ replies }) => replies.length === 1));
    expect(new Set(sent.map(({ replies }) => JSON.stringify(replies[0])))).toHaveLength(1);
    expect(await world.readEvents()).toHaveLength(4);
  });

  it('waits its turn at the log, and is sent away while too many do', async () => {
    const world = createWorld();
    await world.startInOffice({ settings: { recentBytes: 0, repeatLimit: 2 } });
    const once = register(world, 'r-1');
    await world.ask(once);
    const sent = [world.send(once), world.send(once), world.send(once)];
    await world.time.until(() => sent.every(({ replies }) => replies.length === 1));
    const [first, second, third] = sent.map(({ replies }) => replies[0]);
    expect(second).toEqual(first);
    expect(third).toMatchObject({
      outcome: 'error',
      commandId: 'r-1',
      error: { code: 'OVERLOADED', retry: 'same-id' },
    });
  });

  it('is read from the log once for all commands of its commit', async () => {
    const world = createWorld();
    const first = await world.startInOffice();
    const commands = ['r-1', 'r-2', 'r-3', 'r-4'].map((id) => register(world, id));
    const before = (await world.askBatch(commands)).outcomes;
    await first.kill();
    const second = await world.startInOffice();
    const reads = vi.spyOn(second.log, 'read');
    const sent = commands.map((command) => world.send(command));
    await world.time.until(() => sent.every(({ replies }) => replies.length === 1));
    expect(sent.map(({ replies }) => replies[0])).toEqual(before);
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('names one claim: another actor makes none with it, nor does a batch with that of a part', async () => {
    const world = createWorld();
    await world.startInOffice();
    const at = world.time.clock.now();
    const other = { role: 'scheduler', id: 'scheduler-2' } as const;
    await world.ask(message('node-1', at, registerNode('node-1')));
    await world.ask(message('report-1', at, reportInventory('node-1', 8)));
    const claimed = { node: 'node-1', instance: 'i-1', claimId: 'dup' } as const;
    const abort = command({ type: 'AbortClaim', ...claimed });
    await world.ask(message('dup', at, claimInstance('node-1', 'i-1'), SCHEDULER));
    await world.ask(message('abort-1', at, abort, SCHEDULER));
    const taken = { outcome: 'error', error: { code: 'CLAIM_ID_TAKEN', retry: 'new-id' } };
    expect(await world.ask(message('dup', at, claimInstance('node-1', 'i-1'), other))).toMatchObject(taken);
    const charge = [{ provider: 'node-1-root', class: 'VCPU', amount: 1 }];
    const adopt = command({ type: 'AdoptInstance', node: 'node-1', instance: 'i-1', charge });
    expect(await world.ask(message('dup', at, adopt, OPERATOR))).toMatchObject(taken);
    const batch = command({ type: 'AtomicBatch', commands: [claimInstance('node-1', 'i-2')] });
    expect(await world.ask(message('both', at, batch, SCHEDULER))).toMatchObject({ outcome: 'accepted' });
    expect(await world.ask(message('both', at, batch, other))).toMatchObject(taken);
    expect(await world.ask(message('both.0', at, claimInstance('node-1', 'i-3'), other))).toMatchObject(taken);
    const fresh = message('fresh', at, claimInstance('node-1', 'i-1'), other);
    expect(await world.ask(fresh)).toMatchObject({ outcome: 'accepted' });
    expect(await world.ask(message('abort-2', at, abort, AGENT))).toMatchObject({ error: { code: 'CLAIM_MISMATCH' } });
  });

  it('of another actor matters to no command that makes no claim, nor where it made none', async () => {
    const world = createWorld();
    await world.startInOffice();
    const at = world.time.clock.now();
    await world.ask(message('id', at, registerNode('node-1')));
    await world.ask(message('report-1', at, reportInventory('node-1', 8)));
    const claim = message('id', at, claimInstance('node-1', 'i-1'), SCHEDULER);
    expect(await world.ask(claim)).toMatchObject({ outcome: 'accepted', result: { claimId: 'id' } });
    const disable = command({ type: 'DisableNode', node: 'node-1', reason: 'disk' });
    expect(await world.ask(message('id', at, disable, OPERATOR))).toMatchObject({ outcome: 'accepted' });
    expect(await world.ask(claim)).toMatchObject({ outcome: 'accepted', result: { claimId: 'id' } });
  });

  it('is told apart from another id with the same key', async () => {
    const world = createWorld();
    await world.startInOffice({ keysOf: (seed) => ({ seed, keyOf: () => ({ high: 1, low: 1 }) }) });
    expect(await world.ask(register(world, 'r-1'))).toMatchObject({ outcome: 'accepted', commandId: 'r-1' });
    const two = [world.send(register(world, 'r-2')), world.send(register(world, 'r-2'))];
    await world.time.until(() => two.every(({ replies }) => replies.length === 1));
    expect(two.map(({ replies }) => replies[0])).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
    expect((await world.readEvents()).slice(3).map(({ commandId }) => commandId)).toEqual(['r-1', 'r-2']);
  });
});
