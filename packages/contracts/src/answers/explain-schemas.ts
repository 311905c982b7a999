import { FIT_RULES, ROLES } from '@fleetbook/domain';
import * as z from 'zod';
import { detailsSchema } from '../replies/schemas.ts';
import { claimStand, holder, moveStand, nodeStand, pastFacts } from './past-schemas.ts';
import { event, flag, integer, text } from './values.ts';

const figures = { capacity: integer, charged: integer, headroom: integer, largestFree: integer };

export const brokenRule = z.looseObject({
  group: text,
  class: text,
  rule: z.enum(FIT_RULES),
  requested: integer,
  count: z.exactOptional(integer),
  ...figures,
  held: z.exactOptional(integer),
  provider: z.exactOptional(text),
});

const actor = z.looseObject({ role: z.enum(ROLES), id: text });

const link = z.looseObject({
  number: integer,
  at: integer,
  type: text,
  commandId: text,
  actor,
  code: z.exactOptional(text),
  relation: z.enum(['ledger', 'node', 'instance', 'move', 'holder', 'cause', 'refusal']),
  of: text,
});

export const explain = z.looseObject({
  outcome: z.enum(['accepted', 'refused', 'own']),
  events: z.array(event),
  others: z.exactOptional(z.array(z.looseObject({ number: integer, outcome: z.enum(['accepted', 'refused']), actor }))),
  judgedOn: z.exactOptional(z.looseObject(pastFacts)),
  refusal: z.exactOptional(z.looseObject({ code: text, message: text, about: text })),
  time: z.exactOptional(
    z.looseObject({
      rule: z.enum(['time-to-live', 'auto-confirm', 'silence']),
      limitMs: integer,
      since: z.exactOptional(integer),
    }),
  ),
  rules: z.array(brokenRule),
  again: z.looseObject({
    agrees: z.exactOptional(flag),
    outcome: z.exactOptional(z.enum(['accepted', 'refused', 'unchanged'])),
    code: z.exactOptional(text),
    details: z.exactOptional(detailsSchema),
  }),
  nodes: z.array(
    z.looseObject({
      node: text,
      stand: z.exactOptional(nodeStand),
      classes: z.array(z.looseObject({ class: text, requested: z.exactOptional(integer), ...figures })),
    }),
  ),
  instances: z.array(
    z.looseObject({
      instance: text,
      status: z.enum(['none', 'held', 'offloaded', 'ended']),
      stand: z.exactOptional(claimStand),
    }),
  ),
  moves: z.array(z.looseObject({ moveId: text, stand: z.exactOptional(moveStand) })),
  holders: z.array(holder.extend({ node: text })),
  causes: z.array(link),
  consequences: z.array(link),
  isComplete: flag,
});
