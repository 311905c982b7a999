import type { ReportedProvider } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import {
  addNode,
  agentOf,
  claimOf,
  foundHistory,
  OPERATOR,
  ORIGIN_OF_TESTS,
  SCHEDULER,
} from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { pastOf } from '../testing/past-of.ts';

const ROOT: ReportedProvider = { id: 'n.root', inventories: [{ class: 'VCPU', total: 8 }] };
const DISK: ReportedProvider = { id: 'n.disk', parent: 'n.root', inventories: [{ class: 'DISK_GB', total: 100 }] };
const BOUNDED: ReportedProvider = { ...DISK, inventories: [{ class: 'DISK_GB', total: 100, maxUnit: 10 }] };

async function nodeWithDisk() {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'n', [ROOT, DISK]);
  let sequence = 1;

  /** The number of its event. */
  function report(...providers: readonly ReportedProvider[]): number {
    sequence += 1;
    const facts = { node: 'n', incarnation: 1, sequence, mode: 'full', providers } as const;
    writer.decide(agentOf('n'), { type: 'ReportInventory', origin: ORIGIN_OF_TESTS, ...facts });
    return writer.number;
  }

  async function timeline(provider: string): Promise<unknown> {
    await writer.flush();
    const reply = await pastOf(log).ask('timeline', { provider });
    return reply.outcome === 'answer' ? reply.answer : reply.error;
  }

  return { writer, report, timeline };
}

describe('the timeline of a provider', () => {
  it('has the report that leaves it out, and that it has nothing from then on', async () => {
    const { writer, report, timeline } = await nodeWithDisk();
    const first = writer.number;
    const left = report(ROOT);
    const back = report(ROOT, DISK);
    const figures = [{ class: 'DISK_GB', charged: 0, capacity: 100 }];
    expect(await timeline('n.disk')).toMatchObject({
      entries: [
        { event: { number: first }, classes: figures },
        { event: { number: left }, classes: [] },
        { event: { number: back }, classes: figures },
      ],
    });
    expect(await timeline('n.root')).toMatchObject({ entries: [{ event: { number: first } }] });
  });

  it('has what changes something else about it: its aggregates, its traits, a bound', async () => {
    const { writer, report, timeline } = await nodeWithDisk();
    const first = writer.number;
    const facts = { node: 'n', provider: 'n.disk', aggregates: ['rack-1'] };
    writer.decide(OPERATOR, { type: 'SetAggregates', origin: ORIGIN_OF_TESTS, ...facts });
    const changes = [writer.number, report(ROOT, { ...DISK, traits: ['CUSTOM_FAST'] }), report(ROOT, BOUNDED)];
    report({ ...ROOT, inventories: [{ class: 'VCPU', total: 9 }] }, BOUNDED);
    const entries = [first, ...changes].map((number) => ({ event: { number } }));
    expect(await timeline('n.disk')).toMatchObject({ entries });
  });

  it('has its own figures where one decision changes several nodes', async () => {
    const { writer, timeline } = await nodeWithDisk();
    for (const node of ['a', 'b']) {
      addNode(writer, node, [{ id: `${node}.root`, inventories: [{ class: 'VCPU', total: 8 }] }]);
    }
    const claims = [claimOf('a', 'i1', { resources: { VCPU: 1 } }), claimOf('b', 'i2', { resources: { VCPU: 2 } })];
    writer.decide(SCHEDULER, { type: 'AtomicBatch', origin: ORIGIN_OF_TESTS, commands: claims }, 'batch');
    const entry = { event: { number: writer.number } };
    for (const [node, charged] of [
      ['a', 1],
      ['b', 2],
    ] as const) {
      expect(await timeline(`${node}.root`)).toMatchObject({
        entries: [{}, { ...entry, classes: [{ class: 'VCPU', charged, capacity: 8 }] }],
      });
    }
  });
});
