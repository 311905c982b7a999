import type { Bookmark, Commit, Position } from '../port.ts';
import { verifyCommit } from '../verify.ts';
import type { JetStreamContext } from './context.ts';
import { Session, type SessionEnd } from './session.ts';

export type Arrival =
  | { readonly kind: 'commits'; readonly commits: readonly Commit[] }
  | { readonly kind: 'end'; readonly end: SessionEnd };

/** Takes what a session pushes when its reader is ready for it. */
export interface Intake {
  take(): Promise<Arrival>;
  close(): void;
}

/** Commits verified ahead of their reader: few, because what is parsed and waits is what costs memory. */
const FULL_AT_COMMITS = 4;

/** Throws LogUnavailableError if the server makes no consumer. */
export async function openIntake(context: JetStreamContext, after: Bookmark, last: Position): Promise<Intake> {
  const arrivals: Arrival[] = [];
  let wake: () => void = () => {};

  function put(arrival: Arrival): void {
    arrivals.push(arrival);
    wake();
  }

  const session = new Session(context, after, last, {
    verify: (stored, before, position) => verifyCommit(stored, before, position, context.decodeEvent),
    onCommit: (commit) => put({ kind: 'commits', commits: [commit] }),
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
