/** Runs tasks later. Tests and simulations bring their own. */
export interface Timers {
  /** Returns the function that cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Calls `task` once, when the messages that have already arrived have been taken in. */
  soon(task: () => void): void;
}

export const systemTimers: Timers = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (task) => void setImmediate(task),
};

/** Lets waiting messages be answered before the work goes on. */
export function yieldToMessages(timers: Pick<Timers, 'soon'>): Promise<void> {
  return new Promise((resolve) => timers.soon(resolve));
}
