import type { ReportedProvider, ResourceRequest } from '@fleetbook/domain';
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

describe('why a node does not take a group of several classes', () => {
  const both = { name: 'g', resources: { CUSTOM_X: 1, CUSTOM_Y: 1 } };
  const pair = (total: number) => [
    { class: 'CUSTOM_X', total },
    { class: 'CUSTOM_Y', total },
  ];

  /** Node n, on which each claim takes all of one class that some provider has left. */
  async function withTaken(
    providers: readonly ReportedProvider[],
    claims: readonly (readonly [string, ResourceRequest])[],
    work: (running: TestProjector) => Promise<void>,
  ): Promise<void> {
    const log = createMemoryLog();
    const writer = await foundHistory(log);
    addNode(writer, 'n', providers);
    for (const [instance, request] of claims) {
      writer.decide(SCHEDULER, claimOf('n', instance, request), `claim-${instance}`);
    }
    await writer.flush();
    await withProjector(log, writer.number, work);
  }

  const takingX: ResourceRequest = { resources: { CUSTOM_X: 2 } };
  const takingY: ResourceRequest = { resources: { CUSTOM_Y: 2 } };

  it('names each class that is short, and the releases that make room for all of them', async () => {
    const one = [{ id: 'n.p1', inventories: pair(2) }];
    await withTaken(
      one,
      [
        ['a', takingX],
        ['b', takingY],
      ],
      async ({ answer }) => {
        const told = await answer('why-not', { node: 'n', request: { groups: [both] } });
        expect(told).toMatchObject({
          ...{ reason: 'NO_CAPACITY', isComplete: true },
          rules: [
            { group: 'g', class: 'CUSTOM_X', rule: 'NO_CAPACITY' },
            { group: 'g', class: 'CUSTOM_Y', rule: 'NO_CAPACITY' },
          ],
        });
        expect(told.rules).toHaveLength(2);
        expect(told.releases.map(({ instance }) => instance).sort()).toEqual(['a', 'b']);
      },
    );
  });

  it('is mended by the holder of what only another provider than the one told of is short of', async () => {
    const reserved = { class: 'CUSTOM_X', total: 2, reserved: 2 };
    const two = [
      { id: 'n.p1', inventories: [reserved, { class: 'CUSTOM_Y', total: 1 }] },
      { id: 'n.p2', parent: 'n.p1', inventories: pair(2) },
    ];
    await withTaken(two, [['b', takingY]], async ({ answer }) => {
      const { releases } = await answer('why-not', { node: 'n', request: { groups: [both] } });
      expect(releases.map(({ instance }) => instance)).toEqual(['b']);
    });
  });

  it('is mended by those who hold what another group is short of once the first has its place', async () => {
    const one = [{ id: 'n.p1', inventories: [...pair(2), { class: 'VCPU', total: 4 }] }];
    const second = { name: 'h', resources: { CUSTOM_X: 1, VCPU: 1 } };
    await withTaken(
      one,
      [
        ['a', { resources: { CUSTOM_X: 1 } }],
        ['b', takingY],
        ['c', { resources: { VCPU: 1 } }],
      ],
      async ({ answer }) => {
        const { releases } = await answer('why-not', { node: 'n', request: { groups: [both, second] } });
        expect(releases.map(({ instance }) => instance).sort()).toEqual(['a', 'b']);
      },
    );
  });
});
