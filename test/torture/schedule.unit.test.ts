import { describe, expect, it } from 'vitest';
import { createChance } from '../simulation/world/random.ts';
import { SERVICE_FAULTS } from './faults.ts';
import { MINUTE_PAUSE, Schedule } from './schedule.ts';

const MINUTE_MS = 60_000;

function namesOf(minutes: number, seed = 1): readonly string[] {
  const schedule = new Schedule(SERVICE_FAULTS, createChance(seed));
  return Array.from({ length: 10 * minutes }, (_, turn) => schedule.next((turn * MINUTE_MS) / 10).name);
}

describe('the order of faults', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(namesOf(5, 7)).toEqual(namesOf(5, 7));
    expect(namesOf(5, 7)).not.toEqual(namesOf(5, 8));
  });

  it('has a pause of a minute in every run of five minutes, and one every quarter of an hour', () => {
    const pausesIn = (minutes: number) => namesOf(minutes).filter((name) => name === MINUTE_PAUSE).length;
    expect([2, 5, 18, 19, 60].map(pausesIn)).toEqual([0, 1, 1, 2, 4]);
  });

  it('has every fault in the long run', () => {
    expect(new Set(namesOf(60))).toEqual(new Set([MINUTE_PAUSE, ...Object.keys(SERVICE_FAULTS)]));
  });
});
