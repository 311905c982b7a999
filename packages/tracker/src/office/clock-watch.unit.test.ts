import { manualClock } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { ClockWatch } from './clock-watch.ts';

const START_MS = 1_700_000_000_000;

describe('clock watch', () => {
  it('trusts a clock that runs with the monotonic one', () => {
    const clock = manualClock(START_MS);
    const watch = new ClockWatch(clock);
    clock.advance(86_400_000);
    expect(watch.check(clock.now())).toBeUndefined();
  });

  it('distrusts a clock more than 5 s behind the ledger, until it has caught up', () => {
    const clock = manualClock(START_MS);
    const watch = new ClockWatch(clock);
    expect(watch.check(START_MS + 5_000)).toBeUndefined();
    expect(watch.check(START_MS + 5_001)).toMatch(/5001 ms behind/);
    clock.advance(1);
    expect(watch.check(START_MS + 5_001)).toBeUndefined();
  });

  it.each([3_600_000, 1_001, -1_001, -3_600_000])('distrusts it for a minute after a jump by %i ms', (jumpMs) => {
    const clock = manualClock(START_MS);
    const watch = new ClockWatch(clock);
    clock.setWall(START_MS + jumpMs);
    expect(watch.check(0)).toMatch(`jumped by ${jumpMs} ms`);
    clock.advance(59_999);
    expect(watch.check(0)).toBeDefined();
    clock.advance(1);
    expect(watch.check(0)).toBeUndefined();
  });

  it('takes clocks that drift apart slowly for what they are', () => {
    const clock = manualClock(START_MS);
    const watch = new ClockWatch(clock);
    for (let second = 0; second < 10_000; second += 1) {
      clock.advance(1_000);
      clock.setWall(clock.now() + (second % 2));
      expect(watch.check(0)).toBeUndefined();
    }
  });
});
