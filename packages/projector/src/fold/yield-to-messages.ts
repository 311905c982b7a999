import type { Timers } from '@fleetbook/operations';

/** Lets waiting messages be answered before the work goes on. */
export function yieldToMessages(timers: Pick<Timers, 'soon'>): Promise<void> {
  return new Promise((resolve) => timers.soon(resolve));
}
