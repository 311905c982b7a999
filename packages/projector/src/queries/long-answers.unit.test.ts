import { createMemoryLog } from '@fleetbook/event-log/memory';
import { describe, expect, it } from 'vitest';
import { addNode, agentOf, claimOf, ORIGIN_OF_TESTS, providersOf, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory } from '../testing/history-writer.ts';
import { type TestProjector, withProjector } from '../testing/run-projector.ts';

/** What the server of these tests takes. */
const ROOM = 6_000;

/** Twenty nodes, of which `big` has 40 GPUs and 30 claims. */
async function withFleet(work: (running: TestProjector) => Promise<void>, room = ROOM): Promise<void> {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'big', providersOf('big', 40));
  for (let place = 10; place < 29; place += 1) {
    addNode(writer, `node-${place}`);
  }
  for (let place = 10; place < 40; place += 1) {
    writer.decide(SCHEDULER, claimOf('big', `i${place}`, { resources: { VCPU: 1 } }), `claim-${place}`);
  }
  const guests = [{ instance: 'stranger' }];
  writer.decide(
    agentOf('big'),
    { type: 'ReportGuests', origin: ORIGIN_OF_TESTS, node: 'big', incarnation: 1, complete: false, takenAt: 1, guests },
    'guests',
  );
  await writer.flush();
  await withProjector(log, writer.bookmark.number, work, { maximumAnswerBytes: () => room });
}

const bytesOf = (reply: unknown): number => Buffer.byteLength(JSON.stringify(reply));

describe('an answer that is longer than a message may be', () => {
  it('is a page with fewer nodes: those that follow are still found', async () => {
    await withFleet(async ({ ask }) => {
      const found: string[] = [];
      let pages = 0;
      let after: string | undefined;
      do {
        const reply = await ask('nodes', { limit: 1_000, ...(after === undefined ? {} : { after }) });
        expect(bytesOf(reply)).toBeLessThanOrEqual(ROOM);
        const page = reply.outcome === 'answer' ? reply.answer : { nodes: [] };
        pages += 1;
        found.push(...page.nodes.map(({ node }) => node));
        after = page.next;
      } while (after !== undefined);
      expect(found).toEqual(['big', ...Array.from({ length: 19 }, (_, place) => `node-${place + 10}`)]);
      expect(pages).toBeLessThan(6);
    });
  });

  it('has fewer candidates, the best ones', async () => {
    await withFleet(async ({ answer }) => {
      const request = { resources: { VCPU: 1 } };
      const { candidates } = await answer('candidates', { request, limit: 1_000 });
      expect(candidates.length).toBeGreaterThan(5);
      const first = await answer('candidates', { request, limit: candidates.length });
      expect(candidates).toEqual(first.candidates);
    });
  });

  it('has fewer events and says where to go on, whether a limit is given or not', async () => {
    await withFleet(async ({ answer }) => {
      const { events, next } = await answer('history', { node: 'big' });
      expect(events.length).toBeGreaterThan(3);
      expect(next).toBe(events.at(-1)?.number);
    });
  });

  it('of a node lists what there is room for, what it holds first, and says how much it leaves out', async () => {
    await withFleet(async ({ answer }) => {
      const { providers, held, sides, drifts, more, claimCount } = await answer('node', { node: 'big' });
      expect([held.length, claimCount, sides.length, drifts.length]).toEqual([30, 30, 0, 1]);
      expect(providers[0]?.id).toBe('big.root');
      expect(more).toEqual({ providers: 41 - providers.length, held: 0, sides: 0, drifts: 0 });
    });
    await withFleet(async ({ answer }) => {
      const { providers, held, more } = await answer('node', { node: 'big' });
      expect(held[0]).toEqual({ instance: 'i10', claimId: 'claim-10' });
      expect([held.length < 30, providers.length < 10]).toEqual([true, true]);
      expect(more).toMatchObject({ held: 30 - held.length, providers: 41 - providers.length });
    }, 2_000);
  });

  it('of holders lists the first, and says that these are not all', async () => {
    await withFleet(async ({ answer }) => {
      const { holders, isComplete } = await answer('holders', { node: 'big' });
      expect(holders[0]).toMatchObject({ instance: 'i10' });
      expect([holders.length < 30, isComplete]).toEqual([true, false]);
    }, 2_500);
  });

  it('is BODY_TOO_LARGE where it cannot be shorter', async () => {
    await withFleet(async ({ ask }) => {
      const details = { bytes: expect.any(Number), limit: 150 };
      expect(await ask('usage', {})).toMatchObject({ outcome: 'error', error: { code: 'BODY_TOO_LARGE', details } });
      expect(await ask('nodes', { limit: 5 })).toMatchObject({ error: { code: 'BODY_TOO_LARGE', details } });
    }, 150);
  });

  it('is as ever while it fits', async () => {
    await withFleet(async ({ answer }) => {
      const node = await answer('node', { node: 'big' });
      expect([node.providers.length, node.held.length, 'more' in node]).toEqual([41, 30, false]);
    }, 1_000_000);
  });
});
