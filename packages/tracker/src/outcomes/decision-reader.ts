import type { LedgerEvent } from '@fleetbook/domain';
import { type Bookmark, type EventLog, type Position, verifyCommit } from '@fleetbook/event-log';
import type { CommitIndex } from './commit-index.ts';

interface RecentCommit {
  readonly firstNumber: number;
  readonly position: Position;
  readonly text: string;
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
  #lastRead: Promise<unknown> = Promise.resolve();
  #characters = 0;

  constructor({ log, commits, recentCharacters }: DecisionReaderOptions) {
    this.#log = log;
    this.#commits = commits;
    this.#recentCharacters = recentCharacters;
  }

  /** Keeps a commit of our own that has become durable. */
  keep(commit: RecentCommit): void {
    this.#recent.push(commit);
    this.#characters += commit.text.length;
    while (this.#characters > this.#recentCharacters || this.#recent.length > RECENT_COMMITS) {
      this.#characters -= this.#recent.shift()?.text.length ?? 0;
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
    const recent = this.#recent.findLast(({ firstNumber }) => firstNumber === after.number + 1);
    if (recent !== undefined) {
      return decisionIn(verifyCommit(recent.text, after, recent.position).events, number);
    }
    // One at a time: a storm of late repeats must not become a storm of readers on the log.
    const read = this.#lastRead.then(() => this.#readFromLog(after, number));
    this.#lastRead = read.catch(() => undefined);
    return read;
  }

  async #readFromLog(after: Bookmark, number: number): Promise<readonly LedgerEvent[] | undefined> {
    for await (const [commit] of this.#log.read(after)) {
      return commit === undefined ? undefined : decisionIn(commit.events, number);
    }
    return undefined;
  }
}

function decisionIn(events: readonly LedgerEvent[], number: number): readonly LedgerEvent[] | undefined {
  const start = events.findIndex((event) => event.number === number);
  const count = events[start]?.count;
  return count === undefined ? undefined : events.slice(start, start + count);
}
