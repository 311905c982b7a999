import { SCHEDULER } from '@fleetbook/projector/testing';
import { AGENT, FIT_WORK_LIMIT, OPERATOR, type Refusal, report, type Steps } from './refusal-steps.ts';

/** One for each rule of fit. */
export const REFUSALS_FOR_ROOM: readonly Refusal[] = [
  {
    code: 'UNKNOWN_CLASS',
    lead: ({ claim }) => claim('i1', { resources: { CUSTOM_FPGA: 3 } }),
    details: {
      rules: [
        {
          ...{ group: '', class: 'CUSTOM_FPGA', rule: 'UNKNOWN_CLASS', requested: 3 },
          ...{ capacity: 0, charged: 0, headroom: 0, largestFree: 0 },
        },
      ],
    },
  },
  {
    code: 'UNKNOWN_PROVIDER',
    lead: ({ ask }) =>
      ask(SCHEDULER, {
        ...{ type: 'ClaimInstance', node: 'a', instance: 'i1' },
        charge: [{ provider: 'none', class: 'VCPU', amount: 1 }],
      }),
    details: { node: 'a' },
  },
  {
    code: 'UNKNOWN_UNIT',
    lead(steps) {
      withSlots(steps);
      steps.claim('i1', { resources: { SLOT: 1 }, units: { SLOT: ['s9'] } });
    },
    details: { node: 'a' },
  },
  {
    code: 'UNITS_MISSING',
    lead(steps) {
      withSlots(steps);
      const charge = [{ provider: 'a.root', class: 'SLOT', amount: 1 }];
      steps.ask(OPERATOR, { type: 'AdoptInstance', node: 'a', instance: 'i1', charge });
    },
    details: { node: 'a' },
  },
  {
    code: 'TRAIT_MISSING',
    lead: ({ claim }) => claim('i1', { resources: { VCPU: 1 }, traits: { required: ['HW_FAST'] } }),
    details: { node: 'a' },
  },
  {
    code: 'TRAIT_FORBIDDEN',
    lead: ({ claim }) => claim('i1', { resources: { VCPU: 1 }, traits: { forbidden: ['CUSTOM_GPU'] } }),
    details: { node: 'a' },
  },
  {
    code: 'AMOUNT_RULE',
    lead({ ask, claim }) {
      const inventories = [{ class: 'VCPU', total: 32, maxUnit: 4 }];
      ask(AGENT, { ...report, sequence: 2, providers: [{ id: 'a.root', inventories }] });
      claim('i1', { resources: { VCPU: 5 } });
    },
    details: { node: 'a' },
  },
  {
    code: 'UNIT_TAKEN',
    lead(steps) {
      withSlots(steps);
      steps.claim('i1', { resources: { SLOT: 1 }, units: { SLOT: ['s1'] } });
      steps.claim('i2', { resources: { SLOT: 1 }, units: { SLOT: ['s1'] } });
    },
    details: { node: 'a' },
    holders: ['i1 SLOT 1'],
  },
  {
    code: 'NO_CAPACITY',
    lead({ claim }) {
      claim('i1', { resources: { VCPU: 40 } });
      claim('i2', { resources: { VCPU: 16, MEMORY_MB: 2 } });
      claim('i3', { resources: { VCPU: 9 } });
    },
    details: {
      rules: [
        {
          ...{ group: '', class: 'VCPU', rule: 'NO_CAPACITY', requested: 9 },
          ...{ capacity: 64, charged: 56, headroom: 8, largestFree: 8 },
        },
      ],
    },
    holders: ['i1 VCPU 40', 'i2 VCPU 16'],
  },
  {
    code: 'NO_ASSIGNMENT',
    lead({ claim }) {
      const group = { resources: { CUSTOM_GPU_MILLI: 600 } };
      claim('i1', { groups: ['x', 'y', 'z'].map((name) => ({ name, ...group })) });
    },
    details: { node: 'a' },
  },
  {
    code: 'REQUEST_TOO_COMPLEX',
    lead({ claim }) {
      const names = Array.from({ length: 12 }, (_unused, place) => `g${place}`);
      claim('i1', {
        groups: names.map((name, place) => ({ name, resources: { CUSTOM_GPU_MILLI: 160 + place } })),
      });
    },
    details: { node: 'a', workLimit: FIT_WORK_LIMIT },
  },
];

function withSlots({ ask }: Steps): void {
  const inventories = [
    { class: 'VCPU', total: 32 },
    { class: 'SLOT', total: 2, units: ['s1', 's2'] },
  ];
  ask(AGENT, { ...report, sequence: 2, providers: [{ id: 'a.root', inventories }] });
}
