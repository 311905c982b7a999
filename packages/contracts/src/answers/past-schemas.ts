import { CLOSED_MOVE_STATES, MOVE_KINDS, OPEN_MOVE_STATES } from '@fleetbook/domain';
import * as z from 'zod';
import { SIDE_NAMES, SIDE_STATES } from '../vocabulary.ts';
import { charge, event, flag, integer, text, texts } from './values.ts';

const moveState = z.enum([...OPEN_MOVE_STATES, ...CLOSED_MOVE_STATES]);

export const pastFacts = {
  number: integer,
  at: integer,
  issuedAt: z.exactOptional(integer),
  proof: z.enum(['log', 'snapshot', 'checkpoint']),
  savedAt: z.exactOptional(integer),
};

export const instant = z.looseObject({ token: text, ...pastFacts });

const counts = z.looseObject({ added: integer, removed: integer, changed: integer });

/** Both sides of something that differs. */
const both = <Stand extends z.ZodType>(stand: Stand) => ({
  before: z.exactOptional(stand),
  after: z.exactOptional(stand),
});

const classStand = z.looseObject({ charged: integer, capacity: integer });

export const nodeStand = z.looseObject({
  status: z.enum(['enabled', 'disabled', 'down', 'retired']),
  inventoryStatus: z.enum(['unknown', 'reported', 'stale']),
  owner: text,
  incarnation: integer,
  claims: integer,
  isFenced: z.exactOptional(z.literal(true)),
  isSuspect: z.exactOptional(z.literal(true)),
  transferTo: z.exactOptional(text),
  owesReport: z.exactOptional(integer),
});

const providerStand = z.looseObject({ parent: z.exactOptional(text), traits: texts, aggregates: texts });

const inventoryStand = z.looseObject({
  ...{ total: integer, reserved: integer, capacity: integer, isVanished: flag },
  minUnit: z.exactOptional(integer),
  maxUnit: z.exactOptional(integer),
  stepSize: z.exactOptional(integer),
  allocationRatio: z.exactOptional(z.number()),
  units: z.exactOptional(texts),
});

export const claimStand = z.looseObject({
  status: z.enum(['unconfirmed', 'confirmed', 'releasing', 'offloaded']),
  claimId: text,
  node: text,
  tenant: z.exactOptional(text),
  charge,
});

const shelvedStand = z.looseObject({ claimId: text, node: text, tenant: z.exactOptional(text) });

const moveFacts = {
  kind: z.enum(MOVE_KINDS),
  instance: text,
  source: z.exactOptional(text),
  destination: text,
  state: moveState,
};

export const moveStand = z.looseObject({
  ...moveFacts,
  isError: z.exactOptional(z.literal(true)),
  other: z.exactOptional(z.looseObject({ node: text, state: z.enum(SIDE_STATES) })),
});

export const diff = z.looseObject({
  from: instant,
  to: instant,
  isSame: flag,
  counts: z.looseObject({
    ...{ nodes: counts, inventory: counts, claims: counts, moves: counts },
    shelved: z.exactOptional(counts),
  }),
  nodes: z.array(
    z.looseObject({
      node: text,
      ...both(nodeStand),
      classes: z.array(z.looseObject({ class: text, ...both(classStand) })),
      providers: z.exactOptional(z.array(z.looseObject({ provider: text, ...both(providerStand) }))),
    }),
  ),
  inventory: z.array(z.looseObject({ node: text, provider: text, class: text, ...both(inventoryStand) })),
  claims: z.array(z.looseObject({ instance: text, ...both(claimStand) })),
  shelved: z.exactOptional(z.array(z.looseObject({ instance: text, ...both(shelvedStand) }))),
  moves: z.array(z.looseObject({ moveId: text, ...both(moveStand) })),
});

export const timeline = z.looseObject({
  entries: z.array(
    z.looseObject({
      event,
      classes: z.exactOptional(z.array(z.looseObject({ class: text, charged: integer, capacity: integer }))),
      instance: z.exactOptional(
        z.looseObject({
          status: z.enum(['held', 'offloaded', 'ended']),
          node: z.exactOptional(text),
          moveId: z.exactOptional(text),
          charge: z.exactOptional(charge),
          becomes: z.exactOptional(z.enum(['ended', 'offloaded'])),
        }),
      ),
      moves: z.exactOptional(
        z.array(z.looseObject({ moveId: text, ...moveFacts, isError: z.exactOptional(z.literal(true)) })),
      ),
    }),
  ),
  next: z.exactOptional(integer),
  first: z.exactOptional(integer),
});

export const holder = z.looseObject({
  instance: text,
  tenant: z.exactOptional(text),
  claimId: z.exactOptional(text),
  moveId: z.exactOptional(text),
  side: z.exactOptional(z.enum(SIDE_NAMES)),
  state: z.enum(['unconfirmed', 'confirmed', ...SIDE_STATES]),
  provider: text,
  class: text,
  amount: integer,
  units: z.exactOptional(texts),
});

export const holders = z.looseObject({ node: text, holders: z.array(holder), isComplete: flag });
