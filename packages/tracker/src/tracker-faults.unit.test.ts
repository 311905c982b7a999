import { type Decider, decide, type Ledger } from '@fleetbook/domain';
import { LogRefusedError } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { describe, expect, it, vi } from 'vitest';
import { claimInstance, message, registerNode, reportInventory } from './testing/commands.ts';
import { createWorld, type Sent, type World } from './testing/world.ts';

const register = (world: World, commandId: string, node = commandId) =>
  message(commandId, world.time.clock.now(), registerNode(node));

describe('unknown outcome', () => {
  it.each(['unknown-before', 'unknown-after'] as const)('sends the identical commit again after %s', async (fault) => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    log.appendFaults.next(fault, fault);
    expect(await world.ask(register(world, 'r-1'))).toMatchObject({ outcome: 'accepted' });
    expect((await world.readEvents()).filter(({ commandId }) => commandId === 'r-1')).toHaveLength(1);
  });

  it('decides on while the outcome is unknown, but appends nothing else and answers nothing', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    log.storeFaults.setAvailable(false);
    const first = world.send(register(world, 'r-1'));
    await world.time.settle();
    const second = world.send(register(world, 'r-2'));
    world.time.advance(5_000);
    await world.time.settle();
    expect([first.replies, second.replies]).toEqual([[], []]);
    log.storeFaults.setAvailable(true);
    await world.time.until(() => first.replies.length + second.replies.length === 2);
    expect((await world.readCommits()).slice(2).map(({ events }) => events.length)).toEqual([1, 1]);
  });
});

describe('answers that wait for proof of office', () => {
  it('are bounded like commands: beyond it OVERLOADED, and all are given when the log is back', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice({
      settings: { inbox: { messages: 8, bytes: 1_000_000, releaseShare: 0 }, proofLimit: 4 },
    });
    const at = world.time.clock.now();
    await world.ask(register(world, 'r-1', 'node-1'));
    log.storeFaults.setAvailable(false);
    const sent: Sent[] = [];
    for (let count = 0; count < 20; count += 1) {
      sent.push(world.send(message(`again-${count}`, at, registerNode('node-1'))));
      await world.time.settle();
    }
    const status = world.askWriter();
    const refused = () => sent.filter(({ replies }) => replies[0]?.outcome === 'error');
    expect(refused().map(({ replies }) => replies[0])).toMatchObject(
      refused().map(() => ({ error: { code: 'OVERLOADED' } })),
    );
    expect(refused().length).toBeGreaterThanOrEqual(20 - 8 - 2 * 4);
    expect(status).toMatchObject([{ outcome: 'error', error: { code: 'OVERLOADED' } }]);
    log.storeFaults.setAvailable(true);
    await world.time.until(() => sent.every(({ replies }) => replies.length === 1));
    expect(new Set(sent.map(({ replies }) => replies[0]?.outcome))).toEqual(new Set(['unchanged', 'error']));
  });
});

describe('an append that the log will never take', () => {
  it('stops the writer for good, without an answer', async () => {
    const world = createWorld();
    const { log, tracker, failures } = await world.startInOffice();
    vi.spyOn(log, 'append').mockRejectedValue(new LogRefusedError('its limit is too small'));
    const sent = world.send(register(world, 'r-1'));
    await world.time.until(() => tracker.status.phase === 'failed');
    expect(failures).toMatchObject([
      { error: { code: 'LOG_UNUSABLE', message: 'The log cannot be used: its limit is too small.' } },
    ]);
    expect(sent.replies).toEqual([]);
  });
});

