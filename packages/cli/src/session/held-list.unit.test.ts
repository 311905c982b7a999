import type { NodeSummary } from '@fleetbook/contracts';
import { succeed } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { type HeldQuestions, heldOnNode, heldOnNodes } from './held-list.ts';

const PLACE = { outcome: 'answer', token: 'h.9', at: 1 } as const;

const summary = (node: string, claimCount: number): NodeSummary => ({
  ...{ node, owner: 'agent-1', incarnation: 1, status: { kind: 'enabled' }, inventoryStatus: { kind: 'unknown' } },
  ...{ generation: 1, claimCount, sideCount: 0, isSuspect: false, classes: [] },
});

/** Nodes with so many claims, two on a page; an answer about one lists the first three. */
function cellOf(claims: Readonly<Record<string, number>>): HeldQuestions {
  const all = Object.entries(claims).map(([node, count]) => summary(node, count));
  return {
    nodes: async (after) => {
      const nodes = all.filter(({ node }) => after === undefined || node > after).slice(0, 2);
      const last = nodes.at(-1)?.node;
      const hasNext = last !== undefined && last !== all.at(-1)?.node;
      return succeed({ ...PLACE, answer: { nodes, ...(hasNext ? { next: last } : {}) } });
    },
    node: async (node) => {
      const claimCount = claims[node] ?? 0;
      const held = Array.from({ length: Math.min(3, claimCount) }, (_, place) => ({
        ...{ instance: `${node}-i${place}`, claimId: `${node}-c${place}` },
      }));
      return succeed({ ...PLACE, answer: { node, claimCount, held } });
    },
  };
}

async function listed(claims: Readonly<Record<string, number>>, limit: number) {
  const found = await heldOnNodes(cellOf(claims), limit);
  if (!found.ok) {
    throw new Error(found.error.message);
  }
  const { instances, hasMore, unlisted } = found.value;
  return [instances.map(({ instance }) => instance).join(' '), hasMore, unlisted];
}

describe('a list of what nodes hold', () => {
  it('goes through all pages, and is whole while there is room', async () => {
    expect(await listed({ a: 1, b: 0, c: 2 }, 100)).toEqual(['a-i0 c-i0 c-i1', false, 0]);
    expect(await listed({ a: 1, b: 0, c: 2 }, 3)).toEqual(['a-i0 c-i0 c-i1', false, 0]);
    expect(await listed({}, 3)).toEqual(['', false, 0]);
  });

  it('says that a higher limit would list more, of the same node or of another', async () => {
    expect(await listed({ a: 1, b: 0, c: 2 }, 2)).toEqual(['a-i0 c-i0', true, 0]);
    expect(await listed({ a: 1, b: 0, c: 2 }, 1)).toEqual(['a-i0', true, 0]);
    expect(await listed({ a: 1, b: 0, c: 0 }, 1)).toEqual(['a-i0', false, 0]);
  });

  it('says how many a node holds beyond those that its answer lists', async () => {
    expect(await listed({ a: 5, b: 1 }, 100)).toEqual(['a-i0 a-i1 a-i2 b-i0', false, 2]);
    const one = await heldOnNode(cellOf({ a: 5 }), 'a', 2);
    expect(one).toMatchObject({ value: { token: 'h.9', hasMore: true, unlisted: 2 } });
  });
});
