import { describe, expect, it } from 'vitest';
import { AGENT, claimInstance, message, registerNode, reportInventory } from './testing/commands.ts';
import { createWorld, type World } from './testing/world.ts';

async function fill(world: World, vcpus = 10): Promise<void> {
  const at = world.time.clock.now();
  await world.ask(message('register', at, registerNode('node-1')));
  await world.ask(message('report', at, reportInventory('node-1', vcpus)));
}

describe('founding and election', () => {
  it('gives an empty log its founding commit and an election, and takes commands only then', async () => {
    const world = createWorld();
    await world.startInOffice();
    const commits = await world.readCommits();
    expect(commits.map(({ epoch, events }) => [epoch, ...events.map(({ type }) => type)])).toEqual([
      [0, 'LedgerCreated', 'CellConfigured'],
      [1, 'WriterElected'],
    ]);
    expect(world.bus.subscriberCount('fleetbook.v1.main.cmd.agent.a.ClaimInstance')).toBe(1);
  });

  it('keeps the policies of the log whatever a later process is configured with', async () => {
    const world = createWorld();
    const first = await world.startInOffice();
    await first.tracker.stop();
    const policies = { outcomeRetentionMs: 1_000, clockSkewMs: 0, fitWorkLimit: 100 };
    await world.startInOffice({ settings: { policies } });
    const configured = (await world.readEvents()).filter(({ type }) => type === 'CellConfigured');
    expect(configured).toHaveLength(1);
    expect(await world.ask(message('r', world.time.clock.now() - 60_000, registerNode('node-1')))).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('leaves office to one of two trackers that start together, and to the other when it stops', async () => {
    const world = createWorld();
    const started = await Promise.all([world.startTracker(), world.startTracker()]);
    const inOffice = () => started.filter(({ tracker }) => tracker.status.phase === 'in-office');
    await world.time.until(() => inOffice().length === 1);
    const [winner] = inOffice();
    world.time.advance(250);
    await world.time.settle();
    expect(inOffice()).toEqual([winner]);
    await winner?.tracker.stop();
    await world.time.until(() => inOffice().length === 1);
    expect(inOffice()[0]).not.toBe(winner);
    expect(await world.ask(message('r', world.time.clock.now(), registerNode('node-1')))).toMatchObject({
      outcome: 'accepted',
    });
  });
});

describe('answers', () => {
  it('answers a claim with its charge and the token of its event', async () => {
    const world = createWorld();
    await world.startInOffice();
    await fill(world);
    const at = world.time.clock.now();
    const reply = await world.ask(message('claim', at, claimInstance('node-1', 'instance-1', 2)));
    expect(reply).toEqual({
      outcome: 'accepted',
      commandId: 'claim',
      token: expect.stringMatching(/\.6$/),
      at,
      result: {
        type: 'ClaimInstance',
        node: 'node-1',
        instance: 'instance-1',
        claimId: 'claim',
        charge: [{ provider: 'node-1-root', class: 'VCPU', amount: 2 }],
      },
    });
  });

  it('records a refusal and answers it with the facts it was judged on', async () => {
    const world = createWorld();
    await world.startInOffice();
    await fill(world, 1);
    const reply = await world.ask(message('claim', world.time.clock.now(), claimInstance('node-1', 'instance-1', 2)));
    expect(reply).toMatchObject({ outcome: 'refused', error: { code: 'NO_CAPACITY', retry: 'new-id' } });
    expect((await world.readEvents()).at(-1)).toMatchObject({ type: 'CommandRejected', commandId: 'claim' });
  });

  it('tells a registering agent what its node holds', async () => {
    const world = createWorld();
    await world.startInOffice();
    await fill(world);
    await world.ask(message('claim', world.time.clock.now(), claimInstance('node-1', 'instance-1')));
    const reply = await world.ask(message('register-2', world.time.clock.now(), registerNode('node-1', 'boot-2')));
    expect(reply).toMatchObject({ result: { incarnation: 2, held: [{ instance: 'instance-1', claimId: 'claim' }] } });
  });

  it('says nothing before the commit is durable', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    log.appendFaults.next('hold');
    const { replies } = world.send(message('register', world.time.clock.now(), registerNode('node-1')));
    await world.time.settle();
    expect(log.appendFaults.waiting).toBe(1);
    expect(replies).toEqual([]);
    log.appendFaults.release();
    await world.time.until(() => replies.length === 1);
  });

  it('gathers what arrives during an append into the next commit', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    log.appendFaults.next('hold');
    const at = world.time.clock.now();
    const sent = Array.from({ length: 300 }, (_, index) => message(`r-${index}`, at, registerNode(`node-${index}`)));
    const first = world.send(message('first', at, registerNode('first')));
    await world.time.settle();
    const rest = sent.map((one) => world.send(one));
    await world.time.settle();
    log.appendFaults.release();
    await world.time.until(() => [first, ...rest].every(({ replies }) => replies.length === 1));
    expect((await world.readCommits()).slice(2).map(({ events }) => events.length)).toEqual([1, 256, 44]);
  });

  it('answers each command of a batch, in its order, in one reply', async () => {
    const world = createWorld();
    await world.startInOffice();
    const at = world.time.clock.now();
    const { outcomes } = await world.askBatch([
      message('b-1', at, registerNode('node-1')),
      message('b-2', at, claimInstance('node-1', 'instance-1')),
      message('b-3', at, reportInventory('node-1', 4)),
      message('b-1', at, registerNode('node-1')),
    ]);
    expect(outcomes.map(({ outcome, commandId }) => [outcome, commandId])).toEqual([
      ['accepted', 'b-1'],
      ['refused', 'b-2'],
      ['accepted', 'b-3'],
      ['accepted', 'b-1'],
    ]);
  });

  it('refuses what cannot be read without recording it', async () => {
    const world = createWorld();
    await world.startInOffice();
    const subject = 'fleetbook.v1.main.cmd.agent.agent-1.RegisterNode';
    const { replies } = world.sendBytes(subject, Buffer.from('{"commandId":"x"'));
    await world.time.until(() => replies.length === 1);
    expect(replies[0]).toMatchObject({ outcome: 'error', error: { code: 'MALFORMED_JSON' } });
    expect(await world.readEvents()).toHaveLength(3);
  });

  it('answers OVERLOADED with a waiting time when too much waits', async () => {
    const world = createWorld();
    const settings = { inbox: { messages: 2, bytes: 1_000_000, releaseShare: 0 }, retryAfterMs: 70 };
    await world.startInOffice({ settings });
    const at = world.time.clock.now();
    const sent = [1, 2, 3].map((n) => world.send(message(`r-${n}`, at, registerNode(`node-${n}`))));
    expect(sent[2]?.replies).toMatchObject([{ error: { code: 'OVERLOADED', details: { retryAfterMs: 70 } } }]);
    await world.time.until(() => sent.every(({ replies }) => replies.length === 1));
  });

  it('publishes heartbeats, and durable events under their node', async () => {
    const world = createWorld();
    await world.startInOffice();
    await world.ask(message('register', world.time.clock.now(), registerNode('node-1')));
    world.time.advance(250);
    const [event] = (await world.readEvents()).slice(-1);
    const feed = world.bus.published.filter(({ subject }) => subject.includes('.event.'));
    expect(feed).toEqual([{ subject: 'fleetbook.v1.main.event.node-1.NodeRegistered', text: JSON.stringify(event) }]);
    const beats = world.bus.published.filter(({ subject }) => subject === 'fleetbook.v1.main.writer');
    expect(JSON.parse(beats.at(-1)?.text ?? '')).toMatchObject({ writer: 'writer-1', epoch: 1, number: 4 });
  });
});

