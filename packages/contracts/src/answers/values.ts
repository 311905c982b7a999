import { DRIFT_KINDS, ROLES } from '@fleetbook/domain';
import * as z from 'zod';
import { chargeLineView, detailsSchema } from '../replies/schemas.ts';

export const text = z.string();
export const integer = z.int();
export const flag = z.boolean();
export const texts = z.array(text);

const exactText = z.exactOptional(text);

/** Sums beyond the safe integers. */
export const exactCharge = z.exactOptional(z.looseObject({ charged: exactText }));

export const figures = {
  class: text,
  total: integer,
  reserved: integer,
  capacity: integer,
  charged: integer,
  used: integer,
  free: integer,
  headroom: integer,
  exact: z.exactOptional(
    z.looseObject({
      total: exactText,
      reserved: exactText,
      capacity: exactText,
      charged: exactText,
      used: exactText,
      free: exactText,
      headroom: exactText,
    }),
  ),
};

export const classes = z.array(z.looseObject(figures));

export const actor = z.looseObject({ role: z.enum(ROLES), id: text });

export const charge = z.array(chargeLineView);

export const event = z.looseObject({
  number: integer,
  type: text,
  schemaVersion: integer,
  at: integer,
  commandId: text,
  index: integer,
  count: integer,
  actor,
  correlationId: z.exactOptional(text),
  causationId: z.exactOptional(text),
  command: z.exactOptional(z.looseObject({ type: text })),
  commandHash: z.exactOptional(text),
  issuedAt: z.exactOptional(integer),
  data: z.looseObject({}),
});

/** A drift as the ledger found it. */
export const foundDrift = {
  instance: text,
  moveId: z.exactOptional(text),
  since: integer,
  foundAt: integer,
  details: detailsSchema,
};

export const driftKind = z.enum(DRIFT_KINDS);
