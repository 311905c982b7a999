import { describe, expect, it } from 'vitest';
import { Nap } from './nap.ts';

/** Time that goes on when it is told to. */
function handTimers() {
  const tasks = new Set<() => void>();
  return {
    tasks,
    after(_delayMs: number, task: () => void) {
      tasks.add(task);
      return () => void tasks.delete(task);
    },
  };
}

describe('a nap', () => {
  it('ends by itself when its time is over', async () => {
    const timers = handTimers();
    const sleeping = new Nap(timers).sleep(50);
    for (const task of timers.tasks) {
      task();
    }
    await expect(sleeping).resolves.toBeUndefined();
  });

  it('ends when woken, and leaves no timer behind', async () => {
    const timers = handTimers();
    const nap = new Nap(timers);
    nap.wake();
    const sleeping = nap.sleep(50);
    expect(timers.tasks.size).toBe(1);
    nap.wake();
    await expect(sleeping).resolves.toBeUndefined();
    expect(timers.tasks.size).toBe(0);
  });

  it('is not begun any more once it is ended for good', async () => {
    const timers = handTimers();
    const nap = new Nap(timers);
    const sleeping = nap.sleep(50);
    nap.end();
    await expect(sleeping).resolves.toBeUndefined();
    await expect(nap.sleep(50)).resolves.toBeUndefined();
    expect(timers.tasks.size).toBe(0);
  });
});
