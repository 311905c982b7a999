import { handOverSubject } from '@fleetbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contradictions } from '../support/client-history.ts';
import { addNodes } from '../support/fleet.ts';
import { type Load, startLoad } from '../support/load.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const STEP = 50;

let services: ServicesOnServer;

beforeAll(async () => {
  services = await startServicesOnServer();
});

afterAll(() => services?.stop());

function inOffice(trackers: readonly ServiceUnderTest[]): Promise<ServiceUnderTest> {
  return until('one tracker in office', async () => {
    const statuses = await Promise.all(trackers.map((tracker) => tracker.status('/readyz')));
    const ready = trackers.filter((_tracker, index) => statuses[index] === 200);
    return ready.length === 1 ? ready[0] : undefined;
  });
}

async function untilMore(load: Load): Promise<void> {
  const count = load.answered + STEP;
  await until(`${count} answers`, () => (load.answered >= count ? true : undefined));
}

describe('two trackers', () => {
  it('share no office: the other takes over from one that stands still, leaves or dies; nothing is lost', async () => {
    const cell = 'pair';
    const [one, two] = [services.spawn('tracker', cell), services.spawn('tracker', cell)];
    const first = await inOffice([one, two]);
    const second = first === one ? two : one;
    expect(await second.status('/readyz')).toBe(503);
    const fleetbook = await services.connect(cell);
    await addNodes(fleetbook, ['node-1']);
    const load = startLoad(fleetbook, ['node-1'], 8);
    await untilMore(load);
    first.kill('SIGSTOP');
    await second.logged({ message: 'in office' });
    await untilMore(load);
    first.kill('SIGCONT');
    await first.logged({ message: 'deposed' });
    await untilMore(load);
    await until('a planned hand-over', async () => {
      const reply = await services.bus.request(handOverSubject(cell), '{}', 30_000);
      return reply.status === 'reply' && reply.payload.includes('"successor"') ? true : undefined;
    });
    await until('office again', () => isReady(first));
    await untilMore(load);
    first.kill('SIGKILL');
    await until('office again', () => isReady(second));
    await untilMore(load);
    const sent = await load.finish();
    expect(new Set(sent.map(({ reply }) => reply.outcome))).toEqual(new Set(['accepted']));
    const reading = await services.readLog(cell);
    const { violations, replay, reference } = reading;
    expect(contradictions(sent, reading)).toEqual([]);
    expect(violations).toEqual([]);
    const { answer } = await services.ask(cell, 'writer', {});
    expect(answer.epoch).toBeGreaterThanOrEqual(4);
    expect([answer.digest, reference]).toEqual([replay, replay]);
    await second.stop();
  });
});

describe('without a NATS server', () => {
  it('services wait, say that they are not ready, and begin when it is there', async () => {
    const cell = 'patient';
    await services.server.kill();
    const waiting = [services.spawn('tracker', cell), services.spawn('projector', cell)];
    for (const service of waiting) {
      expect(await service.status('/livez')).toBe(200);
      expect(await service.status('/readyz')).toBe(503);
    }
    await services.server.restart();
    await Promise.all(waiting.map((service) => until('readiness', async () => isReady(service))));
    await addNodes(await services.connect(cell), ['node-1']);
    expect((await services.ask(cell, 'node', { node: 'node-1' })).answer.owner).toBe('agent-of-node-1');
  });

  it('services that wait end at once when they are told to', async () => {
    await services.server.kill();
    const waiting = [services.spawn('tracker', 'nobody'), services.spawn('projector', 'nobody')];
    await Promise.all(waiting.map((service) => service.logged({ message: 'http server listens' })));
    for (const service of waiting) {
      service.kill('SIGTERM');
      expect(await service.ended).toBe(0);
    }
    await services.server.restart();
  });
});

describe('a service that cannot start', () => {
  it('says in one line why, and ends with the code for it', async () => {
    const taken = new URL(services.server.url).port;
    for (const name of ['tracker', 'projector'] as const) {
      const service = services.spawn(name, 'refused', { FLEETBOOK_HTTP_PORT: taken });
      expect(await service.ended).toBe(4);
      expect(service.lines).toContainEqual(expect.objectContaining({ errCode: 'PORT_IN_USE', level: 'error' }));
    }
    const misspelt = services.spawn('tracker', 'refused', { FLEETBOOK_HTP_PORT: '0' });
    expect(await misspelt.ended).toBe(2);
  });

  it('ends when the server does not know its user', async () => {
    const stranger = services.spawn('tracker', 'refused', { FLEETBOOK_NATS_PASSWORD: 'wrong' });
    expect(await stranger.ended).toBe(4);
    expect(stranger.lines).toContainEqual(expect.objectContaining({ errCode: 'ACCESS_REFUSED', level: 'error' }));
  });
});

async function isReady(service: ServiceUnderTest): Promise<true | undefined> {
  return (await service.status('/readyz')) === 200 ? true : undefined;
}
