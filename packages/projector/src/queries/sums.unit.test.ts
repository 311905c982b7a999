import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { describe, expect, it } from 'vitest';
import { addNode, claimOf, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory } from '../testing/history-writer.ts';
import { withProjector } from '../testing/run-projector.ts';

const MOST = Number.MAX_SAFE_INTEGER;
const TWICE_MOST = (2n * BigInt(MOST)).toString();
const MOST_AND_TWO = (BigInt(MOST) + 2n).toString();

/** Two nodes of as much memory as one may have: all of the one's is charged, and 2 of the other's. */
async function largeFleet() {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  for (const node of ['h1', 'h2']) {
    const inventory = { class: 'MEMORY_MB', total: MOST };
    addNode(writer, node, [{ id: `${node}.root`, inventories: [inventory], aggregates: ['zone'] }]);
  }
  writer.decide(SCHEDULER, claimOf('h1', 'i1', { resources: { MEMORY_MB: MOST } }, 'tenant-1'), 'claim-1');
  writer.decide(SCHEDULER, claimOf('h2', 'i2', { resources: { MEMORY_MB: 2 } }, 'tenant-1'), 'claim-2');
  await writer.flush();
  return { log, number: writer.bookmark.number };
}

describe('a sum beyond the safe integers', () => {
  it('is given as the bound, with its exact text beside it, and what follows from it is exact', async () => {
    const { log, number } = await largeFleet();
    await withProjector(log, number, async ({ answer }) => {
      for (const scope of [{}, { aggregate: 'zone' }]) {
        const usage = await answer('usage', scope);
        expect(ANSWER_SCHEMAS.usage.safeParse(usage).error).toBeUndefined();
        expect(usage.classes).toEqual([
          {
            class: 'MEMORY_MB',
            ...{
              total: MOST,
              reserved: 0,
              capacity: MOST,
              charged: MOST,
              used: MOST,
              free: MOST - 2,
              headroom: MOST - 2,
            },
            exact: { total: TWICE_MOST, capacity: TWICE_MOST, charged: MOST_AND_TWO, used: MOST_AND_TWO },
          },
        ]);
      }
      const ofTenant = await answer('usage', { tenant: 'tenant-1' });
      expect(ANSWER_SCHEMAS.usage.safeParse(ofTenant).error).toBeUndefined();
      expect(ofTenant.classes).toEqual([{ class: 'MEMORY_MB', charged: MOST, exact: { charged: MOST_AND_TWO } }]);
    });
  });

  it('leaves no trace where every sum is a safe integer', async () => {
    const { log, number } = await largeFleet();
    await withProjector(log, number, async ({ answer }) => {
      expect((await answer('usage', { node: 'h1' })).classes[0]).not.toHaveProperty('exact');
      expect((await answer('node', { node: 'h2' })).classes[0]).not.toHaveProperty('exact');
    });
  });
});
