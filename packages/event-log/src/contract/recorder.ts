import type { Bookmark, Commit, EventLog, Subscription } from '../port.ts';

/** What a subscription handed on, to be waited for. */
export interface Recorder {
  readonly commits: Commit[];
  /** Resolves once `count` commits have come; rejects if the subscription ends before. */
  received(count: number): Promise<void>;
  /** Resolves with the cause once the subscription has ended. */
  readonly ended: Promise<Error>;
  readonly subscription: Subscription;
}

export async function record(
  log: EventLog,
  after: Bookmark,
  onCommits: (commits: readonly Commit[]) => void = () => {},
): Promise<Recorder> {
  const commits: Commit[] = [];
  const waiters = new Set<() => void>();
  const end = Promise.withResolvers<Error>();
  const subscription = await log.subscribe(after, {
    onCommits(batch) {
      commits.push(...batch);
      onCommits(batch);
      for (const waiter of waiters) {
        waiter();
      }
    },
    onEnd: end.resolve,
  });

  async function received(count: number): Promise<void> {
    const arrival = Promise.withResolvers<void>();
    const check = () => commits.length >= count && arrival.resolve();
    waiters.add(check);
    check();
    const failure = end.promise.then((cause) => {
      throw new Error(`the subscription ended after ${commits.length} commits`, { cause });
    });
    await Promise.race([arrival.promise, failure]).finally(() => waiters.delete(check));
  }

  return { commits, received, ended: end.promise, subscription };
}

export async function readAll(log: EventLog, after: Bookmark): Promise<Commit[]> {
  const commits: Commit[] = [];
  for await (const batch of log.read(after)) {
    commits.push(...batch);
  }
  return commits;
}

/** What a reader got before it failed, and how it failed. */
export async function readUntilFailure(
  log: EventLog,
  after: Bookmark,
): Promise<{ readonly commits: readonly Commit[]; readonly failure: unknown }> {
  const commits: Commit[] = [];
  try {
    for await (const batch of log.read(after)) {
      commits.push(...batch);
    }
  } catch (failure) {
    return { commits, failure };
  }
  return { commits, failure: undefined };
}
