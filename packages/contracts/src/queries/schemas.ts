import { COMMAND_TYPES, MOVE_KINDS } from '@fleetbook/domain';
import * as z from 'zod';
import { instantFault, parseInstant } from '../as-of.ts';
import { requestSchema, traitDemandSchema } from '../commands/request-schema.ts';
import { idSchema, integerSchema, textSchema, traitSchema, uniqueList } from '../primitives.ts';
import { SENDER_ROLES } from '../subjects.ts';
import { parseToken } from '../token.ts';
import { ATTENTION_KINDS, DRIFT_POLICIES } from '../vocabulary.ts';
import type { QueryBodies } from './bodies.ts';
import { MAXIMUM_DEADLINE_MS, MAXIMUM_LIMIT } from './limits.ts';

/** Ids of kind, node and what it is about, with room. */
const MAXIMUM_CURSOR = 1_024;
/** A class has the longest name. */
const MAXIMUM_WHAT = 255;
const MAXIMUM_PREDICATE = 512;
const MAXIMUM_SEED = 2 ** 32 - 1;
const MAXIMUM_WORK = 1_000_000_000;

const tokenSchema = z.string('string').refine((text) => parseToken(text) !== undefined, 'token');

const instantSchema = z.string('string').refine((text) => parseInstant(text) !== undefined, {
  error: ({ input }) => instantFault(String(input)),
});

const liveOptions = {
  atLeast: z.exactOptional(tokenSchema),
  deadlineMs: z.exactOptional(integerSchema(0, MAXIMUM_DEADLINE_MS)),
};

const options = { ...liveOptions, asOf: z.exactOptional(instantSchema) };

const limit = z.exactOptional(integerSchema(1, MAXIMUM_LIMIT));

const filter = {
  traits: z.exactOptional(traitDemandSchema),
  aggregates: z.exactOptional(uniqueList(idSchema, 1, MAXIMUM_LIMIT)),
};

const workLimit = z.exactOptional(integerSchema(1, MAXIMUM_WORK));

const isPresent = (value: unknown): boolean => value !== undefined;

const live = z.strictObject(liveOptions, 'object');

const TIMELINE_SUBJECTS = {
  node: z.exactOptional(idSchema),
  instance: z.exactOptional(idSchema),
  move: z.exactOptional(idSchema),
  provider: z.exactOptional(idSchema),
  command: z.exactOptional(idSchema),
};

