import * as z from 'zod';
import {
  CLASS_PATTERN,
  GROUP_NAME_PATTERN,
  ID_PATTERN,
  LABEL_KEY_PATTERN,
  PRINTABLE_PATTERN,
  WORD_PATTERN,
} from './names.ts';

/*
 * The message of each schema is the rule that INVALID_FIELD names, so it is part of the contract.
 */

export const idSchema = z.string('string').regex(ID_PATTERN, 'id');

export const classSchema = z.string('string').regex(CLASS_PATTERN, 'resource class');

export const traitSchema = z.string('string').regex(CLASS_PATTERN, 'trait');

export const groupNameSchema = z.string('string').regex(GROUP_NAME_PATTERN, 'group name');

export const labelKeySchema = z.string('string').regex(LABEL_KEY_PATTERN, 'label key');

export const wordSchema = z.string('string').regex(WORD_PATTERN, 'word');

/** Text for people, 1 to `maximum` characters, without control characters. */
export const textSchema = (maximum: number) =>
  z.string('string').min(1).max(maximum).regex(PRINTABLE_PATTERN, 'no control characters');

/** A safe integer of at least `minimum`; −0 is read as 0. */
export const integerSchema = (minimum: number, maximum?: number) => {
  const bounded = z.int('integer').min(minimum);
  const integer = maximum === undefined ? bounded : bounded.max(maximum);
  return minimum > 0 ? integer : integer.overwrite((value) => value + 0);
};

export const amountSchema = integerSchema(1);

export const timeSchema = integerSchema(0);

/** A list without repetitions. */
export const uniqueList = <Item extends z.ZodType<string>>(item: Item, minimum: number, maximum: number) =>
  z
    .array(item, 'array')
    .min(minimum)
    .max(maximum)
    .refine((items) => items.length < 2 || new Set(items).size === items.length, 'no repetition')
    .meta({ uniqueItems: true });
