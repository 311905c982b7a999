import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeToken, encodeToken } from './subjects.ts';

const wellFormedText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,252}$/),
  fc.stringMatching(/^_?[A-Za-z0-9_-]{0,80}$/),
);

describe('subject tokens', () => {
  test('every text has one token, and the token gives the text back', () => {
    fc.assert(fc.property(wellFormedText, (text) => decodeToken(encodeToken(text)) === text));
  });

  test('a token never holds a dot, a wildcard, a space or anything else a subject reads', () => {
    fc.assert(fc.property(wellFormedText, (text) => /^[A-Za-z0-9_-]+$/.test(encodeToken(text))));
  });

  test('a token that encoding never makes is not decoded', () => {
    fc.assert(
      fc.property(fc.oneof(wellFormedText, fc.stringMatching(/^_[A-Za-z0-9_-]{0,20}$/)), (token) => {
        const text = decodeToken(token);
        expect(text === undefined || encodeToken(text) === token).toBe(true);
      }),
    );
  });
});
