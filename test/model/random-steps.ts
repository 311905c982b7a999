import type { ChargeLine, ReportedInventory, ReportedProvider, RequestGroup, ResourceRequest } from '@fleetbook/domain';
import fc from 'fast-check';

const NODES = ['n1', 'n2', 'n3'];
const UNITS = ['g2', 'g10', 'g1', 'G1'];

/** What somebody tries next. `isWrong`: with a claim id, incarnation or sequence that is not the current one. */
export type Step =
  | { readonly type: 'WriterElected' }
  | { readonly type: 'RegisterNode'; readonly node: string; readonly bootId: string }
  | {
      readonly type: 'ReportInventory';
      readonly node: string;
      readonly isWrong: boolean;
      readonly providers: readonly ReportedProvider[];
    }
  | { readonly type: 'EnableNode' | 'RetireNode'; readonly node: string }
  | { readonly type: 'DisableNode'; readonly node: string; readonly reason: string }
  | {
      readonly type: 'ClaimInstance';
      readonly node: string;
      readonly instance: string;
      readonly isAgent: boolean;
      readonly tenant?: string;
      readonly labels?: Readonly<Record<string, string>>;
      readonly request?: ResourceRequest;
      readonly charge?: readonly ChargeLine[];
    }
  | {
      readonly type: 'ConfirmClaim' | 'AbortClaim' | 'DropInstance';
      readonly instance: string;
      readonly isWrong: boolean;
    };

const node = fc.constantFrom(...NODES);
const instance = fc.constantFrom('i1', 'i2', 'i3', 'i4', 'i5', 'i6', 'i7', 'i8', 'i9', 'i10');
const isWrong = fc.nat(9).map((chance) => chance === 0);
const units = fc.shuffledSubarray(UNITS);
const someUnits = fc.shuffledSubarray(UNITS, { minLength: 1, maxLength: 2 });
const amount = fc.integer({ min: 1, max: 4 });

const bounds = {
  reserved: fc.integer({ min: 0, max: 3 }),
  minUnit: fc.constantFrom(1, 2),
  maxUnit: fc.constantFrom(3, 40),
  stepSize: fc.constantFrom(1, 1, 2),
  allocationRatioMillionths: fc.constantFrom(1_000_000, 1_400_000, 333_333),
};

const counted = (name: string): fc.Arbitrary<ReportedInventory> =>
  fc.record(
    { class: fc.constant(name), total: fc.integer({ min: 0, max: 20 }), ...bounds },
    { requiredKeys: ['class', 'total'] },
  );

const discrete: fc.Arbitrary<ReportedInventory> = units.map((ids) => ({
  class: 'GPU',
  total: ids.length,
  units: ids,
}));

const inventories: fc.Arbitrary<ReportedInventory[]> = fc
  .tuple(fc.option(counted('VCPU')), fc.option(counted('MEMORY_MB')), fc.option(discrete))
  .map((all) => all.filter((inventory) => inventory !== null));

const described = {
  inventories,
  traits: fc.shuffledSubarray(['TRAIT_B', 'TRAIT_A', 'TRAIT_C']),
  aggregates: fc.shuffledSubarray(['row-2', 'row-10', 'Row-1']),
};

const requiredKeys: ['inventories'] = ['inventories'];

/** A root with up to two children, one of which may hang below the other. */
function treeOf(name: string): fc.Arbitrary<ReportedProvider[]> {
  const part = fc.record(described, { requiredKeys });
  return fc
    .tuple(part, fc.option(part), fc.option(part), fc.boolean())
    .map(([root, left, right, isDeep]) => [
      { id: name, ...root },
      ...(left === null ? [] : [{ id: `${name}.a`, parent: name, ...left }]),
      ...(right === null ? [] : [{ id: `${name}.b`, parent: isDeep && left !== null ? `${name}.a` : name, ...right }]),
    ]);
}

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
  fc.record({ resources: amounts }),
  fc.record({ resources: amounts, traits: fc.constant({ required: ['TRAIT_A'] }) }),
  fc
    .tuple(amounts, fc.array(group, { minLength: 1, maxLength: 2 }))
    .map(([resources, groups]) => ({ resources, groups: groups.map((one, index) => ({ name: `g${index}`, ...one })) })),
);

function chargeOn(name: string): fc.Arbitrary<ChargeLine[]> {
  const provider = fc.constantFrom(name, name, `${name}.a`, `${name}.b`);
  const line = fc.oneof(
    fc.record({ provider, class: fc.constantFrom('VCPU', 'MEMORY_MB'), amount }),
    fc.tuple(provider, someUnits).map(([id, ids]) => ({ provider: id, class: 'GPU', amount: ids.length, units: ids })),
  );
  const selector = (one: ChargeLine) => `${one.provider} ${one.class}`;
  return fc.uniqueArray(line, { minLength: 1, maxLength: 3, selector });
}

const report = fc
  .tuple(node, isWrong)
  .chain(([name, wrong]) =>
    treeOf(name).map((providers): Step => ({ type: 'ReportInventory', node: name, isWrong: wrong, providers })),
  );

const claim = node.chain((name) =>
  fc
    .record(
      {
        type: fc.constant('ClaimInstance' as const),
        node: fc.constant(name),
        instance,
        isAgent: fc.boolean(),
        tenant: fc.constantFrom('team-a', 'team-b'),
        labels: fc.constantFrom({ b: '1', a: 'ä', B: '"' }, { a: '' }),
      },
      { requiredKeys: ['type', 'node', 'instance', 'isAgent'] },
    )
    .chain((base) =>
      fc.oneof(
        request.map((asked): Step => ({ ...base, request: asked })),
        chargeOn(name).map((charge): Step => ({ ...base, charge })),
      ),
    ),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Step>({ type: 'WriterElected' }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('RegisterNode'), node, bootId: fc.uuid() }) },
  { weight: 16, arbitrary: report },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('EnableNode'), node }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('DisableNode'), node, reason: fc.constantFrom('disk', '') }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('RetireNode'), node }) },
  { weight: 40, arbitrary: claim },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('ConfirmClaim'), instance, isWrong }) },
  { weight: 12, arbitrary: fc.record({ type: fc.constant('AbortClaim'), instance, isWrong }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('DropInstance'), instance, isWrong }) },
);

const opening: fc.Arbitrary<Step[]> = fc.tuple(
  ...NODES.flatMap((name): fc.Arbitrary<Step>[] => [
    fc.constant({ type: 'RegisterNode', node: name, bootId: 'boot-1' }),
    treeOf(name).map((providers) => ({ type: 'ReportInventory', node: name, isWrong: false, providers })),
  ]),
);

/** Registered and reported nodes, and then anything. */
export const randomSteps: fc.Arbitrary<Step[]> = fc
  .tuple(opening, fc.array(step, { minLength: 20, maxLength: 150, size: 'max' }))
  .map(([first, rest]) => [...first, ...rest]);
