import type { CommandReply } from '@fleetbook/contracts';
import { apply, emptyLedger, type Ledger } from '@fleetbook/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentOf, mustBeAccepted } from '../support/fleet.ts';
import { type MoveWalk, startMoveWalks } from '../support/move-walks.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const CELL = 'moves';
const TTL_MS = 1_000;

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

async function startTracker(): Promise<ServiceUnderTest> {
  const tracker = services.spawn('tracker', CELL);
  await tracker.logged({ message: 'started' });
  return tracker;
}

/** Sends a step of every walk that has one, and the same again once it is answered. */
async function takeStep(walks: readonly MoveWalk[], place: number, meanwhile: () => void): Promise<void> {
  const issuedAt = Date.now();
  const send = (): Promise<readonly CommandReply[]> =>
    Promise.all(walks.flatMap(({ name, steps }) => steps[place]?.({ commandId: `${name}-${place}`, issuedAt }) ?? []));
  const answering = send();
  meanwhile();
  const replies = await answering;
  replies.forEach(mustBeAccepted);
  expect((await send()).map(withoutHoldings)).toEqual(replies.map(withoutHoldings));
}

/** What a registered node holds is read when the answer is made. */
function withoutHoldings(reply: CommandReply): unknown {
  return 'result' in reply && reply.result.type === 'RegisterNode'
    ? { ...reply, result: { ...reply.result, held: [], sides: [] } }
    : reply;
}

function endOf(ledger: Ledger, { name, source, destination, moveId }: MoveWalk) {
  const instance = ledger.instances.get(name);
  const node = instance?.status === 'held' ? instance.claim.node : undefined;
  const place = node === undefined ? 'nowhere' : node === source ? 'source' : 'destination';
  const charged = [source, destination].flatMap((id) =>
    (ledger.nodes.get(id)?.tree.providers ?? []).flatMap(({ inventories }) => inventories.map((each) => each.charged)),
  );
  const sum = charged.reduce((total, each) => total + each, 0);
  return { name, end: ledger.moves.get(moveId)?.state, endsAt: place, sum };
}

const CHARGED = { source: 2_000, destination: 3_000, nowhere: 0 } as const;

describe('SIGKILL of the tracker at each step', () => {
  it('leaves every kind of move where its commands took it, each command with one outcome', async () => {
    const fleetbook = await services.connect(CELL);
    let inOffice = services.spawn('tracker', CELL);
    await inOffice.logged({ message: 'in office' });
    let standby = await startTracker();
    const walks = await startMoveWalks(fleetbook);
    const longest = Math.max(...walks.map(({ steps }) => steps.length));
    const request = { resources: { CUSTOM_CPU_MILLI: 1 } };
    const wanted = { node: walks[0]?.source ?? '', instance: 'unconfirmed', request, ttlMs: TTL_MS };
    mustBeAccepted(await agentOf(fleetbook, wanted.node).send('ClaimInstance', wanted));
    for (let place = 0; place < longest; place += 1) {
      const dead = inOffice;
      const [, spare] = await Promise.all([takeStep(walks, place, () => dead.kill('SIGKILL')), startTracker()]);
      expect(await dead.ended).toBe('SIGKILL');
      const isFirst = (await standby.status('/readyz')) === 200;
      [inOffice, standby] = isFirst ? [standby, spare] : [spare, standby];
    }
    const { answer } = await until('the end of the claim nobody confirmed', async () => {
      const status = await services.ask(CELL, 'writer', {});
      const { events } = await services.readLog(CELL);
      return events.some(({ type }) => type === 'ClaimExpired') ? status : undefined;
    });
    expect(answer.status).toBe('green');
    expect(answer.epoch).toBeGreaterThan(longest);
    const { events, decisions, violations, replay, reference } = await services.readLog(CELL);
    const ledger = emptyLedger();
    for (const event of events) {
      apply(ledger, event);
    }
    expect(walks.map((walk) => endOf(ledger, walk))).toEqual(
      walks.map(({ name, end, endsAt }) => ({ name, end, endsAt, sum: CHARGED[endsAt] })),
    );
    expect(events.filter(({ type }) => type === 'ClaimExpired')).toHaveLength(1);
    const sent = walks.flatMap(({ name, steps }) => steps.map((_, place) => `${name}-${place}`));
    expect(sent.filter((commandId) => decisions.get(commandId) !== 1)).toEqual([]);
    expect(violations).toEqual([]);
    const { number, digest } = (await services.ask(CELL, 'writer', {})).answer;
    expect({ number, digest, reference }).toEqual({ number: events.length, digest: replay, reference: replay });
    await Promise.all([inOffice.stop(), standby.stop()]);
  });
});
