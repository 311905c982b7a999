import * as z from 'zod';
import {
  amountSchema,
  classSchema,
  groupNameSchema,
  idSchema,
  integerSchema,
  traitSchema,
  uniqueList,
} from '../primitives.ts';

const MAXIMUM_GROUPS = 64;
/** Distinct providers of one group. */
export const MAXIMUM_COUNT = 1_024;
const MAXIMUM_LIST = 1_024;

const amountsSchema = z
  .record(classSchema, amountSchema, 'object')
  .refine((amounts) => Object.keys(amounts).length > 0, 'at least 1 class')
  .meta({ minProperties: 1 });

const namedUnitsSchema = z.record(classSchema, uniqueList(idSchema, 1, MAXIMUM_LIST), 'object');

export const traitDemandSchema = z.strictObject(
  {
    required: z.exactOptional(uniqueList(traitSchema, 0, MAXIMUM_LIST)),
    forbidden: z.exactOptional(uniqueList(traitSchema, 0, MAXIMUM_LIST)),
    anyOf: z.exactOptional(z.array(uniqueList(traitSchema, 1, MAXIMUM_LIST), 'array').max(MAXIMUM_LIST)),
  },
  'object',
);

interface Demand {
  readonly resources?: Readonly<Record<string, number>>;
  readonly units?: Readonly<Record<string, readonly string[]>>;
}

const unitsMatchAmounts = ({ resources, units }: Demand): boolean =>
  units === undefined || Object.entries(units).every(([name, ids]) => resources?.[name] === ids.length);

const UNITS_RULE = { path: ['units'], error: 'as many units as the amount of their class' };

const requestGroupSchema = z
  .strictObject(
    {
      name: groupNameSchema,
      resources: amountsSchema,
      count: z.exactOptional(integerSchema(1, MAXIMUM_COUNT)),
      isolate: z.exactOptional(z.boolean('boolean')),
      traits: z.exactOptional(traitDemandSchema),
      units: z.exactOptional(namedUnitsSchema),
    },
    'object',
  )
  .refine(unitsMatchAmounts, UNITS_RULE);

export const requestSchema = z
  .strictObject(
    {
      resources: z.exactOptional(amountsSchema),
      traits: z.exactOptional(traitDemandSchema),
      units: z.exactOptional(namedUnitsSchema),
      groups: z.exactOptional(
        z
          .array(requestGroupSchema, 'array')
          .max(MAXIMUM_GROUPS)
          .refine((groups) => new Set(groups.map(({ name }) => name)).size === groups.length, 'no group name twice'),
      ),
    },
    'object',
  )
  .refine(unitsMatchAmounts, UNITS_RULE)
  .refine(({ resources, groups = [] }) => resources !== undefined || groups.length > 0, 'resources or groups');

const chargeLineSchema = z
  .strictObject(
    {
      provider: idSchema,
      class: classSchema,
      amount: amountSchema,
      units: z.exactOptional(uniqueList(idSchema, 1, MAXIMUM_LIST)),
    },
    'object',
  )
  .refine(({ amount, units }) => units === undefined || units.length === amount, {
    path: ['units'],
    error: 'as many units as the amount',
  });

/** Allocations named outright: each provider and class once. */
export const chargeSchema = z
  .array(chargeLineSchema, 'array')
  .min(1)
  .max(MAXIMUM_LIST)
  .refine(
    (lines) => lines.length < 2 || new Set(lines.map((line) => `${line.provider} ${line.class}`)).size === lines.length,
    'no provider and class twice',
  );
