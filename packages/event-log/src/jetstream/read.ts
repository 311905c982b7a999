import { type Bookmark, type Commit, LogUnavailableError, type Position } from '../port.ts';
import type { JetStreamContext } from './context.ts';
import { examine } from './examine.ts';
import { Session, type SessionEnd } from './session.ts';
import { inspectStream } from './stream.ts';

type Arrival =
  | { readonly kind: 'commits'; readonly commits: readonly Commit[] }
  | { readonly kind: 'end'; readonly end: SessionEnd };

/** Takes what a session pushes when its reader is ready for it. */
interface Intake {
  take(): Promise<Arrival>;
  close(): void;
}

/** Commits verified ahead of their reader: few, because what is parsed and waits is what costs memory. */
const FULL_AT_COMMITS = 4;

/** All commits after `after` up to the end as of the call. */
export async function* readBatches(context: JetStreamContext, after: Bookmark): AsyncGenerator<readonly Commit[]> {
  const end = await inspectStream(context, after);
  let bookmark = after;
  while (bookmark.position < end) {
    const intake = await openIntake(context, bookmark, end);
    try {
      while (bookmark.position < end) {
        const arrival = await intake.take();
        const commits = arrival.kind === 'commits' ? arrival.commits : await afterEnd(context, bookmark, arrival.end);
        bookmark = commits.at(-1)?.bookmark ?? bookmark;
        yield commits;
        if (arrival.kind === 'end') {
          break;
        }
      }
    } finally {
      intake.close();
    }
  }
}

/** The commit that the session could not take, if the leader's copy of it is sound. */
async function afterEnd(context: JetStreamContext, bookmark: Bookmark, end: SessionEnd): Promise<readonly Commit[]> {
  switch (end.kind) {
    case 'failed':
      throw end.cause;
    case 'broken':
      throw new LogUnavailableError(`reading after position ${bookmark.position} broke off: ${end.reason}`);
    case 'suspect': {
      const commit = await examine(context, bookmark, end.cause);
      if (commit === undefined) {
        throw new LogUnavailableError('the log grew shorter while it was read', { cause: end.cause });
      }
      return [commit];
    }
  }
}

async function openIntake(context: JetStreamContext, after: Bookmark, last: Position): Promise<Intake> {
  const arrivals: Arrival[] = [];
  let wake: () => void = () => {};

  function put(arrival: Arrival): void {
    arrivals.push(arrival);
    wake();
  }

  const session = new Session(context, after, last, {
    onCommits: (commits) => put({ kind: 'commits', commits }),
    onEnd: (end) => put({ kind: 'end', end }),
    isFull: () => arrivals.length >= FULL_AT_COMMITS,
  });
  await session.start();
  return {
    async take() {
      for (;;) {
        const arrival = arrivals.shift();
        if (arrival !== undefined) {
          session.resume();
          return arrival;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    close: () => session.close(),
  };
}
