import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { fail, type Result, succeed } from '@fleetbook/domain';
import {
  asPosition,
  type Bookmark,
  type Commit,
  damageError,
  type EventLog,
  LogDamageError,
  LogRefusedError,
  LogUnavailableError,
  ORIGIN,
  verifyCommit,
} from '@fleetbook/event-log';
import type { BundleBody } from './bundle-file.ts';

export interface BundleLog {
  readonly log: EventLog;
  /** All of its commits, that of the state before them too. */
  readonly commits: readonly Commit[];
}

/** The log of a bundle: nothing can be appended to it. Every commit is verified here, as a reader of a log does. */
export function createBundleLog({ start, commits: texts }: BundleBody): Result<BundleLog, FleetbookError> {
  const commits: Commit[] = [];
  let bookmark: Bookmark = start === undefined ? ORIGIN : { ...start.previous, position: ORIGIN.position };
  try {
    for (const [place, text] of texts.entries()) {
      const commit = verifyCommit(text, bookmark, asPosition(place + 1));
      commits.push(commit);
      bookmark = commit.bookmark;
    }
  } catch (error) {
    if (error instanceof LogDamageError) {
      return fail(damageError(error));
    }
    throw error;
  }
  const [first] = commits;
  if (first === undefined || (start !== undefined && first.hash !== start.end.hash)) {
    return fail(
      fleetbookError('BUNDLE_DAMAGED', { file: 'opened', reason: 'its state is not that of its first commit' }),
    );
  }
  return succeed({ log: logOf(commits, first, start === undefined ? 1 : start.end.number + 1), commits });
}

/** @param from the first event after the state */
function logOf(commits: readonly Commit[], first: Commit, from: number): EventLog {
  return {
    adapter: 'memory',
    durability: 'unverified',
    append: async () => {
      throw new LogRefusedError('an incident file is only read');
    },
    async *read(after) {
      if (after.number < first.firstNumber - 1) {
        throw new LogUnavailableError(`the file begins with event ${from}`);
      }
      const rest = commits.filter(({ firstNumber }) => firstNumber > after.number);
      if (rest.length > 0) {
        yield rest;
      }
    },
    subscribe: async () => {
      throw new LogUnavailableError('nothing is appended to an incident file');
    },
    end: async () => asPosition(commits.length),
    close: async () => undefined,
  };
}
