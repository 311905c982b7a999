import { describe, expect, test } from 'vitest';
import { parseInstant } from './as-of.ts';

describe('an instant', () => {
  test.each([
    ['17', { kind: 'number', number: 17 }],
    ['15m', { kind: 'ago', agoMs: 900_000 }],
    ['250ms', { kind: 'ago', agoMs: 250 }],
    ['2d', { kind: 'ago', agoMs: 172_800_000 }],
    ['2026-02-28T03:12:00Z', { kind: 'time', at: Date.UTC(2026, 1, 28, 3, 12) }],
    ['2026-02-28T05:12:00.250+02:00', { kind: 'time', at: Date.UTC(2026, 1, 28, 3, 12, 0, 250) }],
    ['2026-02-28T03:12:00.9999999999Z', { kind: 'time', at: Date.UTC(2026, 1, 28, 3, 12, 0, 999) }],
    ['2026-02-28t03:12:00z', { kind: 'time', at: Date.UTC(2026, 1, 28, 3, 12) }],
    ['command:c-1', { kind: 'before-command', commandId: 'c-1' }],
    ['after:command:a:b', { kind: 'after-command', commandId: 'a:b' }],
  ] as const)('is read from %s', (text, instant) => {
    expect(parseInstant(text)).toEqual(instant);
  });

  test.each([
    '',
    '-1',
    '007',
    '1.5',
    'm',
    '15 m',
    '15w',
    'now',
    '2026-02-28',
    '2026-02-28T03:12:00',
    '2026-02-30T03:12:00Z',
    '2026-02-28T25:12:00Z',
    '2026-02-28T24:00:00Z',
    'command:',
    'command:-x',
    'before:command:c',
  ])('is nothing like %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });
});
