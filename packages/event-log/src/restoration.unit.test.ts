import { expect, it } from 'vitest';
import { encodeRestoration, requireRestoration } from './restoration.ts';

const RESTORATION = { historyId: 'one', number: 7, hash: 'f'.repeat(64) };

it('is continued by the same restore alone, and tells others what is restored', () => {
  const kept = encodeRestoration(RESTORATION);
  expect(() => requireRestoration(kept, RESTORATION)).not.toThrow();
  expect(() => requireRestoration(kept, undefined)).toThrow(
    'it is being restored, to event 7 of history one; a restore',
  );
  expect(() => requireRestoration('x', RESTORATION)).toThrow('it is being restored, from what cannot be read; a');
});
