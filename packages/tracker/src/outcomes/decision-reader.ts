import type { LedgerEvent } from '@fleetbook/domain';
import { type Bookmark, type EventLog, type Position, verifyCommit } from '@fleetbook/event-log';
import type { CommitIndex } from './commit-index.ts';

interface RecentCommit {
  readonly firstNumber: number;
  readonly position: Position;
  readonly stored: Uint8Array | string;
}

/** However little text they have: taking the oldest away costs time that grows with their number. */
const RECENT_COMMITS = 4_096;

export interface DecisionReaderOptions {
  readonly log: EventLog;
  readonly commits: CommitIndex;
  /** How much text of the newest commits is kept in memory: repeats mostly come soon. */
  readonly recentCharacters: number;
}

/** Reads durable decisions back: from memory while they are recent, else from the log. */
export class DecisionReader {
  readonly #log: EventLog;
  readonly #commits: CommitIndex;
  readonly #recentCharacters: number;
  readonly #recent: RecentCommit[] = [];
  /** Of the commit looked at last: its commands are mostly repeated together. */
  #lastEvents: readonly LedgerEvent[] = [];
  #lastRead: Promise<unknown> = Promise.resolve();
  #characters = 0;

  constructor({ log, commits, recentCharacters }: DecisionReaderOptions) {
    this.#log = log;
    this.#commits = commits;
    this.#recentCharacters = recentCharacters;
  }

  /** Keeps a commit that is durable. */
  keep(commit: RecentCommit): void {
    this.#recent.push(commit);
    this.#characters += commit.stored.length;
    while (this.#characters > this.#recentCharacters || this.#recent.length > RECENT_COMMITS) {
      this.#characters -= this.#recent.shift()?.stored.length ?? 0;
    }
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
    const recent = this.#recent.findLast(({ firstNumber }) => firstNumber === first);
    if (recent === undefined) {
      return undefined;
    }
    this.#lastEvents = verifyCommit(recent.stored, after, recent.position).events;
    return this.#lastEvents;
  }

  async #readFromLog(after: Bookmark): Promise<readonly LedgerEvent[]> {
    for await (const [commit] of this.#log.read(after)) {
      if (commit !== undefined) {
        const { firstNumber, text, events, bookmark } = commit;
        this.keep({ firstNumber, position: bookmark.position, stored: text });
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