describe('time', () => {
  it('refuses a command whose outcome may be forgotten, and one too far ahead', async () => {
    const world = createWorld();
    const policies = { outcomeRetentionMs: 60_000, clockSkewMs: 5_000, fitWorkLimit: 1_000 };
    await world.startInOffice({ settings: { policies } });
    const at = world.time.clock.now();
    expect(await world.ask(message('old', at - 60_001, registerNode('n')))).toMatchObject({
      outcome: 'error',
      error: { code: 'COMMAND_TOO_OLD' },
    });
    const ahead = message('ahead', world.time.clock.now() + 10_000, registerNode('n'));
    expect(await world.ask(ahead)).toMatchObject({ outcome: 'error', error: { code: 'CLOCK_AHEAD' } });
    expect(await world.readEvents()).toHaveLength(3);
  });

  it('never lets the time of events go back with the wall clock', async () => {
    const world = createWorld();
    await world.startInOffice();
    const at = world.time.clock.now();
    await world.ask(message('r-1', at, registerNode('node-1')));
    world.time.clock.setWall(at - 1_000);
    expect(await world.ask(message('r-2', at, registerNode('node-2')))).toMatchObject({ outcome: 'accepted', at });
    const times = (await world.readEvents()).map((event) => event.at);
    expect(times).toEqual([...times].sort((left, right) => left - right));
  });
});

describe('stopping', () => {
  it('answers everything taken in before it leaves', async () => {
    const world = createWorld();
    const { tracker } = await world.startInOffice();
    const at = world.time.clock.now();
    const sent = Array.from({ length: 600 }, (_, n) => world.send(message(`r-${n}`, at, registerNode(`node-${n}`))));
    await tracker.stop();
    expect(sent.every(({ replies }) => replies.length === 1)).toBe(true);
    expect(tracker.status.phase).toBe('stopped');
    expect(world.send(message('late', at, registerNode('late'), AGENT)).replies).toEqual([]);
  });

  it('stops while the log is unavailable', async () => {
    const world = createWorld();
    const first = await world.startInOffice();
    first.log.storeFaults.setAvailable(false);
    const second = await world.startTracker();
    const stopped = second.tracker.stop();
    await world.time.until(() => second.tracker.status.phase === 'stopped');
    await stopped;
    expect(second.failures).toEqual([]);
  });
});
