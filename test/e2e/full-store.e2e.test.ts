import { parseToken } from '@fleetbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addNodes } from '../support/fleet.ts';
import type { ServiceUnderTest } from '../support/service-under-test.ts';
import { type ServicesOnServer, startServicesOnServer } from '../support/services-on-server.ts';
import { until } from '../support/until.ts';

const CELL = 'full';
const STORE_BYTES = 300_000;
const TENANT = 't'.repeat(200);

let services: ServicesOnServer;
let tracker: ServiceUnderTest;
let projector: ServiceUnderTest;

beforeAll(async () => {
  services = await startServicesOnServer({ maximumStoreBytes: STORE_BYTES });
  // No claim waits for more room: the store is to be filled.
  const settings = { FLEETBOOK_SHUTDOWN_TIMEOUT_MS: '300', FLEETBOOK_STORAGE_INTERVAL_MS: '3600000' };
  tracker = services.spawn('tracker', CELL, settings);
  projector = services.spawn('projector', CELL);
  await addNodes(await services.connect(CELL), ['node-1']);
});

afterAll(() => services?.stop());

describe('a log whose store is full', () => {
  it('acknowledges nothing it has not kept, keeps all it has acknowledged, and answers questions', async () => {
    const scheduler = (await services.connect(CELL)).as('scheduler', 's');
    const outcomes = new Map<string, string>();
    for (let index = 0; !hasDoubts(tracker); index += 1) {
      const entries = Array.from({ length: 64 }, (_, place) => ({
        ...({ type: 'ClaimInstance', commandId: `c-${index}-${place}`, tenant: TENANT } as const),
        ...{ node: 'node-1', instance: `i-${index}-${place}`, request: { resources: { CUSTOM_CPU_MILLI: 1 } } },
      }));
      const reply = await scheduler.sendBatch(entries, { timeoutMs: 1_500 });
      for (const [place, { commandId }] of entries.entries()) {
        outcomes.set(commandId, 'outcomes' in reply ? (reply.outcomes[place]?.outcome ?? 'none') : reply.error.code);
      }
    }
    expect(new Set(outcomes.values())).toEqual(new Set(['accepted', 'TIMEOUT']));
    const { decisions, violations, events } = await services.readLog(CELL);
    const acknowledged = [...outcomes].filter(([, outcome]) => outcome === 'accepted');
    expect(acknowledged.filter(([commandId]) => decisions.get(commandId) !== 1)).toEqual([]);
    expect([...outcomes.keys()].filter((commandId) => (decisions.get(commandId) ?? 0) > 1)).toEqual([]);
    expect(violations).toEqual([]);
    const answer = await until('a projector at the end of the log', async () => {
      const usage = await services.ask(CELL, 'usage', { node: 'node-1' });
      return parseToken(usage.token)?.number === events.length ? usage.answer : undefined;
    });
    expect(answer.claims).toBe(events.filter(({ type }) => type === 'InstanceClaimed').length);
    expect([await tracker.status('/livez'), await projector.status('/readyz')]).toEqual([200, 200]);
  });

  it('does not keep the tracker from ending: it says what it left', async () => {
    tracker.kill('SIGTERM');
    expect(await tracker.ended).toBe(1);
    expect(tracker.lines).toContainEqual(
      expect.objectContaining({ message: 'shutdown took too long', level: 'error' }),
    );
  });
});

function hasDoubts({ lines }: ServiceUnderTest): boolean {
  return lines.some(({ message, level }) => message === 'append outcome unknown' && level === 'warn');
}
