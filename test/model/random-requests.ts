import type { ChargeLine, RequestGroup, ResourceRequest } from '@fleetbook/domain';
import fc from 'fast-check';

export const UNITS = ['g2', 'g10', 'g1', 'G1'];

const someUnits = fc.shuffledSubarray(UNITS, { minLength: 1, maxLength: 2 });
const amount = fc.integer({ min: 1, max: 4 });

const amounts: fc.Arbitrary<Record<string, number>> = fc
  .tuple(fc.option(amount), fc.option(amount))
  .map(([cpu, memory]) => ({
    ...(cpu === null && memory !== null ? {} : { VCPU: cpu ?? 1 }),
    ...(memory === null ? {} : { MEMORY_MB: memory }),
  }));

const group: fc.Arbitrary<Omit<RequestGroup, 'name'>> = fc.oneof(
  fc.record({ resources: amounts, isolate: fc.boolean() }),
  fc.record({ resources: fc.record({ GPU: fc.integer({ min: 1, max: 2 }) }), count: fc.integer({ min: 1, max: 2 }) }),
  someUnits.map((ids) => ({ resources: { GPU: ids.length }, units: { GPU: ids } })),
);

const request: fc.Arbitrary<ResourceRequest> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ resources: amounts }) },
  { weight: 1, arbitrary: fc.record({ resources: amounts, traits: fc.constant({ required: ['TRAIT_A'] }) }) },
  {
    weight: 2,
    arbitrary: fc.tuple(amounts, fc.array(group, { minLength: 1, maxLength: 2 })).map(([resources, groups]) => ({
      resources,
      groups: groups.map((one, index) => ({ name: `g${index}`, ...one })),
    })),
  },
);

/** Providers are named by what follows the name of their node, so that a charge can be sent to any node. */
const line: fc.Arbitrary<ChargeLine> = fc.oneof(
  fc.record({
    provider: fc.constantFrom('', '', '.a', '.b'),
    class: fc.constantFrom('VCPU', 'VCPU', 'MEMORY_MB', 'CUSTOM_LICENCE'),
    amount,
  }),
  fc
    .tuple(fc.constantFrom('', '', '.a', '.b'), someUnits)
    .map(([provider, units]) => ({ provider, class: 'GPU', amount: units.length, units })),
  // For the ledger to choose where something starts, and for nobody where it runs already.
  fc.record({ provider: fc.constantFrom('', '.a'), class: fc.constant('GPU'), amount: fc.integer({ min: 1, max: 2 }) }),
);

/** Lines on providers that stand for those of a node: `''` its root, `.a` and `.b` the children. */
export const charge: fc.Arbitrary<ChargeLine[]> = fc.uniqueArray(line, {
  minLength: 1,
  maxLength: 3,
  selector: (one) => `${one.provider} ${one.class}`,
});

export type Asked = { readonly request: ResourceRequest } | { readonly charge: readonly ChargeLine[] };

export const asked: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 2, arbitrary: request.map((all) => ({ request: all })) },
  { weight: 1, arbitrary: charge.map((lines) => ({ charge: lines })) },
);

export const chargeOn = (node: string, lines: readonly ChargeLine[]): ChargeLine[] =>
  lines.map((one) => ({ ...one, provider: `${node}${one.provider}` }));

/** What is asked for, where its charge, if it is one, is meant for this node. */
export const askedOn = (node: string, all: Asked): Asked =>
  'charge' in all ? { charge: chargeOn(node, all.charge) } : all;
