import type { ResourceRequest } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { describe, expect, it } from 'vitest';
import { addNode, claimOf, OPERATOR, ORIGIN_OF_TESTS, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory } from '../testing/history-writer.ts';
import { type TestProjector, withProjector } from '../testing/run-projector.ts';

const cpu = (amount: number): ResourceRequest => ({ resources: { VCPU: amount } });

/** Node a of 64 VCPU holds 30, 20 and 10; b is disabled and empty. */
async function withNodes(work: (running: TestProjector) => Promise<void>, more: readonly string[] = []): Promise<void> {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  ['a', 'b', ...more].forEach((node) => void addNode(writer, node));
  for (const amount of [30, 20, 10]) {
    writer.decide(SCHEDULER, claimOf('a', `i${amount}`, cpu(amount)), `claim-${amount}`);
  }
  writer.decide(OPERATOR, { type: 'DisableNode', origin: ORIGIN_OF_TESTS, node: 'b', reason: 'closed' });
  await writer.flush();
  await withProjector(log, writer.number, work);
}

describe('why a node does not take a request', () => {
  it('is nothing where it fits', async () => {
    await withNodes(async ({ answer }) => {
      const fitting = await answer('why-not', { node: 'a', request: cpu(4) });
      expect(fitting).toMatchObject({ fits: true, charge: [{ amount: 4 }], rules: [], releases: [] });
      expect(fitting).not.toHaveProperty('reason');
    });
  });

  it('is told with figures, the part that fits, and the smallest release that is enough', async () => {
    await withNodes(async ({ answer }) => {
      expect(await answer('why-not', { node: 'a', request: cpu(24) })).toMatchObject({
        ...{ fits: false, reason: 'NO_CAPACITY', isComplete: true, elsewhere: [] },
        rules: [{ class: 'VCPU', requested: 24, capacity: 64, charged: 60, headroom: 4 }],
        possible: [{ class: 'VCPU', requested: 24, possible: 4 }],
        releases: [{ instance: 'i20', claimId: 'claim-20' }],
        reasons: [{ nodes: 1 }, { nodes: 1 }],
      });
    });
  });

  it('names several releases where one is not enough, and none that could be left out', async () => {
    await withNodes(async ({ answer }) => {
      const { releases } = await answer('why-not', { node: 'a', request: cpu(44) });
      expect(releases.map(({ instance }) => instance)).toEqual(['i30', 'i20']);
    });
  });

  it('names no release where none helps', async () => {
    await withNodes(async ({ answer }) => {
      expect(await answer('why-not', { node: 'a', request: cpu(65) })).toMatchObject({ releases: [] });
      const traits = { required: ['NONE'] };
      expect(await answer('why-not', { node: 'a', request: { ...cpu(24), traits } })).toMatchObject({
        reason: 'TRAIT_MISSING',
        traits: [{ group: '', missing: [['NONE']], forbidden: [] }],
        releases: [],
      });
    });
  });

  it('names the traits that are in the way, of a group on the provider that comes nearest', async () => {
    await withNodes(async ({ answer }) => {
      const gpu = { name: 'g', resources: { CUSTOM_GPU_MILLI: 1 } };
      const traits = {
        required: ['CUSTOM_GPU', 'CUSTOM_FAST'],
        anyOf: [
          ['X', 'Y'],
          ['CUSTOM_GPU', 'Z'],
        ],
      };
      expect(await answer('why-not', { node: 'a', request: { groups: [{ ...gpu, traits }] } })).toMatchObject({
        traits: [{ group: 'g', provider: 'a.gpu0', missing: [['CUSTOM_FAST'], ['X', 'Y']], forbidden: [] }],
      });
      const without = { forbidden: ['CUSTOM_GPU', 'CUSTOM_FAST'] };
      expect(await answer('why-not', { node: 'a', request: { groups: [{ ...gpu, traits: without }] } })).toMatchObject({
        reason: 'TRAIT_FORBIDDEN',
        traits: [{ group: 'g', missing: [], forbidden: ['CUSTOM_GPU'] }],
      });
      expect(await answer('why-not', { node: 'a', request: cpu(65) })).toMatchObject({ traits: [] });
    });
  });

  it('is that the node is closed, whatever room it has', async () => {
    await withNodes(async ({ answer }) => {
      expect(await answer('why-not', { node: 'b', request: cpu(8) })).toMatchObject({
        ...{ fits: false, reason: 'NODE_DISABLED', closed: 'NODE_DISABLED' },
        charge: [{ amount: 8 }],
      });
    });
  });

  it('is told with the nodes that would take it', async () => {
    await withNodes(
      async ({ answer, ask }) => {
        expect(await answer('why-not', { node: 'a', request: cpu(24) })).toMatchObject({ elsewhere: [{ node: 'c' }] });
        expect(await ask('why-not', { node: 'x', request: cpu(1) })).toMatchObject({ error: { code: 'NOT_FOUND' } });
      },
      ['c'],
    );
  });
});
