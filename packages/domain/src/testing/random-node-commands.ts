import fc from 'fast-check';
import type { Actor } from '../actor.ts';
import type { Guest } from '../command.ts';
import type { Ledger } from '../ledger.ts';
import { anyStep, type Step } from './random-commands.ts';
import { AGENT, type Ask, OPERATOR, OTHER_AGENT, report, type Scenario, startScenario } from './scenario.ts';

const node = fc.constantFrom('node-1', 'node-2');
const instance = fc.constantFrom('i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6');

const ownerOf = (ledger: Ledger, id: string): Actor => ({ role: 'agent', id: ledger.nodes.get(id)?.owner ?? AGENT.id });

const incarnationOf = (ledger: Ledger, id: string): number => ledger.nodes.get(id)?.incarnation ?? 1;

const operators = (arbitrary: fc.Arbitrary<Ask>): fc.Arbitrary<Step> => arbitrary.map((ask) => () => [OPERATOR, ask]);

/** A report without a tree: the next in order, or the one before again. */
const shortReport = fc
  .tuple(node, fc.integer({ min: 0, max: 2 }), fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }))
  .map(
    ([id, ahead, total]): Step =>
      ({ ledger }) => {
        const status = ledger.nodes.get(id)?.inventoryStatus;
        const sequence = (status !== undefined && 'sequence' in status ? status.sequence : 0) + ahead;
        const stated = { type: 'ReportInventory', node: id, incarnation: incarnationOf(ledger, id), sequence } as const;
        return [
          ownerOf(ledger, id),
          total === undefined
            ? { ...stated, mode: 'unsupported', reason: `reason ${ahead}` }
            : { ...stated, mode: 'flat', totals: [{ class: 'VCPU', total }] },
        ];
      },
  );

const policy = operators(
  fc
    .tuple(node, fc.constantFrom('VCPU', 'SLOT'), fc.integer({ min: 0, max: 2 }), fc.constantFrom(1_000_000, 3_000_000))
    .map(([id, name, reserved, allocationRatioMillionths]) => ({
      type: 'SetInventoryPolicy',
      node: id,
      policies: [{ provider: id, class: name, reserved, allocationRatioMillionths }],
    })),
);

const aggregates = operators(
  fc.tuple(node, fc.subarray(['zone-1', 'zone-2'])).map(([id, list]) => ({
    type: 'SetAggregates',
    node: id,
    provider: id,
    aggregates: list,
  })),
);

const overlay = operators(
  fc
    .tuple(node, fc.subarray(['', 'gpu-1', 'gpu-3']), fc.constantFrom('CUSTOM_A', 'GPU', 'VCPU'), fc.nat({ max: 4 }))
    .map(([id, places, name, total]) => ({
      type: 'SetOverlay',
      node: id,
      targets: places.map((place) => ({
        ...(place === '' ? {} : { provider: `${id}-${place}` }),
        inventories: [{ class: name, total }],
        traits: ['CUSTOM_T'],
      })),
    })),
);

const status = operators(
  fc.oneof(
    fc
      .tuple(node, fc.boolean())
      .map(([id, fenced]): Ask => ({ type: 'MarkNodeDown', node: id, reason: 'test', fenced })),
    node.map((id): Ask => ({ type: 'EnableNode', node: id })),
    fc
      .tuple(node, fc.constantFrom(AGENT.id, OTHER_AGENT.id))
      .map(([id, owner]): Ask => ({ type: 'TransferNode', node: id, owner })),
  ),
);

const driftPolicy = operators(
  fc
    .tuple(node, fc.constantFrom<'observe' | 'heal-safe' | 'heal-all'>('observe', 'heal-safe', 'heal-all'), fc.nat(6))
    .map(([id, name, mayFree]) => ({ type: 'SetDriftPolicy', node: id, policy: name, mayFree })),
);

const reshape = fc
  .tuple(node, fc.constantFrom(1, 2, 3), fc.constantFrom(1, 2, 3), fc.option(instance, { nil: undefined }))
  .map(
    ([id, from, to, owner]): Step =>
      ({ ledger }) => {
        const rule = { class: 'GPU', from: `${id}-gpu-${from}`, to: `${id}-gpu-${to}` };
        const rules = [owner === undefined ? rule : { ...rule, owners: [{ instance: owner, amount: 1 }] }];
        return [ownerOf(ledger, id), { type: 'Reshape', node: id, incarnation: incarnationOf(ledger, id), rules }];
      },
  );

const said = fc.tuple(node, instance, fc.constantFrom<'succeeded' | 'failed'>('succeeded', 'failed'), fc.boolean()).map(
  ([id, name, result, isBuild]): Step =>
    ({ ledger }) => {
      const held = ledger.instances.get(name);
      const claim = held?.status === 'held' ? held.claim : undefined;
      const where = claim?.node ?? id;
      const state = { vm: result, ...(isBuild ? { task: 'spawning' } : {}) };
      return [
        ownerOf(ledger, where),
        isBuild && result === 'failed'
          ? { type: 'ReportBuildResult', node: where, instance: name, result }
          : { type: 'ReportInstanceState', node: where, instance: name, claimId: claim?.claimId ?? 'none', state },
      ];
    },
);

const anyGuest: fc.Arbitrary<Guest> = fc
  .tuple(fc.oneof(instance, fc.constantFrom('stranger-1', 'stranger-2')), fc.nat({ max: 2 }), fc.boolean())
  .map(([name, amount, isTold]) =>
    isTold
      ? { instance: name, charge: [{ provider: 'node-1', class: 'VCPU', amount: amount + 1 }] }
      : { instance: name },
  );

const guests = fc
  .tuple(
    node,
    fc.uniqueArray(anyGuest, { maxLength: 4, selector: (guest) => guest.instance }),
    fc.boolean(),
    fc.nat({ max: 5 }),
    fc.constantFrom(0, 0, 61_000),
  )
  .map(
    ([id, list, complete, before, waitMs]): Step =>
      (scenario) => {
        scenario.pass(waitMs);
        const { ledger, events } = scenario;
        const takenAt = Math.max(0, events.length - before);
        const stated = { incarnation: incarnationOf(ledger, id), complete, takenAt };
        return [ownerOf(ledger, id), { type: 'ReportGuests', node: id, ...stated, guests: list }];
      },
  );

/** Histories of reports, settings, audits and the claims between them. */
export const anyNodeSteps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: anyStep },
    { weight: 2, arbitrary: shortReport },
    { weight: 1, arbitrary: policy },
    { weight: 1, arbitrary: aggregates },
    { weight: 2, arbitrary: overlay },
    { weight: 2, arbitrary: status },
    { weight: 1, arbitrary: driftPolicy },
    { weight: 2, arbitrary: reshape },
    { weight: 1, arbitrary: said },
    { weight: 5, arbitrary: guests },
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
);

/** Two nodes with inventory, so that random histories get somewhere. */
export const startedFleet = (): Scenario => {
  const scenario = startScenario();
  for (const id of ['node-1', 'node-2']) {
    scenario.given(AGENT, { type: 'RegisterNode', node: id, bootId: 'boot-1' });
    const devices = [1, 2, 3].map((index) => ({
      id: `${id}-gpu-${index}`,
      parent: id,
      inventories: [{ class: 'GPU', total: 4 }],
    }));
    const root = {
      id,
      inventories: [
        { class: 'VCPU', total: 8 },
        { class: 'SLOT', total: 3, units: ['0', '1', '2'] },
      ],
    };
    scenario.given(AGENT, report([root, ...devices], 1, 1, id));
  }
  return scenario;
};
