import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from './reader.ts';

const wellFormed = fc.string({ unit: 'binary' }).filter((text) => text !== '__proto__');

const body = fc.dictionary(
  wellFormed,
  fc.jsonValue({ maxDepth: 6, stringUnit: 'binary' }).filter((value) => !JSON.stringify(value).includes('__proto__')),
);

describe('the strict reader', () => {
  test('reads every JSON object as JSON.parse does', () => {
    fc.assert(
      fc.property(body, (value) => {
        const text = JSON.stringify(value);
        expect(readJson(Buffer.from(text))).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  test('answers any bytes without throwing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          expect(typeof readJson(bytes).ok).toBe('boolean');
        },
      ),
    );
  });

  test('answers JSON with a byte changed without throwing, and never differently from JSON.parse', () => {
    fc.assert(
      fc.property(body, fc.nat(), fc.nat({ max: 255 }), (value, place, byte) => {
        const bytes = Buffer.from(JSON.stringify(value));
        bytes[place % bytes.length] = byte;
        const result = readJson(bytes);
        if (result.ok) {
          expect(result.value).toEqual(JSON.parse(bytes.toString('utf8')));
        }
      }),
    );
  });

  test('finds a key written twice, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(wellFormed, { minLength: 0, maxLength: 5 }), wellFormed, (path, key) => {
        const twice = `{${JSON.stringify(key)}:1,"other ${key.length}":{},${JSON.stringify(key)}:2}`;
        const text = path.reduce((inner, name) => `{"x":[{}],${JSON.stringify(`${name}y`)}:${inner}}`, twice);
        const result = readJson(Buffer.from(text));
        expect(result.ok ? 'read' : result.error.code).toBe('DUPLICATE_KEY');
      }),
    );
  });
});
