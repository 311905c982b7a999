import { describe, expect, it } from 'vitest';
import { explainFleet, judgeCandidate } from '../candidates.ts';
import type { ResourceRequest } from '../request.ts';
import { inventory, nodeWith, provider, unitInventory } from '../testing/node-record.ts';
import { fitDemand, prepareDemand } from './fit.ts';

const WORK_LIMIT = 20_000;

const NODE = nodeWith([
  provider(
    'root',
    [inventory('VCPU', 8, { charged: 2, stepSize: 2, maxUnit: 6 }), unitInventory('SLOT', ['1', '2', '10'], ['1'])],
    ['SSD'],
  ),
  provider('gpu-0', [inventory('GPU', 1_000, { charged: 600 })]),
  provider('gpu-1', [inventory('GPU', 1_000)], ['A100']),
  provider('gpu-2', [inventory('GPU', 1_000)], ['A100']),
]);

const linesOf = (request: ResourceRequest, node = NODE) => {
  const result = fitDemand(node, { request }, WORK_LIMIT);
  return result.kind === 'fits'
    ? result.charge.map((line) => [line.provider, line.class, line.amount, ...(line.units ?? [])].join(' '))
    : result;
};

const refusal = (request: ResourceRequest) => {
  const result = fitDemand(NODE, { request }, WORK_LIMIT);
  return result.kind === 'refused'
    ? [result.code, ...result.rules.map((each) => `${each.group}/${each.class}/${each.rule}`)]
    : result;
};

describe('the choice of providers', () => {
  it('takes the provider with the least headroom that suffices, and the first of equals', () => {
    expect(linesOf({ resources: { GPU: 300 } })).toEqual(['gpu-0 GPU 300']);
    expect(linesOf({ resources: { GPU: 401 } })).toEqual(['gpu-1 GPU 401']);
    expect(linesOf({ groups: [{ name: 'g', resources: { GPU: 300 }, count: 2 }] })).toEqual([
      'gpu-0 GPU 300',
      'gpu-1 GPU 300',
    ]);
  });

  it('takes the lowest free units, shorter names first, or the named ones', () => {
    expect(linesOf({ resources: { SLOT: 1 } })).toEqual(['root SLOT 1 2']);
    expect(linesOf({ resources: { SLOT: 1 }, units: { SLOT: ['10'] } })).toEqual(['root SLOT 1 10']);
  });

  it('keeps named units for whoever names them', () => {
    const named = { name: 'g', resources: { SLOT: 1 }, units: { SLOT: ['2'] } };
    expect(linesOf({ resources: { SLOT: 1 }, groups: [named] })).toEqual(['root SLOT 2 2 10']);
  });

  it('places the hard groups first and gives back what a later one needs', () => {
    const groups = [
      { name: 'small', resources: { GPU: 100 }, count: 3 },
      { name: 'whole', resources: { GPU: 1_000 } },
      { name: 'a100', resources: { GPU: 800 }, traits: { required: ['A100'] } },
    ];
    expect(linesOf({ groups })).toMatchObject({ code: 'NO_ASSIGNMENT' });
    expect(
      linesOf({ groups: [{ ...groups[0], name: 'small', resources: { GPU: 100 }, count: 2 }, ...groups.slice(1)] }),
    ).toEqual(['gpu-0 GPU 100', 'gpu-1 GPU 1000', 'gpu-2 GPU 900']);
  });

  it('tells providers apart by the units that groups have named on them', () => {
    const slotsAndGpu = (id: string, units: readonly string[], gpu: number) =>
      provider(id, [unitInventory('SLOT', units), inventory('GPU', gpu)]);
    const node = nodeWith([slotsAndGpu('p-0', ['0', '1', '2', '3'], 3), slotsAndGpu('p-1', ['0', '1'], 2)]);
    const groups = [
      { name: 'g0', resources: { SLOT: 1, GPU: 1 }, units: { SLOT: ['0'] } },
      { name: 'g1', resources: { SLOT: 2 } },
      { name: 'g2', resources: { SLOT: 1, GPU: 1 }, units: { SLOT: ['1'] } },
      { name: 'g3', resources: { SLOT: 1, GPU: 1 } },
      { name: 'g4', resources: { SLOT: 1 }, units: { SLOT: ['1'] } },
    ];
    expect(fitDemand(node, { request: { groups } }, WORK_LIMIT).kind).toBe('fits');
  });

  it('shares providers between groups unless one is isolated', () => {
    const groups = [
      { name: 'a', resources: { GPU: 100 } },
      { name: 'b', resources: { GPU: 100 } },
    ];
    expect(linesOf({ groups })).toEqual(['gpu-0 GPU 200']);
    expect(linesOf({ groups: groups.map((group) => ({ ...group, isolate: group.name === 'b' })) })).toEqual([
      'gpu-0 GPU 100',
      'gpu-1 GPU 100',
    ]);
  });

  it('judges traits of the default group on the tree and those of a named group on its provider', () => {
    expect(linesOf({ resources: { VCPU: 2 }, traits: { required: ['SSD', 'A100'] } })).toEqual(['root VCPU 2']);
    const traits = { required: ['SSD', 'A100'] };
    expect(linesOf({ groups: [{ name: 'g', resources: { GPU: 1 }, traits }] })).toMatchObject({
      code: 'TRAIT_MISSING',
    });
  });

  it('never offers what vanished', () => {
    const vanished = provider('gpu-9', [inventory('GPU', 5_000, { isVanished: true, capacity: 0 })], [], {
      isVanished: true,
    });
    const node = nodeWith([...NODE.tree.providers, vanished]);
    expect(linesOf({ resources: { GPU: 1_001 } }, node)).toMatchObject({ code: 'NO_CAPACITY' });
    expect(fitDemand(node, { charge: [{ provider: 'gpu-9', class: 'GPU', amount: 1 }] }, WORK_LIMIT)).toMatchObject({
      code: 'UNKNOWN_PROVIDER',
    });
  });
});

