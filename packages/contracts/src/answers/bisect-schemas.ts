import * as z from 'zod';
import { instant } from './past-schemas.ts';
import { event, integer } from './values.ts';

export const bisect = z.looseObject({
  instant,
  events: z.array(event),
  value: integer,
  before: integer,
  wasTrue: z.exactOptional(z.boolean()),
  first: z.exactOptional(integer),
  terms: z.exactOptional(
    z.array(z.looseObject({ term: z.string(), before: integer, value: integer, isTrue: z.boolean() })),
  ),
  examined: integer,
});
