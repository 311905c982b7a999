import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node } from './ledger.ts';
import { Released } from './live-node.ts';
import type { Charge, NodeCharge } from './node-charge.ts';
import { NodeRecords } from './node-records.ts';
import { inventory, nodeWith, provider, unitInventory } from './testing/node-record.ts';

const IDS = ['node-1', 'node-2'];
const SLOTS = Array.from({ length: 8 }, (_, place) => `slot-${place}`);

const nodeOf = (id: string): Node =>
  nodeWith(
    [
      provider(id, [inventory('VCPU', 1_000), inventory('MEMORY_MB', 1_000)]),
      provider(`${id}-gpu`, [unitInventory('SLOT', SLOTS)]),
    ],
    { id },
  );

type Change =
  | { readonly kind: 'claim'; readonly node: string; readonly charge: Charge }
  /** Of its newest claim that nothing was given back of yet. */
  | { readonly kind: 'release'; readonly node: string }
  | { readonly kind: 'replace'; readonly node: string };

type Step =
  | Change
  | { readonly kind: 'look'; readonly node: string }
  | { readonly kind: 'get'; readonly node: string }
  /** Takes the newest changes back, and puts the first `again` of them in place again. */
  | { readonly kind: 'take back'; readonly count: number; readonly again: number };

const step: fc.Arbitrary<Step> = fc.constantFrom(...IDS).chain((node) =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc
        .tuple(fc.integer({ min: 1, max: 3 }), fc.option(fc.constantFrom(...SLOTS)))
        .map(([amount, unit]): Step => {
          const lines = [
            { provider: node, class: 'VCPU', amount },
            { provider: node, class: 'MEMORY_MB', amount: 2 },
          ];
          const slot = { provider: `${node}-gpu`, class: 'SLOT', amount: 1 };
          return { kind: 'claim', node, charge: unit === null ? lines : [...lines, { ...slot, units: [unit] }] };
        }),
    },
    { weight: 4, arbitrary: fc.constant<Step>({ kind: 'release', node }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'look', node }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'get', node }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'replace', node }) },
    {
      weight: 1,
      arbitrary: fc
        .record({ count: fc.nat({ max: 20 }), again: fc.nat({ max: 20 }) })
        .map((numbers): Step => ({ kind: 'take back', ...numbers })),
    },
  ),
);

/** A change with what its two sides are, from the plain sums. */
interface Made {
  readonly change: NodeCharge | undefined;
  readonly before: Node;
  readonly after: Node;
}

/** The nodes, and beside them every record made at once. */
class Pair {
  readonly nodes = new NodeRecords();
  readonly plain = new Map<string, Node>();
  readonly made: Made[] = [];
  readonly everMade: Made[] = [];
  #number = 3;

  constructor() {
    for (const id of IDS) this.#put(id, nodeOf(id));
  }

  #put(id: string, node: Node): void {
    this.nodes.set(id, node);
    this.plain.set(id, node);
  }

  #keep(made: Made): void {
    this.made.push(made);
    this.everMade.push(made);
  }

  #install({ change, after }: Made): void {
    if (change === undefined) this.nodes.set(after.id, after);
    else this.nodes.charge(change);
    this.plain.set(after.id, after);
  }

  #takeBack({ change, before }: Made): void {
    if (change === undefined) this.nodes.set(before.id, before);
    else this.nodes.uncharge(change);
    this.plain.set(before.id, before);
  }

  take(next: Step): void {
    this.#number += 1;
    if (next.kind === 'take back') {
      const taken = this.made.splice(Math.max(0, this.made.length - next.count));
      for (const each of taken.toReversed()) this.#takeBack(each);
      for (const each of taken.slice(0, next.again)) {
        this.#install(each);
        this.made.push(each);
      }
      return;
    }
    const before = this.plain.get(next.node);
    if (before === undefined) throw new Error(`node ${next.node} is not there`);
    if (next.kind === 'look' || next.kind === 'get') {
      expect(next.kind === 'look' ? this.nodes.look(next.node) : this.nodes.get(next.node)).toEqual(before);
      return;
    }
    const made = this.#make(next, before, this.#number);
    if (made === undefined) return;
    this.#install(made);
    this.#keep(made);
  }

  #make(next: Change, before: Node, generation: number): Made | undefined {
    switch (next.kind) {
      case 'claim': {
        const change = this.nodes.chargeOf(next.node, next.charge, generation);
        const tree = before.tree.charge(next.charge);
        return { change, before, after: { ...before, tree, claimCount: before.claimCount + 1, generation } };
      }
      case 'release': {
        const claim = this.#releasable(next.node);
        if (claim === undefined) return undefined;
        const change = this.nodes.releaseOf(next.node, claim, generation);
        const tree = before.tree.free(claim);
        return { change, before, after: { ...before, tree, claimCount: before.claimCount - 1, generation } };
      }
      case 'replace':
        return { change: undefined, before, after: { ...before, owner: `agent-${generation}`, generation } };
    }
  }

  #releasable(node: string): Charge | undefined {
    const postings = this.made.flatMap(({ change }) => (change?.key === node ? [change.posting] : []));
    const released = new Set(postings.flatMap((posting) => (posting instanceof Released ? [posting.charge] : [])));
    return postings
      .flatMap((posting) => (posting instanceof Released ? [] : [posting]))
      .findLast((charge) => !released.has(charge));
  }
}

describe('the records of nodes', () => {
  it('are the plain sums of their claims, whoever looks when and whatever is taken back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const pair = new Pair();
        for (const next of steps) pair.take(next);
        expect([...pair.nodes]).toEqual([...pair.plain]);
        for (const { change, before, after } of pair.everMade) {
          if (change !== undefined) expect([change.after, change.before]).toEqual([after, before]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leave to others a release that takes more than figures away, or more than is charged', () => {
    const nodes = new NodeRecords();
    const line = { provider: 'node-1', class: 'VCPU', amount: 3 };
    const vcpus = { ...inventory('VCPU', 1_000), charged: 5 };
    nodes.set('node-1', nodeWith([provider('node-1', [vcpus])]));
    expect(nodes.releaseOf('node-1', [line], 4)?.after.tree.providers[0]?.inventories[0]?.charged).toBe(2);
    expect(nodes.releaseOf('node-1', [line, { ...line }], 4)).toBe(undefined);
    expect(nodes.releaseOf('node-1', [{ ...line, class: 'MEMORY_MB' }], 4)).toBe(undefined);
    expect(nodes.releaseOf('node-2', [line], 4)).toBe(undefined);
    nodes.set('node-1', nodeWith([provider('node-1', [{ ...vcpus, isVanished: true }])]));
    expect(nodes.releaseOf('node-1', [line], 4)).toBe(undefined);
  });

  it('refuses a charge of what the node does not have, also after an equal one of what it had', () => {
    const nodes = new NodeRecords();
    nodes.set('node-1', nodeOf('node-1'));
    const slot = [{ provider: 'node-1-gpu', class: 'SLOT', amount: 1 }];
    const charge = nodes.chargeOf('node-1', slot, 4);
    if (charge === undefined) throw new Error('node-1 is not there');
    nodes.charge(charge);
    expect(nodes.chargeOf('node-1', slot, 5)?.posting).toBe(charge.posting);
    nodes.set('node-1', nodeWith([provider('node-1', [inventory('VCPU', 1_000)])]));
    expect(() => nodes.chargeOf('node-1', slot, 5)).toThrow('SLOT of node-1-gpu');
    expect(nodes.chargeOf('node-2', slot, 5)).toBe(undefined);
  });
});