describe('a refusal of fit', () => {
  it.each<[ResourceRequest, string[]]>([
    [{ resources: { FPGA: 1 } }, ['UNKNOWN_CLASS', '/FPGA/UNKNOWN_CLASS']],
    [
      { groups: [{ name: 'g', resources: { VCPU: 2, GPU: 1 } }] },
      ['UNKNOWN_CLASS', 'g/VCPU/UNKNOWN_CLASS', 'g/GPU/UNKNOWN_CLASS'],
    ],
    [{ resources: { SLOT: 1 }, units: { SLOT: ['9'] } }, ['UNKNOWN_UNIT', '/SLOT/UNKNOWN_UNIT']],
    [{ resources: { VCPU: 2 }, units: { VCPU: ['1', '2'] } }, ['UNKNOWN_UNIT', '/VCPU/UNKNOWN_UNIT']],
    [{ resources: { VCPU: 2 }, traits: { required: ['HBM'] } }, ['TRAIT_MISSING', '/VCPU/TRAIT_MISSING']],
    [{ resources: { VCPU: 2 }, traits: { anyOf: [['SSD'], ['HBM', 'X']] } }, ['TRAIT_MISSING', '/VCPU/TRAIT_MISSING']],
    [{ traits: { forbidden: ['A100'] } }, ['TRAIT_FORBIDDEN', '//TRAIT_FORBIDDEN']],
    [{ resources: { VCPU: 3 } }, ['AMOUNT_RULE', '/VCPU/AMOUNT_RULE']],
    [{ resources: { VCPU: 8 } }, ['AMOUNT_RULE', '/VCPU/AMOUNT_RULE']],
    [{ resources: { SLOT: 1 }, units: { SLOT: ['1'] } }, ['UNIT_TAKEN', '/SLOT/UNIT_TAKEN']],
    [{ resources: { GPU: 1_001 } }, ['NO_CAPACITY', '/GPU/NO_CAPACITY']],
    [{ resources: { SLOT: 3 } }, ['NO_CAPACITY', '/SLOT/NO_CAPACITY']],
    [{ groups: [{ name: 'g', resources: { GPU: 500 }, count: 3 }] }, ['NO_ASSIGNMENT', 'g/GPU/NO_ASSIGNMENT']],
    [
      { resources: { GPU: 1_001 }, groups: [{ name: 'g', resources: { VCPU: 3 } }] },
      ['AMOUNT_RULE', '/GPU/NO_CAPACITY', 'g/VCPU/AMOUNT_RULE'],
    ],
  ])('of %j is %j', (request, expected) => {
    expect(refusal(request)).toEqual(expected);
  });

  it('shows the figures of the class on the node', () => {
    expect(fitDemand(NODE, { request: { resources: { GPU: 1_001 } } }, WORK_LIMIT)).toEqual({
      kind: 'refused',
      code: 'NO_CAPACITY',
      rules: [
        {
          group: '',
          class: 'GPU',
          rule: 'NO_CAPACITY',
          requested: 1_001,
          capacity: 3_000,
          charged: 600,
          headroom: 2_400,
          largestFree: 1_000,
        },
      ],
    });
  });

  it('keeps its sums within safe integers', () => {
    const huge = inventory('MEMORY', Number.MAX_SAFE_INTEGER);
    const node = nodeWith([provider('a', [huge]), provider('b', [huge])]);
    const groups = [{ name: 'g', resources: { MEMORY: 1 }, count: 3 }];
    expect(fitDemand(node, { request: { groups } }, WORK_LIMIT)).toMatchObject({
      rules: [{ capacity: Number.MAX_SAFE_INTEGER, largestFree: Number.MAX_SAFE_INTEGER }],
    });
    expect(linesOf({ resources: { MEMORY: Number.MAX_SAFE_INTEGER } }, node)).toEqual([
      `a MEMORY ${Number.MAX_SAFE_INTEGER}`,
    ]);
  });
});

