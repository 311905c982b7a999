import * as z from 'zod';
import {
  amountSchema,
  classSchema,
  idSchema,
  integerSchema,
  textSchema,
  traitSchema,
  uniqueList,
  wordSchema,
} from '../primitives.ts';
import { DRIFT_POLICIES } from '../vocabulary.ts';
import { bodyOf, choiceBy } from './envelope.ts';
import { MAXIMUM_RATIO, ratioMillionths } from './ratio.ts';
import { chargeSchema } from './request-schema.ts';

export const MAXIMUM_PROVIDERS = 4_096;
export const MAXIMUM_INVENTORIES = 256;
export const MAXIMUM_UNITS = 4_096;
export const MAXIMUM_TRAITS = 1_024;
const MAXIMUM_RULES = 1_024;
const MAXIMUM_GUESTS = 16_384;

const reasonSchema = textSchema(512);

const allocationRatioSchema = z
  .number('number')
  .gt(0)
  .max(MAXIMUM_RATIO)
  .refine((ratio) => ratioMillionths(ratio) !== undefined, 'at most 6 decimal places');

const reportedInventorySchema = z.strictObject(
  {
    class: classSchema,
    total: integerSchema(0),
    reserved: z.exactOptional(integerSchema(0)),
    minUnit: z.exactOptional(integerSchema(1)),
    maxUnit: z.exactOptional(integerSchema(1)),
    stepSize: z.exactOptional(integerSchema(1)),
    allocationRatio: z.exactOptional(allocationRatioSchema),
    units: z.exactOptional(z.array(idSchema, 'array').max(MAXIMUM_UNITS)),
  },
  'object',
);

const inventoriesSchema = z.array(reportedInventorySchema, 'array').max(MAXIMUM_INVENTORIES);
const traitsSchema = uniqueList(traitSchema, 0, MAXIMUM_TRAITS);
const aggregatesSchema = uniqueList(idSchema, 0, MAXIMUM_TRAITS);

const reportedProviderSchema = z.strictObject(
  {
    id: idSchema,
    parent: z.exactOptional(idSchema),
    inventories: inventoriesSchema,
    traits: z.exactOptional(traitsSchema),
    aggregates: z.exactOptional(aggregatesSchema),
  },
  'object',
);

const reportFields = { node: idSchema, incarnation: integerSchema(1), sequence: integerSchema(1) };

const flatTotalSchema = z.strictObject({ class: classSchema, total: integerSchema(0) }, 'object');

const reportSchema = choiceBy(
  'mode',
  ['full', 'flat', 'unsupported'],
  [
    bodyOf({
      ...reportFields,
      mode: z.literal('full'),
      providers: z.array(reportedProviderSchema, 'array').min(1).max(MAXIMUM_PROVIDERS),
    }),
    bodyOf({
      ...reportFields,
      mode: z.literal('flat'),
      totals: z
        .array(flatTotalSchema, 'array')
        .min(1)
        .max(MAXIMUM_INVENTORIES)
        .refine((totals) => new Set(totals.map((total) => total.class)).size === totals.length, 'no class twice'),
    }),
    bodyOf({ ...reportFields, mode: z.literal('unsupported'), reason: reasonSchema }),
  ],
);

const policySchema = z
  .strictObject(
    {
      provider: idSchema,
      class: classSchema,
      reserved: z.exactOptional(integerSchema(0)),
      allocationRatio: z.exactOptional(allocationRatioSchema),
    },
    'object',
  )
  .refine(
    ({ reserved, allocationRatio }) => reserved !== undefined || allocationRatio !== undefined,
    'reserved or allocationRatio',
  )
  .meta({ anyOf: [{ required: ['reserved'] }, { required: ['allocationRatio'] }] });

const policiesSchema = z
  .array(policySchema, 'array')
  .min(1)
  .max(MAXIMUM_RULES)
  .refine(
    (policies) => new Set(policies.map((policy) => `${policy.provider} ${policy.class}`)).size === policies.length,
    'no provider and class twice',
  );