/** The body of every query. */
export const QUERY_BODY_SCHEMAS = {
  node: z.strictObject({ ...options, node: idSchema }, 'object'),
  nodes: z.strictObject(
    {
      ...options,
      status: z.exactOptional(z.enum(['enabled', 'disabled', 'down', 'retired'])),
      trait: z.exactOptional(traitSchema),
      aggregate: z.exactOptional(idSchema),
      limit,
      after: z.exactOptional(idSchema),
    },
    'object',
  ),
  instance: z.strictObject({ ...options, instance: idSchema }, 'object'),
  move: z.strictObject({ ...options, moveId: idSchema }, 'object'),
  moves: z.strictObject(
    {
      ...options,
      node: z.exactOptional(idSchema),
      instance: z.exactOptional(idSchema),
      kind: z.exactOptional(z.enum(MOVE_KINDS)),
      status: z.exactOptional(z.enum(['open', 'charged', 'all'])),
      limit,
      after: z.exactOptional(idSchema),
    },
    'object',
  ),
  attention: z.strictObject(
    {
      ...options,
      kinds: z.exactOptional(uniqueList(z.enum(ATTENTION_KINDS), 1, ATTENTION_KINDS.length)),
      node: z.exactOptional(idSchema),
      olderThanMs: z.exactOptional(integerSchema(0)),
      withinMs: z.exactOptional(integerSchema(0)),
      limit,
      after: z.exactOptional(textSchema(MAXIMUM_CURSOR)),
    },
    'object',
  ),
  counters: z
    .strictObject({ ...options, node: z.exactOptional(idSchema), tenant: z.exactOptional(idSchema) }, 'object')
    .refine(({ node, tenant }) => !(isPresent(node) && isPresent(tenant)), 'at most one of node and tenant')
    .meta({ not: { required: ['node', 'tenant'] } }),
  usage: z
    .strictObject(
      {
        ...options,
        node: z.exactOptional(idSchema),
        tenant: z.exactOptional(idSchema),
        aggregate: z.exactOptional(idSchema),
      },
      'object',
    )
    .refine(
      ({ node, tenant, aggregate }) => [node, tenant, aggregate].filter(isPresent).length <= 1,
      'at most one of node, tenant and aggregate',
    )
    .meta({
      not: {
        anyOf: [
          { required: ['node', 'tenant'] },
          { required: ['node', 'aggregate'] },
          { required: ['tenant', 'aggregate'] },
        ],
      },
    }),
  capacity: z.strictObject(
    {
      ...options,
      request: requestSchema,
      ...filter,
      groupBy: z.exactOptional(z.enum(['traits', 'aggregates'])),
      workLimit,
    },
    'object',
  ),
  candidates: z.strictObject(
    {
      ...options,
      request: requestSchema,
      ...filter,
      limit,
      strategy: z.exactOptional(z.enum(['pack', 'spread'])),
      seed: z.exactOptional(integerSchema(0, MAXIMUM_SEED)),
      workLimit,
    },
    'object',
  ),
  outcome: z.strictObject({ ...options, commandId: idSchema, role: z.enum(SENDER_ROLES), actor: idSchema }, 'object'),
  history: z
    .strictObject(
      {
        ...options,
        node: z.exactOptional(idSchema),
        instance: z.exactOptional(idSchema),
        move: z.exactOptional(idSchema),
        command: z.exactOptional(idSchema),
        limit,
        before: z.exactOptional(integerSchema(1)),
      },
      'object',
    )
    .refine(
      ({ node, instance, move, command }) => [node, instance, move, command].filter(isPresent).length === 1,
      'exactly one of node, instance, move and command',
    )
    .meta({
      oneOf: [{ required: ['node'] }, { required: ['instance'] }, { required: ['move'] }, { required: ['command'] }],
    }),
  diff: z.strictObject(
    {
      ...liveOptions,
      from: instantSchema,
      to: instantSchema,
      node: z.exactOptional(idSchema),
      tenant: z.exactOptional(idSchema),
      limit,
    },
    'object',
  ),
  timeline: z
    .strictObject(
      {
        ...options,
        ...TIMELINE_SUBJECTS,
        limit,
        before: z.exactOptional(integerSchema(1)),
        after: z.exactOptional(integerSchema(0)),
      },
      'object',
    )
    .refine(
      ({ node, instance, move, provider, command }) =>
        [node, instance, move, provider, command].filter(isPresent).length === 1,
      'exactly one of node, instance, move, provider and command',
    )
    .meta({ oneOf: Object.keys(TIMELINE_SUBJECTS).map((name) => ({ required: [name] })) }),
  holders: z.strictObject({ ...options, node: idSchema, what: z.exactOptional(textSchema(MAXIMUM_WHAT)) }, 'object'),
  explain: z
    .strictObject(
      {
        ...options,
        command: z.exactOptional(idSchema),
        event: z.exactOptional(integerSchema(1)),
        node: z.exactOptional(idSchema),
        unit: z.exactOptional(textSchema(MAXIMUM_WHAT)),
      },
      'object',
    )
    .refine(
      ({ command, event, node, unit }) =>
        [command, event, unit].filter(isPresent).length === 1 && isPresent(node) === isPresent(unit),
      'exactly one of command, event, and node with unit',
    )
    .meta({ oneOf: [{ required: ['command'] }, { required: ['event'] }, { required: ['node', 'unit'] }] }),
  'why-not': z.strictObject({ ...options, node: idSchema, request: requestSchema }, 'object'),
  'what-if': z
    .strictObject(
      {
        ...liveOptions,
        from: instantSchema,
        until: z.exactOptional(instantSchema),
        drop: z.exactOptional(integerSchema(1)),
        insert: z.exactOptional(
          z.strictObject(
            {
              role: z.enum(SENDER_ROLES),
              actor: idSchema,
              type: z.enum(COMMAND_TYPES),
              body: z.record(z.string(), z.unknown()),
            },
            'object',
          ),
        ),
        policies: z.exactOptional(
          z.strictObject(
            {
              fitWorkLimit: z.exactOptional(integerSchema(1)),
              autoConfirmAfterMs: z.exactOptional(integerSchema(0)),
              reportIntervalMs: z.exactOptional(integerSchema(1)),
              driftPolicy: z.exactOptional(z.enum(DRIFT_POLICIES)),
            },
            'object',
          ),
        ),
        limit,
      },
      'object',
    )
    .refine(
      ({ drop, insert, policies }) => [drop, insert, policies].filter(isPresent).length === 1,
      'exactly one of drop, insert and policies',
    )
    .meta({ oneOf: [{ required: ['drop'] }, { required: ['insert'] }, { required: ['policies'] }] }),
  bisect: z.strictObject({ ...options, predicate: textSchema(MAXIMUM_PREDICATE) }, 'object'),
  health: live,
  digest: z.strictObject(options, 'object'),
  inbox: z.strictObject(options, 'object'),
  projection: live,
  writer: live,
  mark: live,
} as const satisfies { readonly [Name in keyof QueryBodies]: z.ZodType<QueryBodies[Name]> };