describe('deposed writer', () => {
  it('stays silent about a decision that lost its place, and the next writer decides it', async () => {
    const world = createWorld();
    const { tracker, log } = await world.startInOffice();
    log.appendFaults.next('conflict');
    const lost = world.send(register(world, 'r-1'));
    await world.time.until(() => tracker.status.phase === 'standing-by');
    expect(world.bus.openRequests).toBe(0);
    expect(world.bus.subscriberCount('fleetbook.v1.main.cmd.agent.a.RegisterNode')).toBe(0);
    await world.time.until(() => tracker.status.phase === 'in-office');
    expect(tracker.status.epoch).toBe(2);
    expect(lost.replies).toEqual([]);
    expect(await world.ask(register(world, 'r-1'))).toMatchObject({ outcome: 'accepted' });
  });

  it('lets go of what still arrives while it leaves its subjects', async () => {
    const world = createWorld();
    const { tracker, log, connection } = await world.startInOffice();
    const left = Promise.withResolvers<void>();
    connection.lingerUntil(left.promise);
    log.appendFaults.next('conflict');
    world.send(register(world, 'r-1'));
    await world.time.until(() => world.bus.openRequests === 0);
    const late = [world.send(register(world, 'r-2')), { replies: world.askWriter() }];
    expect(world.bus.openRequests).toBe(0);
    left.resolve();
    await world.time.until(() => tracker.status.phase === 'in-office' && tracker.status.epoch === 2);
    expect(late.map(({ replies }) => replies)).toEqual([[], []]);
  });

  it('gives no sign of life when it fails while it leaves', async () => {
    const world = createWorld();
    const { tracker, log, connection } = await world.startInOffice();
    const left = Promise.withResolvers<void>();
    connection.lingerUntil(left.promise);
    log.appendFaults.next('conflict');
    world.send(register(world, 'r-1'));
    await world.time.settle();
    left.reject(new Error('a subscription that cannot be stopped'));
    await world.time.until(() => tracker.status.phase === 'failed');
    const published = world.bus.published.length;
    await world.time.pass(5_000);
    expect(world.bus.published).toHaveLength(published);
  });

  it('gives no answer from its old state once another is in office', async () => {
    const world = createWorld();
    const old = await world.startInOffice();
    await world.ask(register(world, 'r-1', 'node-1'));
    // The old writer neither hears nor beats, as after a pause of its process: the other finds the office vacant.
    const other = createWorldBeside(world);
    const next = await other.startInOffice();
    expect(next.tracker.status.epoch).toBe(2);
    const answers = [
      world.send(message('again', world.time.clock.now(), registerNode('node-1'))),
      world.send(message('old', world.time.clock.now() - 3_600_000, registerNode('node-1'))),
      { replies: world.askWriter() },
    ];
    await world.time.until(() => old.tracker.status.phase === 'standing-by');
    expect(answers.map(({ replies }) => replies)).toEqual([[], [], []]);
  });

  it('answers an unchanged command after the log has confirmed that nobody else is in office', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    await world.ask(register(world, 'r-1', 'node-1'));
    log.storeFaults.setAvailable(false);
    const { replies } = world.send(register(world, 'r-2', 'node-1'));
    world.time.advance(3_000);
    await world.time.settle();
    expect(replies).toEqual([]);
    log.storeFaults.setAvailable(true);
    await world.time.until(() => replies.length === 1);
    expect(replies[0]).toMatchObject({ outcome: 'unchanged', result: { incarnation: 1 } });
    expect(await world.readEvents()).toHaveLength(4);
  });

  it('proves an unchanged answer by the next commit when there is one', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    await world.ask(register(world, 'r-1', 'node-1'));
    log.appendFaults.next('hold', 'hold');
    const changing = world.send(register(world, 'r-2', 'node-2'));
    await world.time.settle();
    const unchanged = world.send(register(world, 'r-3', 'node-2'));
    await world.time.settle();
    expect(unchanged.replies).toEqual([]);
    log.appendFaults.release();
    await world.time.until(() => unchanged.replies.length === 1);
    expect(changing.replies).toHaveLength(1);
    expect(unchanged.replies[0]).toMatchObject({ outcome: 'unchanged', token: expect.stringMatching(/\.5$/) });
  });

  it('asks the log who is in office when it hears a heartbeat of a later epoch', async () => {
    const world = createWorld();
    const old = await world.startInOffice();
    await createWorldBeside(world).startInOffice();
    world.bus.connect().publish('fleetbook.v1.main.writer', '{"writer":"another","epoch":2}');
    await world.time.until(() => old.tracker.status.phase === 'standing-by');
    expect(old.failures).toEqual([]);
  });
});

describe('log that lost what it acknowledged', () => {
  it('stops the writer that would append, without an answer', async () => {
    const world = createWorld();
    const { tracker, log, failures } = await world.startInOffice();
    await world.ask(register(world, 'r-1'));
    log.storeFaults.truncate(2);
    const { replies } = world.send(register(world, 'r-2'));
    await world.time.until(() => tracker.status.phase === 'failed');
    expect(failures).toMatchObject([{ error: { code: 'LOG_WENT_BACK' } }]);
    expect(replies).toEqual([]);
    expect(world.bus.subscriberCount('fleetbook.v1.main.cmd.agent.a.RegisterNode')).toBe(0);
  });

  it('stops a deposed writer that finds the log shorter than it was', async () => {
    const world = createWorld();
    const { tracker, log, failures } = await world.startInOffice();
    await world.ask(register(world, 'r-1'));
    log.appendFaults.next('conflict');
    world.send(register(world, 'r-2'));
    await world.time.settle();
    log.storeFaults.truncate(2);
    await world.time.until(() => tracker.status.phase === 'failed');
    expect(failures).toMatchObject([{ error: { code: 'LOG_WENT_BACK' } }]);
  });

  it('does not take office on a log with an altered byte', async () => {
    const world = createWorld();
    const first = await world.startInOffice();
    await world.ask(register(world, 'r-1'));
    await first.kill();
    const end = await createMemoryLog({ store: world.store }).end();
    first.log.storeFaults.flipByte(end);
    const { tracker, failures } = await world.startTracker();
    await world.time.until(() => tracker.status.phase === 'failed');
    expect(failures).toMatchObject([{ error: { code: 'LOG_DAMAGED' } }]);
  });

  it("does not take office on another cell's log", async () => {
    const world = createWorld();
    const first = await world.startInOffice();
    await first.tracker.stop();
    const { tracker, failures } = await world.startTracker({ settings: { cell: 'other' } });
    await world.time.until(() => tracker.status.phase === 'failed');
    expect(failures).toMatchObject([{ error: { code: 'OTHER_HISTORY' } }]);
  });
});

