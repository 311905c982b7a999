import { describe, expect, test } from 'vitest';
import { parseInstant } from './as-of.ts';
import { encodeQuery, parseQuery } from './queries/parse.ts';

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

const RULE = 'an event number, RFC 3339 time, duration such as 15m, command:ID or after:command:ID';

describe('what is no instant', () => {
  test.each([
    ['now', 'leave it out, or write 0s'],
    ['2026-11-22', 'a time of day and a zone have to follow, as in 2026-11-21T03:12:00Z'],
    ['2026-11-22T03:12:00', 'the zone has to follow, Z or one such as +01:00'],
    ['2026-11-22 03:12:00Z', 'a T stands between date and time, as in 2026-11-21T03:12:00Z'],
    ['2026-02-30T03:12:00Z', 'there is no such time; one is written as in 2026-11-21T03:12:00Z'],
    ['070', 'an event number does not begin with 0'],
    ['1h30m', 'a duration has one unit: 90m, not 1h30m'],
    ['1.5h', 'a duration is a whole number and ms, s, m, h or d behind it'],
    ['9999999999d', 'the duration is too long'],
    ['99999999999999999999', 'no log has as many events'],
    ['-1', 'a duration is always ago, and no event number is negative'],
    ['command:-x', 'what follows is no id of a command'],
    ['yesterday', 'it is of no such form'],
  ])('%s is told with what is wrong with it', (asOf, reason) => {
    expect(parseInstant(asOf)).toBeUndefined();
    const read = parseQuery('usage', encodeQuery('usage', { asOf }));
    expect(!read.ok && read.error).toMatchObject({
      code: 'INVALID_FIELD',
      details: {
        path: 'asOf',
        rule: `${RULE}; "${asOf}" is none: ${reason}`,
      },
    });
  });
});
