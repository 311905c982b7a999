import type { FleetbookClient } from '@fleetbook/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const CELL = 'patient';
const AGENTS = 4;
const PUTS_PER_AGENT = 60;

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

/** Each agent registers nodes of its own, one after the other, and puts some of it twice. */
async function putMany(agents: readonly FleetbookClient[], round: number): Promise<readonly string[]> {
  const puts = await Promise.all(agents.map((agent) => putOfAgent(agent, round)));
  return puts.flat();
}

/** The server syncs each message: many at once would be put again while they wait for a slow disk, and fill it. */
async function putOfAgent(agent: FleetbookClient, round: number): Promise<readonly string[]> {
  const nodes = Array.from({ length: PUTS_PER_AGENT }, (_, place) => `${agent.actor}-${round}-${place}`);
  for (const [place, node] of nodes.entries()) {
    const issuedAt = Date.now();
    for (let copies = place % 5 === 0 ? 2 : 1; copies > 0; copies -= 1) {
      const put = await agent.enqueue('RegisterNode', { node, bootId: 'boot-1' }, { commandId: node, issuedAt });
      expect(put).toMatchObject({ outcome: 'enqueued', commandId: node });
    }
  }
  return nodes;
}

/** The last event, as the tracker in office knows it. */
async function decided(): Promise<number> {
  return (await services.ask(CELL, 'writer', {})).answer.number;
}

describe('the inbox', () => {
  it('has every command decided once that was put while no tracker ran, whoever is killed on the way', async () => {
    const first = services.spawn('tracker', CELL);
    await first.logged({ message: 'in office' });
    const fleetbook = await services.connect(CELL);
    const agents = Array.from({ length: AGENTS }, (_, place) => fleetbook.as('agent', `agent-${place}`));
    await until('an inbox', async () => {
      const put = await agents[0]?.enqueue('RegisterNode', { node: 'early', bootId: 'boot-1' }, { commandId: 'early' });
      return put?.outcome === 'enqueued' ? true : undefined;
    });
    first.kill('SIGKILL');
    await first.ended;

    const put = ['early', ...(await putMany(agents, 1))];
    for (let kills = 0; kills < 2; kills += 1) {
      const before = (await services.readLog(CELL)).end.number;
      const tracker = services.spawn('tracker', CELL);
      // All of it, where the one before was quick: each command leaves an event at least.
      const some = Math.min(before + 20, put.length);
      await until('some of it to be decided', async () => ((await decided()) > some ? true : undefined));
      tracker.kill('SIGKILL');
      await tracker.ended;
    }
    put.push(...(await putMany(agents, 2)));

    services.spawn('tracker', CELL);
    services.spawn('projector', CELL);
    // Each leaves an event at least: before so many there is no need to read them all.
    await until('as many events as commands', async () => ((await decided()) > put.length ? true : undefined));
    await until('all to be decided', async () => {
      const { decisions } = await services.readLog(CELL);
      return put.every((commandId) => decisions.has(commandId)) ? true : undefined;
    });
    const { decisions, violations } = await services.readLog(CELL);
    expect(put.filter((commandId) => decisions.get(commandId) !== 1)).toEqual([]);
    expect(violations).toEqual([]);
    const outcome = await agents[0]?.ask('outcome', { commandId: 'early', role: 'agent', actor: 'agent-0' });
    expect(outcome).toMatchObject({
      outcome: 'answer',
      answer: { status: 'recorded', reply: { outcome: 'accepted' } },
    });
  });

  it('is not there before a tracker was ever in office, and says so', async () => {
    const fleetbook = await services.connect('unheard-of');
    const options = { timeoutMs: 500 };
    const put = await fleetbook.as('agent', 'a-1').enqueue('RegisterNode', { node: 'n', bootId: 'b' }, options);
    expect(put).toMatchObject({ outcome: 'error', error: { code: 'NO_RESPONDERS' } });
  });
});