describe('command that makes the code throw', () => {
  const poison: Decider<Ledger> = (ledger, command, judgedAt) => {
    if (command.commandId === 'throws') {
      throw new Error('a bug in decide');
    }
    if (command.commandId === 'cannot-evolve') {
      return { kind: 'accepted', events: [{ type: 'ClaimConfirmed', schemaVersion: 1, data: {} }] };
    }
    if (command.commandId === 'half-evolves') {
      const registered = { type: 'NodeRegistered', schemaVersion: 1, data: { incarnation: 1 } } as const;
      return { kind: 'accepted', events: [registered, { type: 'ClaimConfirmed', schemaVersion: 1, data: {} }] };
    }
    return decide(ledger, command, judgedAt);
  };

  it.each(['throws', 'cannot-evolve', 'half-evolves'])('costs only itself: %s', async (commandId) => {
    const world = createWorld();
    const { tracker, logger } = await world.startInOffice({ decide: poison });
    const before = world.send(register(world, 'before'));
    const poisoned = world.send(register(world, commandId));
    const after = world.send(register(world, 'after'));
    await world.time.until(() => [before, poisoned, after].every(({ replies }) => replies.length === 1));
    expect(poisoned.replies[0]).toMatchObject({ outcome: 'error', commandId, error: { code: 'INTERNAL_ERROR' } });
    expect(after.replies[0]).toMatchObject({ outcome: 'accepted', token: expect.stringMatching(/\.5$/) });
    expect((await world.readEvents()).slice(3).map((event) => event.commandId)).toEqual(['before', 'after']);
    expect(tracker.status).toMatchObject({ phase: 'in-office', epoch: 1 });
    expect(logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { commandId, errCode: 'INTERNAL_ERROR' },
    ]);
  });

  it('takes back the first events of a decision when a later one cannot be applied', async () => {
    const world = createWorld();
    await world.startInOffice({ decide: poison });
    await world.ask(register(world, 'half-evolves', 'node-1'));
    expect(await world.ask(register(world, 'r-1', 'node-1'))).toMatchObject({ outcome: 'accepted' });
  });

  it('leaves no half of its change behind', async () => {
    const world = createWorld();
    const breaking: Decider<Ledger> = (ledger, command, judgedAt) => {
      if (command.commandId === 'no-room') {
        vi.spyOn(ledger.instances, 'set').mockImplementationOnce(() => {
          throw new RangeError('Map maximum size exceeded');
        });
      }
      return decide(ledger, command, judgedAt);
    };
    await world.startInOffice({ decide: breaking });
    const at = world.time.clock.now();
    await world.ask(register(world, 'node-1'));
    await world.ask(message('report', at, reportInventory('node-1', 4)));
    expect(await world.ask(message('no-room', at, claimInstance('node-1', 'instance-1', 4)))).toMatchObject({
      outcome: 'error',
      error: { code: 'INTERNAL_ERROR' },
    });
    expect(await world.ask(message('claim', at, claimInstance('node-1', 'instance-2', 4)))).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('is not decided a second time', async () => {
    const world = createWorld();
    let decisions = 0;
    const counting: Decider<Ledger> = (ledger, command, judgedAt) => {
      decisions += 1;
      return poison(ledger, command, judgedAt);
    };
    await world.startInOffice({ decide: counting });
    await world.ask(register(world, 'throws'));
    await world.ask(register(world, 'throws'));
    expect(decisions).toBe(1);
  });
});

describe('message that makes the reader throw', () => {
  it('costs only itself', async () => {
    const world = createWorld();
    const { tracker } = await world.startInOffice();
    // Bytes that are gone when they are looked at stand for any bug in the reading of a message.
    const lost = new Uint8Array(8);
    structuredClone(lost, { transfer: [lost.buffer] });
    const thrown = world.sendBytes('fleetbook.v1.main.cmd.agent.agent-1.RegisterNode', lost);
    await world.time.until(() => thrown.replies.length === 1);
    expect(thrown.replies[0]).toMatchObject({ outcome: 'error', error: { code: 'INTERNAL_ERROR' } });
    expect(await world.ask(register(world, 'r-1'))).toMatchObject({ outcome: 'accepted' });
    expect(tracker.status).toMatchObject({ phase: 'in-office', epoch: 1 });
  });
});

describe('decision beyond the limits of a commit', () => {
  it('is answered TOO_LARGE and changes nothing', async () => {
    const world = createWorld();
    await world.startInOffice({
      decide: () => ({
        kind: 'rejected',
        rejection: { code: 'NODE_NOT_FOUND', details: { node: 'x'.repeat(300 * 1024) } },
      }),
    });
    expect(await world.ask(register(world, 'r-1'))).toMatchObject({ outcome: 'error', error: { code: 'TOO_LARGE' } });
    expect(await world.readEvents()).toHaveLength(3);
  });
});

/** A second world on the same log and clock whose bus is cut off from the first one's. */
function createWorldBeside(world: World): World {
  return createWorld(() => 0.5, world);
}
