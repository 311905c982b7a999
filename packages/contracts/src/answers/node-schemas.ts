import * as z from 'zod';
import { heldInstanceSchema, heldSideSchema } from '../replies/schemas.ts';
import { DRIFT_POLICIES } from '../vocabulary.ts';
import { classes, driftKind, figures, flag, foundDrift, integer, text, texts } from './values.ts';

const inventory = z.looseObject({
  ...figures,
  minUnit: integer,
  maxUnit: integer,
  stepSize: integer,
  allocationRatio: z.number(),
  units: z.exactOptional(texts),
  takenUnits: texts,
  isVanished: flag,
  isOverlay: z.exactOptional(flag),
});

const provider = z.looseObject({
  id: text,
  parent: z.exactOptional(text),
  traits: texts,
  overlayTraits: z.exactOptional(texts),
  aggregates: texts,
  inventories: z.array(inventory),
  isVanished: flag,
});

/** What every answer about a node says. */
export const nodeFacts = {
  node: text,
  owner: text,
  incarnation: integer,
  status: z.looseObject({
    kind: z.enum(['enabled', 'disabled', 'retired', 'down']),
    reason: z.exactOptional(text),
    fenced: z.exactOptional(flag),
  }),
  inventoryStatus: z.looseObject({
    kind: z.enum(['unknown', 'reported', 'stale']),
    sequence: z.exactOptional(integer),
    since: z.exactOptional(integer),
    reason: z.exactOptional(text),
  }),
  generation: integer,
  claimCount: integer,
  sideCount: integer,
  isSuspect: flag,
  owesReport: z.exactOptional(integer),
  classes,
};

const ruling = { reserved: z.exactOptional(integer), allocationRatio: z.exactOptional(z.number()) };

const overlayInventory = z.looseObject({
  class: text,
  total: integer,
  ...ruling,
  minUnit: z.exactOptional(integer),
  maxUnit: z.exactOptional(integer),
  stepSize: z.exactOptional(integer),
  units: z.exactOptional(texts),
});

const settings = z.looseObject({
  policies: z.array(z.looseObject({ provider: text, class: text, ...ruling })),
  aggregates: z.array(z.looseObject({ provider: text, aggregates: texts })),
  overlay: z.array(
    z.looseObject({
      provider: z.exactOptional(text),
      inventories: z.array(overlayInventory),
      traits: z.exactOptional(texts),
    }),
  ),
  overlayState: z.looseObject({
    pending: texts,
    shadowed: z.array(z.looseObject({ provider: text, name: text })),
  }),
  driftPolicy: z.enum(DRIFT_POLICIES),
  mayFree: integer,
});

export const node = z.looseObject({
  ...nodeFacts,
  bootId: text,
  transferTo: z.exactOptional(text),
  failedBuilds: integer,
  providers: z.array(provider),
  held: z.array(heldInstanceSchema),
  sides: z.array(heldSideSchema),
  settings,
  drifts: z.array(z.looseObject({ kind: driftKind, ...foundDrift, incarnation: integer })),
  more: z.exactOptional(z.looseObject({ providers: integer, held: integer, sides: integer, drifts: integer })),
});

const counts = z.record(text, integer);

export const counters = z.looseObject({
  scope: z.enum(['cell', 'node', 'tenant']),
  id: z.exactOptional(text),
  instances: integer,
  byVm: counts,
  byTask: counts,
  byOsType: counts,
  byTenant: counts,
  workload: integer,
  ioWorkload: integer,
  failedBuilds: integer,
});
