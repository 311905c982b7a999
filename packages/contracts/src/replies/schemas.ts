import { COMMAND_TYPES } from '@fleetbook/domain';
import * as z from 'zod';

/*
 * Replies as a client may rely on them. Objects are open: a newer service may add fields, and a client ignores
 * those it does not know.
 */

const text = z.string();
const time = z.int();

const errorSchema = z.looseObject({
  code: text,
  message: text,
  retry: z.enum(['same-id', 'new-id', 'never']),
  details: z.record(text, z.json()),
});

export const chargeLineView = z.looseObject({
  provider: text,
  class: text,
  amount: z.int(),
  units: z.exactOptional(z.array(text)),
});

export const heldInstanceSchema = z.looseObject({ instance: text, claimId: text });

/** Which fields there are depends on the type. */
const resultSchema = z.looseObject({
  type: z.enum(COMMAND_TYPES),
  node: text,
  incarnation: z.exactOptional(z.int()),
  held: z.exactOptional(z.array(heldInstanceSchema)),
  instance: z.exactOptional(text),
  claimId: z.exactOptional(text),
  charge: z.exactOptional(z.array(chargeLineView)),
});

const decided = { commandId: text, token: text, at: time };

const acceptedSchema = z.looseObject({ outcome: z.literal('accepted'), ...decided, result: resultSchema });

const refusedSchema = z.looseObject({ outcome: z.literal('refused'), ...decided, error: errorSchema });

export const recordedReplySchema = z.discriminatedUnion('outcome', [acceptedSchema, refusedSchema]);

export const commandReplySchema = z.discriminatedUnion('outcome', [
  acceptedSchema,
  refusedSchema,
  z.looseObject({ outcome: z.literal('unchanged'), ...decided, result: resultSchema }),
  z.looseObject({
    outcome: z.literal('error'),
    commandId: z.exactOptional(text),
    at: z.exactOptional(time),
    error: errorSchema,
  }),
]);

export const batchReplySchema = z.looseObject({ outcomes: z.array(commandReplySchema) });

export const queryReplySchema = <Answer extends z.ZodType>(answer: Answer) =>
  z.discriminatedUnion('outcome', [
    z.looseObject({ outcome: z.literal('answer'), token: text, at: time, answer }),
    z.looseObject({ outcome: z.literal('error'), error: errorSchema }),
  ]);
