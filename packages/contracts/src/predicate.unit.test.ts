import { describe, expect, it } from 'vitest';
import { parsePredicate } from './predicate.ts';

describe('a predicate', () => {
  it.each([
    ['charged(node-1, MEMORY_MB) > 900_000', { figure: 'charged', node: 'node-1', class: 'MEMORY_MB', value: 900_000 }],
    [' headroom( a:b.c ,VCPU)<=-1 ', { figure: 'headroom', node: 'a:b.c', operator: '<=', value: -1 }],
    ['refused(NO_CAPACITY) > 10 per 1m', { counted: { code: 'NO_CAPACITY' }, atLeast: 11, withinMs: 60_000 }],
    ['events(ClaimExpired) >= 1', { counted: { type: 'ClaimExpired' }, atLeast: 1 }],
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
  ])('that cannot be read says where: %s at %i', (text, position) => {
    expect(parsePredicate(text)).toMatchObject({ ok: false, error: { position } });
  });
});