describe('a charge named outright', () => {
  it.each([
    ['UNKNOWN_PROVIDER', [{ provider: 'gpu-7', class: 'GPU', amount: 1 }]],
    ['UNKNOWN_CLASS', [{ provider: 'root', class: 'GPU', amount: 1 }]],
    ['UNKNOWN_UNIT', [{ provider: 'root', class: 'SLOT', amount: 1, units: ['9'] }]],
    ['AMOUNT_RULE', [{ provider: 'root', class: 'VCPU', amount: 3 }]],
    ['AMOUNT_RULE', [{ provider: 'root', class: 'SLOT', amount: 2, units: ['2'] }]],
    ['UNIT_TAKEN', [{ provider: 'root', class: 'SLOT', amount: 1, units: ['1'] }]],
    ['NO_CAPACITY', [{ provider: 'gpu-0', class: 'GPU', amount: 401 }]],
  ])('breaks %s by %j', (code, charge) => {
    expect(fitDemand(NODE, { charge }, WORK_LIMIT)).toMatchObject({ kind: 'refused', code });
  });

  it('is judged by the sum of its lines and stored merged, in the order of the node', () => {
    const gpu = { provider: 'gpu-1', class: 'GPU', amount: 500 };
    const slot = { provider: 'root', class: 'SLOT', amount: 1 };
    expect(fitDemand(NODE, { charge: [gpu, slot, gpu] }, WORK_LIMIT)).toEqual({
      kind: 'fits',
      charge: [
        { provider: 'root', class: 'SLOT', amount: 1, units: ['2'] },
        { provider: 'gpu-1', class: 'GPU', amount: 1_000 },
      ],
    });
    expect(fitDemand(NODE, { charge: [gpu, gpu, gpu] }, WORK_LIMIT)).toMatchObject({ code: 'NO_CAPACITY' });
    const named = { ...slot, units: ['10'] };
    expect(fitDemand(NODE, { charge: [named, named] }, WORK_LIMIT)).toMatchObject({ code: 'UNIT_TAKEN' });
  });
});

describe('the work limit', () => {
  const gpus = (count: number, total: number) =>
    nodeWith(Array.from({ length: count }, (_, index) => provider(`gpu-${index}`, [inventory('GPU', total)])));

  it('is far away for six groups on eight equal devices, whether they fit or not', () => {
    const groups = [510, 520, 530, 540, 550, 560].map((amount, index) => ({
      name: `g${index}`,
      resources: { GPU: amount },
    }));
    const counted = groups.map((group) => ({ ...group, count: 2 }));
    expect(fitDemand(gpus(8, 1_000), { request: { groups } }, 200).kind).toBe('fits');
    expect(fitDemand(gpus(8, 1_000), { request: { groups: counted } }, WORK_LIMIT)).toMatchObject({
      code: 'NO_ASSIGNMENT',
    });
    const isolated = groups.map((group) => ({ ...group, isolate: true }));
    expect(fitDemand(gpus(8, 1_000), { request: { groups: isolated } }, 200).kind).toBe('fits');
    expect(fitDemand(gpus(5, 1_000), { request: { groups: isolated } }, WORK_LIMIT)).toMatchObject({
      code: 'NO_ASSIGNMENT',
    });
  });

  it('is not needed for many copies on many equal devices', () => {
    const groups = [
      { name: 'a', resources: { GPU: 300 }, count: 200 },
      { name: 'b', resources: { GPU: 600 }, count: 200 },
    ];
    expect(fitDemand(gpus(256, 1_000), { request: { groups } }, 2_000).kind).toBe('fits');
  });

  it('ends a search with its own answer, without deep recursion', () => {
    const groups = Array.from({ length: 18 }, (_, index) => ({
      name: `g${index}`,
      resources: { GPU: 301 + index * 7 },
    }));
    const result = fitDemand(gpus(6, 1_100), { request: { groups } }, 50);
    expect(result).toEqual({ kind: 'too-complex' });
    const wide = [
      { name: 'a', resources: { GPU: 1 }, count: 3_000 },
      { name: 'b', resources: { GPU: 1 }, count: 3_000 },
    ];
    expect(fitDemand(gpus(3_000, 2), { request: { groups: wide } }, WORK_LIMIT).kind).toBe('fits');
  });
});

describe('candidates', () => {
  it('are judged as a claim would be, and an empty answer is explained', () => {
    const demand = prepareDemand({ request: { resources: { VCPU: 4 } } });
    const fleet = [
      NODE,
      nodeWith(NODE.tree.providers, { status: { kind: 'disabled', reason: 'fan' } }),
      nodeWith(NODE.tree.providers, { status: { kind: 'retired' } }),
      nodeWith([], { inventoryStatus: { kind: 'unknown' } }),
      nodeWith([provider('root', [inventory('VCPU', 2)])]),
      nodeWith([provider('root', [inventory('PCPU', 2)])]),
    ];
    expect(explainFleet(fleet, demand, WORK_LIMIT)).toEqual({
      nodes: 6,
      fitting: 1,
      refusedBy: { NODE_DISABLED: 1, NODE_RETIRED: 1, INVENTORY_UNKNOWN: 1, NO_CAPACITY: 1, UNKNOWN_CLASS: 1 },
    });
    expect(fleet.map((node) => judgeCandidate(node, demand, WORK_LIMIT).kind)).toEqual([
      'fits',
      ...Array.from({ length: 5 }, () => 'refused'),
    ]);
  });
});
