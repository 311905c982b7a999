import { expect, it } from 'vitest';
import { Growth } from './growth.ts';

const HOUR_MS = 3_600_000;

it('is measured over the last day, and forgets what was before', () => {
  const growth = new Growth();
  for (let hour = 0; hour <= 24; hour += 1) {
    growth.note(1_000_000, hour * HOUR_MS);
  }
  expect(growth.rate()).toEqual({ bytesPerDay: 0, windowMs: 24 * HOUR_MS });
  for (let hour = 25; hour <= 48; hour += 1) {
    growth.note(1_000_000 + (hour - 24) * 1_000, hour * HOUR_MS);
  }
  expect(growth.rate()).toEqual({ bytesPerDay: 24_000, windowMs: 24 * HOUR_MS });
});

it('is none of a log that became shorter', () => {
  const growth = new Growth();
  growth.note(1_000_000, 0);
  growth.note(1_000, HOUR_MS);
  expect(growth.rate()).toEqual({ bytesPerDay: 0, windowMs: HOUR_MS });
});
