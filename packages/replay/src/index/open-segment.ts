import type { Change, Instance, LedgerEvent, Move } from '@fleetbook/domain';
import type { Bookmark, Commit } from '@fleetbook/event-log';
import { nameChange, nameSubjects, type Subjects } from '@fleetbook/projector/past';
import type { Block } from './blocks.ts';
import { type ClassRange, ClassSums } from './class-sums.ts';
import { keyOf } from './keys.ts';
import { PositionNotes, type PositionTable } from './positions.ts';
import type { Finished, LeanState } from './state.ts';
import { touchOf } from './touches.ts';

/** A record that has left the state, and the event that made it what it stays. */
export interface FinishedRow<Entry> {
  readonly number: number;
  readonly record: Entry;
}

/** Stretch of commits, with where a reader stands before its first. */
export interface CommitBlock extends Block {
  readonly after: Bookmark;
}

/** A commit as it is stored, to be read again when somebody asks: its events would be a great deal to keep. */
export interface NotedCommit {
  readonly stored: string;
  /** Where a reader stands before and after it. */
  readonly after: Bookmark;
  readonly bookmark: Bookmark;
  /** Times of its first and last event, epoch milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** The newest stretch of the log, in memory until it is long enough to be sealed. */
export class OpenSegment {
  readonly after: Bookmark;
  readonly commits: NotedCommit[] = [];
  /** Of each event as JSON. */
  readonly touches: string[] = [];
  readonly ended: FinishedRow<Instance>[] = [];
  readonly closed: FinishedRow<Move>[] = [];
  readonly #entities: PositionNotes;
  readonly #commands: PositionNotes;
  readonly #sums: ClassSums;

  /** @param classesBefore of the segment before it. */
  constructor(after: Bookmark, classesBefore: readonly ClassRange[] = []) {
    this.after = after;
    this.#entities = new PositionNotes(after.number + 1, after.hash);
    this.#commands = new PositionNotes(after.number + 1, after.hash);
    this.#sums = new ClassSums(classesBefore);
  }

  get classes(): readonly ClassRange[] {
    return this.#sums.ranges();
  }

  /** Where a reader stands after the last commit. */
  get end(): Bookmark {
    return this.commits.at(-1)?.bookmark ?? this.after;
  }

  get entities(): PositionTable & Pick<PositionNotes, 'encode'> {
    return this.#entities;
  }

  get commands(): PositionTable & Pick<PositionNotes, 'encode'> {
    return this.#commands;
  }

  /** Folds a commit into the state and notes what it is about. */
  add(commit: Commit, state: LeanState): void {
    // Subjects are named with the whole commit folded, as the live projection does.
    const folded = commit.events.map((event) => ({ event, changes: state.apply(event) }));
    for (const { event, changes } of folded) {
      this.#addEvent(event, changes, state);
    }
    for (const { event, changes } of folded) {
      this.#addFinished(event.number, state.prune(changes));
    }
    const { text: stored, bookmark, events } = commit;
    const [firstAt, lastAt] = [events[0]?.at ?? 0, events.at(-1)?.at ?? 0];
    this.commits.push({ stored, after: this.end, bookmark, firstAt, lastAt });
  }

  #addEvent(event: LedgerEvent, changes: readonly Change[], { ledger }: LeanState): void {
    const { number } = event;
    const subjects: Subjects = {
      node: (id) => void (ledger.nodes.has(id) && this.#entities.add(keyOf.node(id), number)),
      instance: (id) => this.#entities.add(keyOf.instance(id), number),
      move: (id) => void (ledger.moves.has(id) && this.#entities.add(keyOf.move(id), number)),
    };
    this.#entities.add(keyOf.type(event.type), number);
    if (event.type === 'CommandRejected') {
      this.#entities.add(keyOf.refusal(event.data.code), number);
    }
    nameSubjects(event, ledger.moves, subjects);
    for (const change of changes) {
      nameChange(change, subjects);
    }
    const touch = touchOf(changes, (id) => this.#entities.add(keyOf.provider(id), number), this.#sums);
    this.touches.push(JSON.stringify(touch));
    if (event.command !== undefined) {
      this.#commands.add(event.commandId, number);
    }
  }

  #addFinished(number: number, { ended, closed }: Finished): void {
    for (const record of ended) {
      this.#entities.add(keyOf.ended(record.id), number);
      this.ended.push({ number, record });
    }
    for (const record of closed) {
      this.#entities.add(keyOf.closed(record.id), number);
      this.closed.push({ number, record });
    }
  }
}
