import type { Commit, SubscriptionHandler } from '../port.ts';
import type { MemoryStore } from './memory-store.ts';

/**
 * Hands on what `nextBatch` gives whenever the store changes, until it gives nothing more.
 * A throw of `nextBatch` or of the handler ends it. Returns the function that stops it.
 */
export function followStore(
  store: MemoryStore,
  schedule: (task: () => void) => void,
  handler: SubscriptionHandler,
  nextBatch: () => readonly Commit[],
): () => void {
  let isStopped = false;
  let isScheduled = false;

  function stop(): void {
    isStopped = true;
    store.watchers.delete(wake);
  }

  function wake(): void {
    if (!isScheduled && !isStopped) {
      isScheduled = true;
      schedule(deliver);
    }
  }

  function deliver(): void {
    isScheduled = false;
    if (isStopped || !store.isAvailable) {
      return;
    }
    try {
      const batch = nextBatch();
      if (batch.length > 0) {
        handler.onCommits(batch);
        wake();
      }
    } catch (error) {
      stop();
      handler.onEnd(error instanceof Error ? error : new Error(String(error)));
    }
  }

  store.watchers.add(wake);
  wake();
  return stop;
}
