import { expect, it } from 'vitest';
import { watchLoop } from './loop-watch.ts';
import type { Timers } from './ports/timers.ts';
import { manualClock } from './testing/index.ts';

function watched() {
  const clock = manualClock();
  let beat = (): void => undefined;
  const timers: Timers = {
    after: (_delayMs, task) => {
      beat = task;
      return () => {
        beat = () => undefined;
      };
    },
    soon: (task) => task(),
  };
  const loop = watchLoop({ clock, timers });
  const passMs = (durationMs: number): void => {
    clock.advance(durationMs);
    beat();
  };
  const turnFor = (durationMs: number): void => {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 250) {
      passMs(250);
    }
  };
  return { loop, passMs, turnFor };
}

it.each([
  [300, 'green'],
  [2_000, 'yellow'],
  [9_000, 'red'],
])('a loop that stood still for %d ms is %s for a minute, and green again after it', (stillMs, status) => {
  const { loop, passMs, turnFor } = watched();
  turnFor(1_000);
  expect(loop.check().status).toBe('green');
  passMs(250 + stillMs);
  expect(loop.check().status).toBe(status);
  turnFor(30_000);
  expect(loop.check().status).toBe(status);
  turnFor(31_000);
  expect(loop.check()).toEqual({ name: 'event loop', status: 'green' });
});

it('remembers a standstill for a minute although there was a longer one before it', () => {
  const { loop, passMs, turnFor } = watched();
  passMs(250 + 15_000);
  turnFor(40_000);
  passMs(250 + 7_000);
  turnFor(15_000);
  const reason = 'the process stood still for 7000 ms within the last minute';
  expect(loop.check()).toEqual({ name: 'event loop', status: 'red', reason });
  turnFor(46_000);
  expect(loop.check().status).toBe('green');
});
