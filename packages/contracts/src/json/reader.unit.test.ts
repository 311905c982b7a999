import { describe, expect, test } from 'vitest';
import { MAXIMUM_BODY_BYTES, MAXIMUM_DEPTH, readJson } from './reader.ts';

const read = (text: string) => readJson(Buffer.from(text, 'utf8'));

const faultOf = (bytes: string | Uint8Array) => {
  const result = readJson(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
  return result.ok ? undefined : { code: result.error.code, ...result.error.details };
};

const nested = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

describe('a body that is not one JSON object is refused', () => {
  test.each([
    ['nothing at all', ''],
    ['a text cut off', '{"node":"ho'],
    ['two values', '{} {}'],
    ['a comma too many', '{"a":1,}'],
    ['a bare word', 'hello'],
    ['a raw line break in a string', '{"a":"x\ny"}'],
    ['NaN', '{"a":NaN}'],
    ['a byte order mark', '\uFEFF{}'],
  ])('%s', (_what, text) => {
    expect(faultOf(text)?.code).toBe('MALFORMED_JSON');
  });

  test.each([
    ['an array', '[]'],
    ['a string', '"x"'],
    ['null', 'null'],
    ['a number', '7'],
  ])('%s', (_what, text) => {
    expect(faultOf(text)).toMatchObject({ code: 'INVALID_FIELD', path: '(body)', rule: 'object' });
  });
});

describe('text that is not Unicode is refused', () => {
  test.each([
    ['a stray continuation byte', Uint8Array.of(0x7b, 0x22, 0x80, 0x22, 0x3a, 0x31, 0x7d)],
    ['a slash written in two bytes', Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d)],
    ['half a surrogate pair as three bytes', Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d)],
    ['a character cut off at the end', Uint8Array.of(0x7b, 0x7d, 0xe2, 0x82)],
  ])('%s', (_what, bytes) => {
    expect(faultOf(bytes)).toMatchObject({ code: 'MALFORMED_JSON', reason: 'not UTF-8' });
  });

  test.each([
    ['in a value', String.raw`{"labels":{"a":"x\ud800y"}}`, 'labels.a'],
    ['in a value, upper case', String.raw`{"labels":["ok","\uDC00"]}`, 'labels[1]'],
    ['in a key', String.raw`{"\udfff":1}`, String.raw`["\udfff"]`],
  ])('a lone surrogate %s', (_what, text, path) => {
    expect(faultOf(text)).toMatchObject({ code: 'INVALID_FIELD', path, rule: 'well-formed unicode' });
  });

  test('a surrogate pair written as two escapes is a character', () => {
    expect(read(String.raw`{"a":"\ud83d\ude80"}`)).toEqual({ ok: true, value: { a: '🚀' } });
  });

  test('text outside ASCII is read as it is', () => {
    expect(read('{"reason":"Lüfter défekt — 修理"}')).toEqual({ ok: true, value: { reason: 'Lüfter défekt — 修理' } });
  });
});

describe('a key that stands twice is named', () => {
  test.each([
    ['at the top', '{"node":"a","node":"b"}', 'node'],
    ['with equal values', '{"node":"a","node":"a"}', 'node'],
    ['in an array', '{"list":[{"a":1},{"b":1,"a":[{}],"b":2}]}', 'list[1].b'],
    ['written with an escape', String.raw`{"node":1,"n\u006fde":2}`, 'node'],
    ['after strings full of colons and braces', '{"a":"::{\\"x\\":1}","b":{"c":1,"c":2}}', 'b.c'],
    ['where nothing is between', '{"":1,"":2}', '[""]'],
  ])('%s', (_what, text, path) => {
    expect(faultOf(text)).toMatchObject({ code: 'DUPLICATE_KEY', path });
  });

  test('equal keys of different objects are no duplicates', () => {
    expect(read('{"a":{"a":[{"a":1},{"a":2}]}}').ok).toBe(true);
  });
});

describe('a key that would assign a prototype is an unknown field', () => {
  test.each([
    ['at the top', '{"__proto__":{"isAdmin":true}}', '__proto__'],
    ['deep inside', '{"request":{"resources":{"__proto__":1}}}', 'request.resources.__proto__'],
    ['written with an escape', String.raw`{"labels":{"__pr\u006fto__":"x"}}`, 'labels.__proto__'],
  ])('%s', (_what, text, path) => {
    expect(faultOf(text)).toMatchObject({ code: 'UNKNOWN_FIELD', path });
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false);
  });
});

describe('size and depth are capped before anything is built', () => {
  test('a body of 300 KiB is refused', () => {
    const bytes = Buffer.from(JSON.stringify({ a: 'x'.repeat(300 * 1024) }));
    expect(faultOf(bytes)).toMatchObject({ code: 'BODY_TOO_LARGE', limit: MAXIMUM_BODY_BYTES });
  });

  test('a body of exactly 256 KiB is read', () => {
    const empty = JSON.stringify({ a: '' }).length;
    expect(readJson(Buffer.from(JSON.stringify({ a: 'x'.repeat(MAXIMUM_BODY_BYTES - empty) }))).ok).toBe(true);
  });

  test.each([
    ['objects', nested(10_000)],
    ['arrays', `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`],
    ['arrays that are never closed', '['.repeat(10_000)],
  ])('10,000 levels of %s are refused', (_what, text) => {
    expect(faultOf(text)).toMatchObject({ code: 'TOO_DEEP', limit: MAXIMUM_DEPTH });
  });

  test('32 levels are read and 33 are not', () => {
    expect(read(nested(MAXIMUM_DEPTH)).ok).toBe(true);
    expect(faultOf(nested(MAXIMUM_DEPTH + 1))?.code).toBe('TOO_DEEP');
  });

  test('brackets inside strings do not count', () => {
    expect(read(JSON.stringify({ a: '[{'.repeat(100) })).ok).toBe(true);
  });
});

test('bytes that are a view into a larger buffer are read from where they start', () => {
  const whole = Buffer.from('xx{"a":1}yy');
  const view = new Uint8Array(whole.buffer, whole.byteOffset + 2, 7);
  expect(readJson(view)).toEqual({ ok: true, value: { a: 1 } });
});

describe('a fraction is never taken for an integer', () => {
  test.each([
    '9007199254740990.6',
    '0.99999999999999999999',
    '1.00000000000000000001',
    '0.1e-400',
    '-0.99999999999999999',
  ])('%s', (number) => {
    const text = `{"a":[1.5,{"b":${number}}]}`;
    expect(faultOf(text)).toMatchObject({ code: 'INVALID_FIELD', path: 'a[1].b', rule: 'integer' });
  });

  test('however many digits it has', () => {
    const zeros = '0'.repeat(100_000);
    expect(faultOf(`{"a":1.${zeros}1${zeros}}`)).toMatchObject({ code: 'INVALID_FIELD', path: 'a' });
    expect(read(`{"a":1.${zeros}${zeros}}`)).toEqual({ ok: true, value: { a: 1 } });
  });

  test.each([
    ['1.0', 1],
    ['1.50e1', 15],
    ['10.0e-1', 1],
    ['0.0', 0],
    ['-2.00', -2],
    ['1.5', 1.5],
  ])('while %s is what it is', (number, value) => {
    expect(read(`{"a":${number}}`)).toEqual({ ok: true, value: { a: value } });
  });
});
