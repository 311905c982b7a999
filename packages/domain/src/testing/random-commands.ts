import fc from 'fast-check';
import type { Actor } from '../actor.ts';
import type { ReportedInventory, ReportedProvider } from '../command.ts';
import type { ResourceRequest } from '../request.ts';
import { AGENT, type Ask, OPERATOR, OTHER_AGENT, OTHER_SCHEDULER, SCHEDULER, type Scenario } from './scenario.ts';

/** A step of a random history; it is read against the state it meets, so that many steps are accepted. */
export type Step = (scenario: Scenario) => readonly [Actor, Ask];

const NODES = ['node-1', 'node-2'];
const INSTANCES = ['i-1', 'i-2', 'i-3', 'i-4', 'i-5', 'i-6'];
const SLOTS = ['0', '1', '2', '3'];

const actor = fc.constantFrom(AGENT, AGENT, AGENT, SCHEDULER, SCHEDULER, OTHER_SCHEDULER, OTHER_AGENT, OPERATOR);
const node = fc.constantFrom(...NODES);
const instance = fc.constantFrom(...INSTANCES);
const amount = fc.integer({ min: 1, max: 4 });

const vcpu: fc.Arbitrary<ReportedInventory> = fc.record(
  {
    class: fc.constant('VCPU'),
    total: fc.integer({ min: 0, max: 6 }),
    reserved: fc.integer({ min: 0, max: 2 }),
    allocationRatioMillionths: fc.constantFrom(1_000_000, 1_500_000, 2_000_000),
  },
  { requiredKeys: ['class', 'total'] },
);

const slots: fc.Arbitrary<ReportedInventory> = fc
  .subarray(SLOTS)
  .map((units) => ({ class: 'SLOT', total: units.length, units }));

const device = fc.integer({ min: 0, max: 8 }).map((total): ReportedInventory => ({ class: 'GPU', total }));

const tree = (nodeId: string): fc.Arbitrary<readonly ReportedProvider[]> =>
  fc
    .tuple(fc.subarray([0, 1]), fc.array(device, { minLength: 3, maxLength: 3 }), vcpu, slots, fc.subarray([1, 2, 3]))
    .map(([kept, devices, cpu, slot, present]) => [
      { id: nodeId, inventories: [cpu, slot].filter((_, index) => kept.includes(index)) },
      ...present.map((index) => ({
        id: `${nodeId}-gpu-${index}`,
        parent: nodeId,
        inventories: devices.slice(index - 1, index),
      })),
    ]);

const anyRequest: fc.Arbitrary<ResourceRequest> = fc.oneof(
  fc.record({ resources: fc.record({ VCPU: amount, SLOT: amount }, { requiredKeys: [] }) }),
  fc.record({
    resources: fc.record({ VCPU: amount }),
    groups: fc.tuple(
      fc.record({ name: fc.constant('g'), resources: fc.record({ GPU: amount }), count: fc.constantFrom(1, 2) }),
    ),
  }),
);

const register = fc
  .tuple(node, fc.constantFrom('boot-1', 'boot-2', 'boot-3'), fc.constantFrom(AGENT, AGENT, OTHER_AGENT))
  .map(
    ([nodeId, bootId, agent]): Step =>
      () => [agent, { type: 'RegisterNode', node: nodeId, bootId }],
  );

const reportStep = node
  .chain((nodeId) => fc.tuple(fc.constant(nodeId), tree(nodeId), fc.integer({ min: 0, max: 2 })))
  .map(
    ([nodeId, providers, ahead]): Step =>
      ({ ledger }) => {
        const known = ledger.nodes.get(nodeId);
        const sequence = known?.inventoryStatus.kind === 'reported' ? known.inventoryStatus.sequence : 0;
        const owner: Actor = known === undefined ? AGENT : { role: 'agent', id: known.owner };
        const stated = { incarnation: known?.incarnation ?? 1, sequence: sequence + ahead };
        return [owner, { type: 'ReportInventory', node: nodeId, ...stated, mode: 'full', providers }];
      },
  );

const status = fc
  .tuple(
    node,
    fc.constantFrom<'EnableNode' | 'DisableNode' | 'RetireNode'>(
      'EnableNode',
      'EnableNode',
      'DisableNode',
      'RetireNode',
    ),
  )
  .map(
    ([nodeId, type]): Step =>
      () => [OPERATOR, type === 'DisableNode' ? { type, node: nodeId, reason: 'test' } : { type, node: nodeId }],
  );

const claim = fc.tuple(actor, node, instance, anyRequest).map(
  ([who, nodeId, id, request]): Step =>
    () => [who, { type: 'ClaimInstance', node: nodeId, instance: id, request }],
);

const outright = fc.tuple(node, instance, amount, fc.integer({ min: 1, max: 3 })).map(
  ([nodeId, id, size, index]): Step =>
    () => [
      SCHEDULER,
      {
        type: 'ClaimInstance',
        node: nodeId,
        instance: id,
        charge: [{ provider: `${nodeId}-gpu-${index}`, class: 'GPU', amount: size }],
      },
    ],
);

const release = fc
  .tuple(actor, node, instance, fc.constantFrom('ConfirmClaim', 'AbortClaim', 'DropInstance'), fc.boolean())
  .map(
    ([who, nodeId, id, type, isExact]): Step =>
      ({ ledger }) => {
        const held = ledger.instances.get(id);
        const live = held?.status === 'held' && isExact ? held.claim : undefined;
        const named = { node: live?.node ?? nodeId, claimId: live?.claimId ?? 'command-3' };
        return [who, { type, instance: id, ...named }];
      },
  );

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: register },
  { weight: 3, arbitrary: reportStep },
  { weight: 1, arbitrary: status },
  { weight: 8, arbitrary: claim },
  { weight: 2, arbitrary: outright },
  { weight: 6, arbitrary: release },
);

export const anySteps: fc.Arbitrary<readonly Step[]> = fc.array(anyStep, {
  minLength: 1,
  maxLength: 60,
  size: 'max',
});

/** Runs a step as a writer would. */
export const take = (scenario: Scenario, step: Step) => {
  const [who, body] = step(scenario);
  return scenario.ask(who, body);
};
