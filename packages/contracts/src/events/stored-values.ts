import * as z from 'zod';

/*
 * Values that stored commands and events have in common. They are judged where commands come in; here the shape
 * alone is strict.
 */

export const text = z.string();
export const texts = z.array(text);
export const flag = z.boolean();
export const whole = z.int().min(0);
export const positive = z.int().min(1);

export const origin = z.strictObject({ client: text, version: text, host: text });

export const actor = z.strictObject({ role: z.enum(['agent', 'scheduler', 'operator', 'system']), id: text });

export const charge = z.array(
  z.strictObject({ provider: text, class: text, amount: positive, units: z.exactOptional(texts) }),
);

/** Facts by name, as refusals and drifts state them. */
export const details = z.record(text, z.json());
