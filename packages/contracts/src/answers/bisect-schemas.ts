import * as z from 'zod';
import { instant } from './past-schemas.ts';
import { event, integer } from './values.ts';

export const bisect = z.looseObject({
  instant,
  events: z.array(event),
  value: integer,
  before: integer,
  examined: integer,
});
