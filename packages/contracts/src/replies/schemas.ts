import { COMMAND_TYPES, MOVE_KINDS } from '@fleetbook/domain';
import * as z from 'zod';
import { MOVE_STATES, SIDE_NAMES, SIDE_OUTCOMES, SIDE_STATES } from '../vocabulary.ts';

/*
 * Replies as a client may rely on them. Objects are open: a newer service may add fields, and a client ignores
 * those it does not know.
 */

const text = z.string();
const time = z.int();

/** Facts by name. */
export const detailsSchema = z.record(text, z.json());

const errorSchema = z.looseObject({
  code: text,
  message: text,
  retry: z.enum(['same-id', 'new-id', 'never']),
  details: detailsSchema,
});

export const chargeLineView = z.looseObject({
  provider: text,
  class: text,
  amount: z.int(),
  units: z.exactOptional(z.array(text)),
});

export const heldInstanceSchema = z.looseObject({
  instance: text,
  claimId: text,
  isReleasing: z.exactOptional(z.boolean()),
  becomes: z.exactOptional(z.enum(['ended', 'offloaded'])),
  moveId: z.exactOptional(text),
});

export const heldSideSchema = z.looseObject({
  instance: text,
  moveId: text,
  kind: z.enum(MOVE_KINDS),
  moveState: z.enum(MOVE_STATES),
  side: z.enum(SIDE_NAMES),
  state: z.enum(SIDE_STATES),
});

const sideOutcome = z.enum(SIDE_OUTCOMES);

/** Which fields there are depends on the type. */
const resultSchema = z.looseObject({
  type: z.enum(COMMAND_TYPES),
  node: z.exactOptional(text),
  incarnation: z.exactOptional(z.int()),
  held: z.exactOptional(z.array(heldInstanceSchema)),
  sides: z.exactOptional(z.array(heldSideSchema)),
  more: z.exactOptional(z.looseObject({ held: z.int(), sides: z.int() })),
  failedBuilds: z.exactOptional(z.int()),
  found: z.exactOptional(z.int()),
  cleared: z.exactOptional(z.int()),
  healed: z.exactOptional(z.int()),
  instance: z.exactOptional(text),
  claimId: z.exactOptional(text),
  charge: z.exactOptional(z.array(chargeLineView)),
  passedOver: z.exactOptional(z.array(z.looseObject({ node: text, code: text }))),
  moveId: z.exactOptional(text),
  state: z.exactOptional(text),
  becomes: z.exactOptional(z.enum(['ended', 'offloaded'])),
  destination: z.exactOptional(text),
  isError: z.exactOptional(z.boolean()),
  other: z.exactOptional(sideOutcome),
  move: z.exactOptional(z.looseObject({ moveId: text, other: sideOutcome })),
  results: z.exactOptional(z.array(z.nullable(z.looseObject({ type: z.enum(COMMAND_TYPES) })))),
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

const pastSchema = z.looseObject({
  number: z.int(),
  at: time,
  issuedAt: z.exactOptional(time),
  proof: z.enum(['log', 'snapshot', 'checkpoint']),
  savedAt: z.exactOptional(z.int()),
  node: z.exactOptional(text),
});

export const queryReplySchema = <Answer extends z.ZodType>(answer: Answer) =>
  z.discriminatedUnion('outcome', [
    z.looseObject({
      outcome: z.literal('answer'),
      token: text,
      at: time,
      past: z.exactOptional(pastSchema),
      answer,
    }),
    z.looseObject({ outcome: z.literal('error'), error: errorSchema }),
  ]);
