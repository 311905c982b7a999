import { expect, it } from 'vitest';
import { readDeadline } from './deadline.ts';

it('is read where it is a whole number of milliseconds, and is none otherwise', () => {
  expect(['1', '2000', '999999999'].map(readDeadline)).toEqual([1, 2_000, 999_999_999]);
  for (const text of [undefined, '', '0', '-1', '1.5', '1e3', ' 1', '1000000000', 'soon']) {
    expect(readDeadline(text)).toBeUndefined();
  }
});
