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
