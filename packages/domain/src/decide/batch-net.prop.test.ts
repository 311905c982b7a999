import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BatchPart } from '../instance-command.ts';
import { checkCharges, checkGrowth, inventoriesOf } from '../testing/invariants.ts';
import { AGENT, codeOf, ORIGIN, report, type Scenario, startScenario } from '../testing/scenario.ts';
import { hold } from '../testing/two-nodes.ts';

const CAPACITY = 8;

const SLOTS = 5;

const reportNode = (scenario: Scenario, vcpus: number, sequence: number): void => {
  const units = Array.from({ length: SLOTS }, (_, unit) => String(unit));
  const inventories = [
    { class: 'VCPU', total: vcpus },
    { class: 'SLOT', total: SLOTS, units },
  ];
  scenario.given(AGENT, report([{ id: 'node-1', inventories }], sequence));
};

interface Demand {
  readonly VCPU: number;
  readonly SLOT: number;
}

/** A node that holds these, and has shrunk since to so many VCPU. */
const nodeHolding = (held: readonly Demand[], shrunkTo: number): Scenario => {
  const scenario = startScenario();
  scenario.given(AGENT, { type: 'RegisterNode', node: 'node-1', bootId: 'boot-1' });
  reportNode(scenario, CAPACITY, 1);
  for (const [index, { VCPU, SLOT }] of held.entries()) hold(scenario, `old-${index}`, { VCPU, SLOT });
  if (shrunkTo < CAPACITY) reportNode(scenario, shrunkTo, 2);
  return scenario;
};

const sumOf = (demands: readonly Demand[], name: keyof Demand): number =>
  demands.reduce((sum, demand) => sum + demand[name], 0);

/** Parts by the key of their order: an abort comes after its claim, whose place it names. */
const partsInOrder = (
  dropped: readonly { readonly key: number; readonly index: number }[],
  coming: readonly { readonly key: number; readonly demand: Demand; readonly abortKey?: number | undefined }[],
): readonly BatchPart[] => {
  const named = { origin: ORIGIN, node: 'node-1' } as const;
  const planned = [
    ...dropped.map(
      ({ key, index }) => ({ key, name: `old-${index}`, type: 'DropInstance', demand: undefined }) as const,
    ),
    ...coming.flatMap(({ key, demand, abortKey }, index) => [
      { key, name: `new-${index}`, type: 'ClaimInstance', demand } as const,
      ...(abortKey === undefined
        ? []
        : [{ key: key + abortKey, name: `new-${index}`, type: 'AbortClaim', demand: undefined } as const]),
    ]),
  ].sort((left, right) => left.key - right.key);
  return planned.map(({ type, name: instance, demand }): BatchPart => {
    if (type === 'ClaimInstance') return { type, ...named, instance, request: { resources: { ...demand } } };
    const place = planned.findIndex((other) => other.type === 'ClaimInstance' && other.name === instance);
    return { type, ...named, instance, claimId: place < 0 ? `claim-${instance}` : `batch.${place}` };
  });
};

const demand = fc.record({ VCPU: fc.integer({ min: 1, max: 4 }), SLOT: fc.integer({ min: 1, max: 2 }) });

const key = fc.double({ min: 0, max: 1, noNaN: true });

describe('an atomic batch of claims, aborts and drops', () => {
  it('is accepted in any order exactly if its net result fits, and never leaves more than that', () => {
    const seen = new Set<string>();
    const check = fc.property(
      fc.array(fc.record({ demand, key, isDropped: fc.boolean() }), { minLength: 1, maxLength: 4 }),
      fc.array(fc.record({ demand, key, abortKey: fc.option(key, { nil: undefined, freq: 3 }) }), { maxLength: 4 }),
      fc.constantFrom(CAPACITY, CAPACITY, 4),
      (old, coming, capacity) => {
        const held = old.map((each) => each.demand);
        fc.pre(sumOf(held, 'VCPU') <= CAPACITY && sumOf(held, 'SLOT') <= SLOTS);
        const dropped = old.flatMap((each, index) => (each.isDropped ? [{ key: each.key, index }] : []));
        const commands = partsInOrder(dropped, coming);
        fc.pre(commands.length > 0);
        const staying = [
          ...held.filter((_, index) => !dropped.some((drop) => drop.index === index)),
          ...coming.filter(({ abortKey }) => abortKey === undefined).map((each) => each.demand),
        ];
        const hasRoom =
          sumOf(staying, 'VCPU') <= Math.max(capacity, sumOf(held, 'VCPU')) && sumOf(staying, 'SLOT') <= SLOTS;
        const scenario = nodeHolding(held, capacity);
        const before = inventoriesOf(scenario.ledger);
        const code = codeOf(scenario.ask(AGENT, { type: 'AtomicBatch', commands }, 'batch'));
        expect(code).toBe(hasRoom ? 'accepted' : 'NO_CAPACITY');
        checkCharges(scenario.ledger);
        checkGrowth(before, inventoriesOf(scenario.ledger));
        seen.add(code);
      },
    );
    fc.assert(check, { numRuns: 1_000 });
    expect([...seen].sort()).toEqual(['NO_CAPACITY', 'accepted']);
  });
});
