import { describe, expect, test } from 'vitest';
import { formatToken, parseToken } from './token.ts';

describe('a consistency token', () => {
  test('is the history and the number, read back as written', () => {
    for (const historyId of ['5b1f0c9a-8e0d-4a55-9d1c-0a6f2c7e4b31', 'history.with.dots']) {
      expect(parseToken(formatToken(historyId, 4_711))).toEqual({ historyId, number: 4_711 });
    }
  });

  test.each(['', '.', '.1', 'h.', 'h', 'h.-1', 'h.1.5x', 'h.01', 'h.9007199254740992', 'h h.1', 'h.1 ', 'h.1\n'])(
    'is not %j',
    (text) => {
      expect(parseToken(text)).toBeUndefined();
    },
  );
});
