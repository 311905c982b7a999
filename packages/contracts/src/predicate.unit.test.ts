import { describe, expect, it } from 'vitest';
import { parsePredicate } from './predicate.ts';

describe('a predicate', () => {
  it.each([
    ['charged(node-1, MEMORY_MB) > 900_000', { figure: 'charged', node: 'node-1', class: 'MEMORY_MB', value: 900_000 }],
    [' headroom( a:b.c ,VCPU)<=-1 ', { figure: 'headroom', node: 'a:b.c', operator: '<=', value: -1 }],
    ['refused(NO_CAPACITY) > 10 per 1m', { counted: { code: 'NO_CAPACITY' }, atLeast: 11, withinMs: 60_000 }],
    ['events(ClaimExpired) >= 1', { counted: { type: 'ClaimExpired' }, atLeast: 1 }],
    ['headroom(*, VCPU) < 8', { figure: 'headroom', class: 'VCPU', operator: '<', value: 8 }],
    ['charged(or, VCPU) > 1 or refused(UNIT_TAKEN) > 1', { kind: 'or', parts: [{ node: 'or' }, { atLeast: 2 }] }],
    [
      'events(ClaimExpired) > 1 per 1m and (charged(a, VCPU) > 1 or charged(b, VCPU) > 2) and charged(*, VCPU)>3',
      {
        kind: 'and',
        parts: [{ withinMs: 60_000 }, { kind: 'or', parts: [{ node: 'a' }, { node: 'b' }] }, { value: 3 }],
      },
    ],
    [
      'charged(a, VCPU) > 1 and charged(b, VCPU) > 2 or ((charged(c, VCPU) > 3))',
      { kind: 'or', parts: [{ kind: 'and', parts: [{ node: 'a' }, { node: 'b' }] }, { node: 'c' }] },
    ],
  ])('is read: %s', (text, expected) => {
    expect(parsePredicate(text)).toMatchObject({ ok: true, value: expected });
  });

  it.each([
    ['', 1],
    ['used(a, VCPU) > 1', 1],
    ['charged a, VCPU) > 1', 9],
    ['charged(-a, VCPU) > 1', 9],
    ['charged(a; VCPU) > 1', 9],
    ['charged(a, vcpu) > 1', 12],
    ['charged(a, VCPU) ~ 1', 18],
    ['charged(a, VCPU) = 1', 18],
    ['charged(a, VCPU) > x', 20],
    ['charged(a, VCPU) > 99999999999999999', 20],
    ['charged(a, VCPU) > 1 per 1m', 22],
    ['refused(NOTHING) > 1', 9],
    ['refused(NO_CAPACITY) < 1', 22],
    ['refused(NO_CAPACITY) >= 0', 25],
    ['refused(NO_CAPACITY) > 1 each 1m', 26],
    ['events(ClaimExpired) > 1 per 1y', 31],
    ['events(ClaimExpired) > 1 per 0s', 30],
    ['events(ClaimExpired) > 1 per 9999999999d', 30],
    ['refused(NOT_AUTHORISED) > 1', 9],
    ['charged(a, VCPU) > 9_', 20],
    ['charged(a, VCPU) > -9__000', 20],
    ['charged(a, VCPU) > 1 and', 25],
    ['charged(a, VCPU) > 1 android(a)', 22],
    ['(charged(a, VCPU) > 1', 22],
    ['charged(a, VCPU) > 1)', 21],
    ['refused(NO_CAPACITY) > 1 or or', 31],
    [`${'('.repeat(17)}charged(a, VCPU) > 1`, 17],
  ])('that cannot be read says where: %s at %i', (text, position) => {
    expect(parsePredicate(text)).toMatchObject({ ok: false, error: { position } });
  });

  it.each([
    ['events(ClaimExpired) > 1 per 9999999999d', 'the duration is too long'],
    ['refused(NOT_AUTHORISED) > 0', 'a refusal with NOT_AUTHORISED is never recorded'],
  ])('says why: %s', (text, reason) => {
    expect(parsePredicate(text)).toMatchObject({ ok: false, error: { reason } });
  });
});
