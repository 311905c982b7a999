import * as z from 'zod';
import { detailsSchema } from '../replies/schemas.ts';
import { diff } from './past-schemas.ts';
import { integer, text, texts } from './values.ts';

export const whatIf = z.looseObject({
  changed: z.enum(['drop', 'insert', 'policies']),
  inserted: z.exactOptional(z.looseObject({ commandId: text, types: texts, repeats: z.exactOptional(integer) })),
  decisions: integer,
  diverged: integer,
  divergences: z.array(
    z.looseObject({
      number: integer,
      at: integer,
      commandId: text,
      command: z.exactOptional(text),
      recorded: z.looseObject({ types: texts, code: z.exactOptional(text) }),
      instead: z.looseObject({
        outcome: z.enum(['accepted', 'refused', 'unchanged', 'none']),
        types: z.exactOptional(texts),
        code: z.exactOptional(text),
        details: z.exactOptional(detailsSchema),
      }),
    }),
  ),
  diff,
});