const overlayTargetSchema = z.strictObject(
  {
    provider: z.exactOptional(idSchema),
    inventories: inventoriesSchema,
    traits: z.exactOptional(traitsSchema),
  },
  'object',
);

const reshapeOwnerSchema = z
  .strictObject(
    {
      instance: idSchema,
      moveId: z.exactOptional(idSchema),
      amount: z.exactOptional(amountSchema),
      units: z.exactOptional(uniqueList(idSchema, 1, MAXIMUM_UNITS)),
    },
    'object',
  )
  .refine(({ amount, units }) => units === undefined || amount === units.length, {
    path: ['units'],
    error: 'as many units as the amount',
  });

const reshapeRuleSchema = z.strictObject(
  {
    class: classSchema,
    from: idSchema,
    to: idSchema,
    owners: z.exactOptional(z.array(reshapeOwnerSchema, 'array').min(1).max(MAXIMUM_RULES)),
  },
  'object',
);

const instanceStateSchema = z.strictObject(
  { vm: wordSchema, task: z.exactOptional(wordSchema), osType: z.exactOptional(wordSchema) },
  'object',
);

const guestSchema = z.strictObject({ instance: idSchema, charge: z.exactOptional(chargeSchema) }, 'object');

const guestsSchema = z
  .array(guestSchema, 'array')
  .max(MAXIMUM_GUESTS)
  .refine((guests) => new Set(guests.map(({ instance }) => instance)).size === guests.length, 'no instance twice');

const nodeBody = bodyOf({ node: idSchema });

/** The bodies of the commands about nodes and what they have. */
export const NODE_BODY_SCHEMAS = {
  RegisterNode: bodyOf({ node: idSchema, bootId: idSchema }),
  ReportInventory: reportSchema,
  EnableNode: nodeBody,
  DisableNode: bodyOf({ node: idSchema, reason: reasonSchema }),
  RetireNode: nodeBody,
  MarkNodeDown: bodyOf({ node: idSchema, reason: reasonSchema, fenced: z.boolean('boolean') }),
  RevokeCheckpoint: bodyOf({ upTo: integerSchema(1), reason: reasonSchema }),
  TransferNode: bodyOf({ node: idSchema, owner: idSchema }),
  SetInventoryPolicy: bodyOf({ node: idSchema, policies: policiesSchema }),
  SetAggregates: bodyOf({ node: idSchema, provider: idSchema, aggregates: aggregatesSchema }),
  SetOverlay: bodyOf({ node: idSchema, targets: z.array(overlayTargetSchema, 'array').max(MAXIMUM_PROVIDERS) }),
  SetDriftPolicy: bodyOf({
    node: idSchema,
    policy: z.enum(DRIFT_POLICIES),
    mayFree: z.exactOptional(integerSchema(0)),
  }),
  Reshape: bodyOf({
    node: idSchema,
    incarnation: integerSchema(1),
    rules: z.array(reshapeRuleSchema, 'array').min(1).max(MAXIMUM_RULES),
  }),
  ReportBuildResult: bodyOf({
    node: idSchema,
    instance: idSchema,
    result: z.enum(['succeeded', 'failed', 'refused']),
  }),
  ReportInstanceState: bodyOf({ node: idSchema, instance: idSchema, claimId: idSchema, state: instanceStateSchema }),
  ReportGuests: bodyOf({
    node: idSchema,
    incarnation: integerSchema(1),
    complete: z.boolean('boolean'),
    takenAt: integerSchema(0),
    guests: guestsSchema,
  }),
} as const;

export type ReportedInventoryBody = z.output<typeof reportedInventorySchema>;
export type ReportedProviderBody = z.output<typeof reportedProviderSchema>;
export type InventoryPolicyBody = z.output<typeof policySchema>;
export type OverlayTargetBody = z.output<typeof overlayTargetSchema>;
