import type { LedgerEvent } from '@fleetbook/domain';
import { type Bookmark, type EventLog, type Position, verifyCommit } from '@fleetbook/event-log';
import type { CommitIndex } from './commit-index.ts';
import { RecentCommits } from './recent-commits.ts';

export interface DecisionReaderOptions {
  readonly log: EventLog;
  readonly commits: CommitIndex;
  /** How much of the newest commits is kept in memory: repeats mostly come soon. */
  readonly recentBytes: number;
}

/** Reads durable decisions back: from memory while they are recent, else from the log. */
export class DecisionReader {
  readonly #log: EventLog;
  readonly #commits: CommitIndex;
  readonly #recent: RecentCommits;
  /** Of the commit looked at last: its commands are mostly repeated together. */
  #lastEvents: readonly LedgerEvent[] = [];
  #lastRead: Promise<unknown> = Promise.resolve();

  constructor({ log, commits, recentBytes }: DecisionReaderOptions) {
    this.#log = log;
    this.#commits = commits;
    this.#recent = new RecentCommits(recentBytes);
  }

  /** Keeps a commit that is durable. */
  keep(firstNumber: number, position: Position, stored: Uint8Array): void {
    this.#recent.keep(firstNumber, position, stored);
  }

  /**
   * The events of the durable decision whose first event is `number`; undefined when it has been forgotten.
   * Throws LogDamageError or LogUnavailableError.
   */
  async read(number: number): Promise<readonly LedgerEvent[] | undefined> {
    const after = this.#commits.before(number);
    if (after === undefined) {
      return undefined;
    }
    const events = this.#remembered(after);
    if (events !== undefined) {
      return decisionIn(events, number);
    }
    // One at a time: a storm of late repeats must not become a storm of readers on the log. After a change of writers
    // the repeats are of a few commits, so whoever waited looks first whether its commit has been read meanwhile.
    const read = this.#lastRead.then(() => this.#remembered(after) ?? this.#readFromLog(after));
    this.#lastRead = read.catch(() => undefined);
    return decisionIn(await read, number);
  }

  /** The events of the commit after `after`, if it is in memory. */
  #remembered(after: Bookmark): readonly LedgerEvent[] | undefined {
    const first = after.number + 1;
    if (this.#lastEvents[0]?.number === first) {
      return this.#lastEvents;
    }
    const recent = this.#recent.find(first);
    if (recent === undefined) {
      return undefined;
    }
    this.#lastEvents = verifyCommit(recent.stored, after, recent.position).events;
    return this.#lastEvents;
  }

  async #readFromLog(after: Bookmark): Promise<readonly LedgerEvent[]> {
    for await (const [commit] of this.#log.read(after, after.number + 1)) {
      if (commit !== undefined) {
        const { firstNumber, text, events, bookmark } = commit;
        this.keep(firstNumber, bookmark.position, Buffer.from(text));
        this.#lastEvents = events;
        return events;
      }
    }
    return [];
  }
}

function decisionIn(events: readonly LedgerEvent[], number: number): readonly LedgerEvent[] | undefined {
  const start = events.findIndex((event) => event.number === number);
  const count = events[start]?.count;
  return count === undefined ? undefined : events.slice(start, start + count);
}
