import * as z from 'zod';
import { idSchema, textSchema, timeSchema } from '../primitives.ts';

const originSchema = z.strictObject(
  { client: textSchema(64), version: textSchema(64), host: textSchema(255) },
  'object',
);

/** What every command has besides its own fields. */
const envelope = {
  commandId: idSchema,
  issuedAt: timeSchema,
  correlationId: z.exactOptional(idSchema),
  origin: originSchema,
};

/** The body of a command with these fields of its own. */
export const bodyOf = <Fields extends z.ZodRawShape>(fields: Fields) =>
  z.strictObject({ ...envelope, ...fields }, 'object');

const isPresent = (value: unknown): boolean => value !== undefined;

interface Demand {
  readonly request?: unknown;
  readonly charge?: unknown;
}

/** Exactly one of `request` and `charge` is there. */
export const withDemand = <Schema extends z.ZodType<Demand>>(schema: Schema): Schema =>
  schema
    .refine(({ request, charge }) => isPresent(request) !== isPresent(charge), 'either request or charge')
    .meta({ oneOf: [{ required: ['request'] }, { required: ['charge'] }] });

/** At most one of `request` and `charge` is there. */
export const withDemandAtMost = <Schema extends z.ZodType<Demand>>(schema: Schema): Schema =>
  schema
    .refine(({ request, charge }) => !(isPresent(request) && isPresent(charge)), 'not both request and charge')
    .meta({ not: { required: ['request', 'charge'] } });

/** A choice by the value of one field, whose fault names the values there are. */
export const choiceBy = <
  Discriminator extends string,
  Options extends readonly [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]],
>(
  discriminator: Discriminator,
  values: readonly string[],
  options: Options,
) =>
  z.discriminatedUnion(discriminator, options, {
    error: ({ code }) => (code === 'invalid_union' ? `one of: ${values.join(', ')}` : 'object'),
  });
