/** Waiting, as a port: tests and simulations bring their own. */
export interface Timers {
  /** Calls `task` once after `delayMs`; the function given back cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Calls `task` once, when the input that has already arrived has been taken in. */
  soon(task: () => void): void;
}

export const systemTimers: Timers = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
  soon: (task) => void setImmediate(task),
};

/** Resolves after `delayMs`; see `Nap` for a sleep that can be ended early. */
export function rest(timers: Pick<Timers, 'after'>, delayMs: number): Promise<void> {
  return new Promise((resolve) => void timers.after(delayMs, resolve));
}

/** Lets waiting messages be answered before the work goes on. */
export function yieldToMessages(timers: Pick<Timers, 'soon'>): Promise<void> {
  return new Promise((resolve) => timers.soon(resolve));
}
