import { ADVANCED_STATES, MOVE_KINDS } from '@fleetbook/domain';
import * as z from 'zod';
import { PRINTABLE_PATTERN } from '../names.ts';
import { idSchema, integerSchema, labelKeySchema, textSchema, uniqueList } from '../primitives.ts';
import { MOVE_STATES, PLACEMENT_RULES, SIDE_NAMES } from '../vocabulary.ts';
import { bodyOf, choiceBy, withDemand, withDemandAtMost } from './envelope.ts';
import { chargeSchema, requestSchema } from './request-schema.ts';

/** Commands of one batch, atomic or not. */
export const MAXIMUM_BATCH = 64;

/** With `.63` behind it, it is still an id: that of the claim or move of its last part. */
const LONGEST_BATCH_ID = 250;

const MAXIMUM_LABELS = 32;
const MAXIMUM_ALTERNATES = 8;
const MAXIMUM_PLACEMENT_GROUPS = 32;
const SHORTEST_TTL_MS = 1_000;
const LONGEST_TTL_MS = 86_400_000;

const labelsSchema = z
  .record(labelKeySchema, z.string('string').max(256).regex(PRINTABLE_PATTERN, 'no control characters'), 'object')
  .refine((labels) => Object.keys(labels).length <= MAXIMUM_LABELS, `at most ${MAXIMUM_LABELS} labels`)
  .meta({ maxProperties: MAXIMUM_LABELS });

const placementGroupSchema = z.strictObject(
  {
    id: idSchema,
    rule: z.enum(PLACEMENT_RULES),
    maxPerNode: z.exactOptional(integerSchema(1)),
  },
  'object',
);

const placementGroupsSchema = z
  .array(placementGroupSchema, 'array')
  .min(1)
  .max(MAXIMUM_PLACEMENT_GROUPS)
  .refine((groups) => new Set(groups.map(({ id }) => id)).size === groups.length, 'no group twice');

const demand = { request: z.exactOptional(requestSchema), charge: z.exactOptional(chargeSchema) };

const identity = { tenant: z.exactOptional(idSchema), labels: z.exactOptional(labelsSchema) };

const claimFields = { node: idSchema, instance: idSchema, claimId: idSchema };

const moveFields = { instance: idSchema, moveId: idSchema };

/** Of the node whose charge is freed, as its agent knows it. */
const releasing = { incarnation: z.exactOptional(integerSchema(1)) };

const dropFields = { ...claimFields, ...releasing };

const closingFields = { ...moveFields, ...releasing };

/** The fields of what may also be a part of an atomic batch. */
const FIELDS = {
  ClaimInstance: {
    node: idSchema,
    instance: idSchema,
    ...identity,
    ...demand,
    ttlMs: z.exactOptional(integerSchema(SHORTEST_TTL_MS, LONGEST_TTL_MS)),
    alternates: z.exactOptional(uniqueList(idSchema, 1, MAXIMUM_ALTERNATES)),
    groups: z.exactOptional(placementGroupsSchema),
  },
  RebuildInstance: { ...claimFields, stage: z.enum(['before', 'after']), ...demand },
  ClaimMove: {
    kind: z.enum(MOVE_KINDS),
    instance: idSchema,
    source: z.exactOptional(idSchema),
    claimId: z.exactOptional(idSchema),
    destination: idSchema,
    ...demand,
    replace: z.exactOptional(z.boolean('boolean')),
  },
  AdvanceMove: { ...moveFields, to: z.enum(ADVANCED_STATES) },
  FailMove: { ...closingFields, reason: textSchema(512) },
  DropMoveClaim: { ...closingFields, side: z.enum(SIDE_NAMES), state: z.enum(MOVE_STATES) },
} as const;

interface MoveClaim {
  readonly kind: string;
  readonly source?: unknown;
  readonly claimId?: unknown;
  readonly request?: unknown;
  readonly charge?: unknown;
}

/** An unshelve has no live claim whose request it could go by; without one of its own it would run uncharged. */
const withOwnDemand = <Schema extends z.ZodType<MoveClaim>>(schema: Schema): Schema =>
  schema.refine(
    ({ kind, request, charge }) => kind !== 'unshelve' || request !== undefined || charge !== undefined,
    'request or charge, for unshelve',
  );

/** An unshelve comes from no node; every other move names its live claim and where that is. */
const withSource = <Schema extends z.ZodType<MoveClaim>>(schema: Schema): Schema =>
  schema.refine(
    ({ kind, source, claimId }) =>
      kind === 'unshelve'
        ? source === undefined && claimId === undefined
        : source !== undefined && claimId !== undefined,
    'source and claimId, and for unshelve neither',
  );

const partOf = <Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) =>
  z.strictObject({ type: z.literal(type), ...fields }, 'object');

const PART_SCHEMAS = [
  withDemand(partOf('ClaimInstance', FIELDS.ClaimInstance)),
  partOf('ConfirmClaim', claimFields),
  partOf('AbortClaim', claimFields),
  partOf('DropInstance', dropFields),
  partOf('ShelveOffload', dropFields),
  withDemand(partOf('RebuildInstance', FIELDS.RebuildInstance)),
  withOwnDemand(withSource(withDemandAtMost(partOf('ClaimMove', FIELDS.ClaimMove)))),
  partOf('AdvanceMove', FIELDS.AdvanceMove),
  partOf('ConfirmMove', closingFields),
  partOf('RevertMove', closingFields),
  partOf('FailMove', FIELDS.FailMove),
  partOf('CancelMove', closingFields),
  partOf('DropMoveClaim', FIELDS.DropMoveClaim),
] as const;

const partSchema = choiceBy(
  'type',
  PART_SCHEMAS.map((schema) => schema.shape.type.value),
  PART_SCHEMAS,
);

/** The bodies of the commands about instances, their claims and their moves. */
export const INSTANCE_BODY_SCHEMAS = {
  ClaimInstance: withDemand(bodyOf(FIELDS.ClaimInstance)),
  ConfirmClaim: bodyOf(claimFields),
  AbortClaim: bodyOf(claimFields),
  DropInstance: bodyOf(dropFields),
  ShelveOffload: bodyOf(dropFields),
  RebuildInstance: withDemand(bodyOf(FIELDS.RebuildInstance)),
  AdoptInstance: bodyOf({ node: idSchema, instance: idSchema, ...identity, charge: chargeSchema }),
  ForceDrop: bodyOf({
    node: idSchema,
    instance: idSchema,
    claimId: z.exactOptional(idSchema),
    moveId: z.exactOptional(idSchema),
    reason: textSchema(512),
  })
    .refine(({ claimId, moveId }) => (claimId === undefined) !== (moveId === undefined), 'either claimId or moveId')
    .meta({ oneOf: [{ required: ['claimId'] }, { required: ['moveId'] }] }),
  ClaimMove: withOwnDemand(withSource(withDemandAtMost(bodyOf(FIELDS.ClaimMove)))),
  AdvanceMove: bodyOf(FIELDS.AdvanceMove),
  ConfirmMove: bodyOf(closingFields),
  RevertMove: bodyOf(closingFields),
  FailMove: bodyOf(FIELDS.FailMove),
  CancelMove: bodyOf(closingFields),
  DropMoveClaim: bodyOf(FIELDS.DropMoveClaim),
  AtomicBatch: bodyOf({
    commandId: idSchema.max(LONGEST_BATCH_ID),
    commands: z.array(partSchema, 'array').min(1).max(MAXIMUM_BATCH),
  }),
} as const;

export type BatchPartBody = z.output<typeof partSchema>;
