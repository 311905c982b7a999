import { describe, expect, expectTypeOf, test } from 'vitest';
import type * as z from 'zod';
import type { CommandReply, RecordedReply } from '../replies/replies.ts';
import type { commandReplySchema } from '../replies/schemas.ts';
import type { QueryAnswers } from './answers.ts';
import { ANSWER_SCHEMAS } from './schemas.ts';

/** Details may be any JSON, which has no end as a type. */
type Mutable<Value> = Value extends object
  ? { -readonly [Key in keyof Value]: Key extends 'details' ? Record<string, never> : Mutable<Value[Key]> }
  : Value;

type Accepted = { [Name in keyof QueryAnswers]: z.input<(typeof ANSWER_SCHEMAS)[Name]> };

type Variable = 'outcome' | 'history';

describe('what services send is what the schemas let clients rely on', () => {
  test('in answers', () => {
    expectTypeOf<Mutable<Omit<QueryAnswers, Variable>>>().toExtend<Omit<Accepted, Variable>>();
  });

  test('in replies', () => {
    type Outline = Pick<CommandReply, 'outcome'>['outcome'];
    expectTypeOf<Outline>().toEqualTypeOf<z.input<typeof commandReplySchema>['outcome']>();
    expectTypeOf<RecordedReply['outcome']>().toEqualTypeOf<'accepted' | 'refused'>();
  });
});

test('fields that a newer service adds are let through', () => {
  const answer = { status: 'not-found', searchedFrom: 1, searchedTo: 17 };
  expect(ANSWER_SCHEMAS.outcome.parse(answer)).toEqual(answer);
});
