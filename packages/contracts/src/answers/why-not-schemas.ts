import * as z from 'zod';
import { brokenRule } from './explain-schemas.ts';
import { holder } from './past-schemas.ts';
import { charge, classes, flag, integer, text } from './values.ts';

export const reasons = z.array(z.looseObject({ reason: text, class: z.exactOptional(text), nodes: integer }));

export const candidates = z.array(z.looseObject({ node: text, generation: integer, charge, classes }));

export const whyNot = z.looseObject({
  node: text,
  fits: flag,
  charge: z.exactOptional(charge),
  reason: z.exactOptional(text),
  closed: z.exactOptional(text),
  rules: z.array(brokenRule),
  traits: z.array(
    z.looseObject({
      group: text,
      provider: z.exactOptional(text),
      missing: z.array(z.array(text)),
      forbidden: z.array(text),
    }),
  ),
  possible: z.array(z.looseObject({ group: text, class: text, requested: integer, possible: integer })),
  releases: z.array(
    holder
      .pick({ instance: true, tenant: true, claimId: true, moveId: true, side: true, state: true })
      .extend({ charge }),
  ),
  elsewhere: candidates,
  reasons,
  isComplete: flag,
});
