import { commandSubject, encodeCommandMessage } from '@fleetbook/contracts';
import type { Actor } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { AGENT, claimInstance, dropInstance, message, registerNode, reportInventory } from './testing/commands.ts';
import { createWorld, type Sent, type World } from './testing/world.ts';

const FLOODER: Actor = { role: 'agent', id: 'flooder' };
const HONEST: readonly Actor[] = [1, 2, 3, 4].map((place) => ({ role: 'agent', id: `honest-${place}` }));

const codeOf = ({ replies }: Sent): string | undefined => {
  const [reply] = replies;
  return reply !== undefined && 'error' in reply ? reply.error.code : reply?.outcome;
};

function register(world: World, actor: Actor, count: number): readonly Sent[] {
  const at = world.time.clock.now();
  return Array.from({ length: count }, (_, index) => {
    const id = `${actor.id}-${index}`;
    return world.send(message(id, at, registerNode(id), actor));
  });
}

const areAnswered = (sent: readonly Sent[]): boolean => sent.every(({ replies }) => replies.length === 1);

describe('a flood', () => {
  it('of one actor holds the others up for no longer than a commit, and refuses them nothing', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    log.appendFaults.next('hold');
    register(world, FLOODER, 1);
    await world.time.settle();
    const flood = register(world, FLOODER, 20_000);
    const honest = HONEST.flatMap((actor) => register(world, actor, 25));
    log.appendFaults.release();
    await world.time.until(() => areAnswered([...honest, ...flood]));
    expect(new Set(honest.map(codeOf))).toEqual(new Set(['accepted']));
    const actors = (await world.readEvents()).map(({ actor }) => actor.id);
    const decidedBefore = actors.slice(0, actors.lastIndexOf(HONEST[0]?.id ?? '')).filter((id) => id === FLOODER.id);
    expect(decidedBefore.length).toBeLessThan(256);
    const taken = flood.filter((each) => codeOf(each) === 'accepted').length;
    expect(taken).toBeLessThan(8_192);
    expect(flood.filter((each) => codeOf(each) === 'OVERLOADED')).toHaveLength(20_000 - taken);
  });

  it('leaves room for releases of those who have nothing else waiting, and of the flooder', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice({
      settings: { inbox: { messages: 64, bytes: 1e6, releaseShare: 0.125 } },
    });
    const at = world.time.clock.now();
    await world.ask(message('register', at, registerNode('node-1')));
    await world.ask(message('report', at, reportInventory('node-1', 10)));
    await world.ask(message('claim', at, claimInstance('node-1', 'instance-1')));
    log.appendFaults.next('hold');
    register(world, FLOODER, 1);
    await world.time.settle();
    const flood = [...register(world, FLOODER, 600), ...HONEST.flatMap((actor) => register(world, actor, 1))];
    const drop = world.send(message('drop', at, dropInstance('node-1', 'instance-1', 'claim'), AGENT));
    expect(new Set(flood.slice(-4).map(codeOf))).toEqual(new Set(['OVERLOADED']));
    expect(drop.replies).toEqual([]);
    log.appendFaults.release();
    await world.time.until(() => areAnswered([...flood, drop]));
    expect(codeOf(drop)).toBe('accepted');
  });
});

describe('a deadline', () => {
  it('that has passed while the message waited leaves it unread', async () => {
    const world = createWorld();
    const { log } = await world.startInOffice();
    const at = world.time.clock.now();
    const send = (id: string, deadlineMs?: number): Sent =>
      world.sendBytes(
        commandSubject('main', 'agent', AGENT.id, 'RegisterNode'),
        encodeCommandMessage(message(id, at, registerNode(id))),
        deadlineMs,
      );
    log.appendFaults.next('hold');
    const held = register(world, FLOODER, 600);
    await world.time.settle();
    const sent = [send('short', 50), send('long', 5_000), send('none')];
    world.time.advance(100);
    await world.time.settle();
    log.appendFaults.release();
    await world.time.until(() => areAnswered([...held, ...sent]));
    expect(sent.map(codeOf)).toEqual(['DEADLINE_EXCEEDED', 'accepted', 'accepted']);
    expect((await world.readEvents()).map(({ commandId }) => commandId)).not.toContain('short');
  });
});

describe('refusals', () => {
  const settings = { refusals: { perSecond: 10, burst: 5 } };

  async function withRefusals() {
    const world = createWorld();
    await world.startInOffice({ settings });
    const at = world.time.clock.now();
    await world.ask(message('register', at, registerNode('node-1')));
    await world.ask(message('report', at, reportInventory('node-1', 4)));
    await world.ask(message('held', at, claimInstance('node-1', 'held')));
    const refusals = Array.from({ length: 5 }, (_, index) =>
      message(`r-${index}`, at, claimInstance('node-1', 'large', 100)),
    );
    for (const refusal of refusals) {
      expect(await world.ask(refusal)).toMatchObject({ outcome: 'refused' });
    }
    return { world, at, refusals };
  }

  it('too many of one actor leave its next command undecided, with the time to wait', async () => {
    const { world, at } = await withRefusals();
    const before = (await world.readEvents()).length;
    const later = await world.ask(message('good', at, claimInstance('node-1', 'other')));
    expect(later).toMatchObject({
      outcome: 'error',
      commandId: 'good',
      error: { code: 'RETRY_LATER', retry: 'same-id', details: { retryAfterMs: expect.any(Number) } },
    });
    expect(await world.readEvents()).toHaveLength(before);
    await world.time.pass(200);
    expect(await world.ask(message('good', at, claimInstance('node-1', 'other')))).toMatchObject({
      outcome: 'accepted',
    });
  });

  it('are no reason to leave another actor undecided', async () => {
    const { world, at } = await withRefusals();
    const [other = AGENT] = HONEST;
    expect(await world.ask(message('r', at, registerNode('node-2'), other))).toMatchObject({ outcome: 'accepted' });
  });

  it('are no reason to leave a release undecided, nor a command that has its outcome', async () => {
    const { world, at, refusals } = await withRefusals();
    for (const refusal of refusals) {
      expect(await world.ask(refusal)).toMatchObject({ outcome: 'refused' });
    }
    expect(await world.ask(message('drop', at, dropInstance('node-1', 'held', 'held')))).toMatchObject({
      outcome: 'accepted',
    });
  });
});
