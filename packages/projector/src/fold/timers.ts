/** Runs tasks later. Tests pass their own to decide when. */
export interface Timers {
  /** Returns the function that cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

export const systemTimers: Timers = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Lets waiting messages be answered before the work goes on. */
export function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
