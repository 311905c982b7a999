import {
  type Bookmark,
  type EncodedCommit,
  type EventLog,
  encodeCommit,
  type LogDamageError,
  type LogRefusedError,
  type Position,
} from '@fleetbook/event-log';
import type { Ids } from '@fleetbook/operations';
import { passesMilestone } from '@fleetbook/snapshot';
import { OpenCommit } from './open-commit.ts';
import type { PendingDecision } from './pending-decision.ts';
import type { SettledAppend } from './settle-append.ts';

/** Why a pipeline ended by itself. What was in it is answered by nobody. */
export type PipelineEnd =
  /** Another writer's commit is in the log. */
  | { readonly reason: 'deposed' }
  | { readonly reason: 'went-back'; readonly end: Position }
  | { readonly reason: 'damaged'; readonly cause: LogDamageError }
  /** The log will never take what has been decided. */
  | { readonly reason: 'refused'; readonly cause: LogRefusedError }
  /** The state disagrees with a checkpoint: it is to be folded again. */
  | { readonly reason: 'doubted' }
  /** A bug: something threw that must not. */
  | { readonly reason: 'failed'; readonly cause: unknown };

export interface DurableCommit {
  readonly commit: EncodedCommit;
  readonly bookmark: Bookmark;
  readonly decisions: readonly PendingDecision[];
}

export interface CommitPipelineOptions {
  /** The end of the log as folded, with this writer's own election in it. */
  readonly bookmark: Bookmark;
  readonly ids: Ids;
  /** Tasks that may wait for the next proof of office before the pipeline is full. */
  readonly proofLimit: number;
  /** One append, tried until its outcome is known. */
  readonly settle: (expected: Position, commit: EncodedCommit) => Promise<SettledAppend>;
  /** The log's end from its leader, tried until it answers; rejects only when the pipeline is stopped. */
  readonly askEnd: () => ReturnType<EventLog['end']>;
  /** A commit ends with the decision that comes to a milestone, or past one. */
  readonly milestoneEvents: number;
  /** Called when such a decision has been added, and nothing after it. */
  readonly onMilestone: () => void;
  /** Called when the next append is already under way. */
  readonly onDurable: (durable: DurableCommit) => void;
  /** Called after an acknowledgement or proof has been dealt with: there is room for more. */
  readonly onRoom: () => void;
  readonly onEnd: (end: PipelineEnd) => void;
}

/**
 * Group commit: decisions gather in an open commit while the previous one is on its way. One request to the log is in
 * flight at a time: an append, or, when there is nothing to append, a question for the log's end that proves office.
 */
export class CommitPipeline {
  readonly #options: CommitPipelineOptions;
  readonly #sealed: OpenCommit[] = [];
  #open = new OpenCommit();
  #inFlight: OpenCommit | undefined;
  #bookmark: Bookmark;
  #isStopped = false;

  constructor(options: CommitPipelineOptions) {
    this.#options = options;
    this.#bookmark = options.bookmark;
  }

  /** The end of what is durable. */
  get bookmark(): Bookmark {
    return this.#bookmark;
  }

  /** While true, further decisions would only wait: leave the commands undecided. */
  get isFull(): boolean {
    return this.#sealed.length > 0 || this.#open.isFull || this.#open.proofTasks.length >= this.#options.proofLimit;
  }

  get isIdle(): boolean {
    return this.#inFlight === undefined && this.#sealed.length === 0 && isSpent(this.#open);
  }

  add(decision: PendingDecision): void {
    if (!this.#open.hasRoomFor(decision)) {
      this.#sealed.push(this.#open);
      this.#open = new OpenCommit();
    }
    this.#open.add(decision);
    const { number } = decision.events[0];
    if (passesMilestone(number - 1, number - 1 + decision.events.length, this.#options.milestoneEvents)) {
      this.#sealed.push(this.#open);
      this.#open = new OpenCommit();
      this.#options.onMilestone();
    }
  }

  /**
   * Runs `task` once everything added so far is durable and the log has acknowledged something sent after this call:
   * then nobody else was in office when the question behind `task` arrived.
   */
  whenProven(task: () => void): void {
    this.#open.proofTasks.push(task);
  }

  /** The decision not yet durable whose first event is `number`. */
  pending(number: number): PendingDecision | undefined {
    const commits = [this.#open, ...this.#sealed, ...(this.#inFlight === undefined ? [] : [this.#inFlight])];
    for (const { decisions } of commits) {
      const found = decisions.find(({ events }) => events[0].number === number);
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  }

  /** Starts what there is to start, if nothing is in flight. */
  flush(): void {
    if (this.#inFlight !== undefined || this.#isStopped) {
      return;
    }
    const next = this.#sealed.shift() ?? this.#open;
    if (isSpent(next)) {
      return;
    }
    if (next === this.#open) {
      this.#open = new OpenCommit();
    }
    this.#inFlight = next;
    const request = next.isEmpty ? this.#prove(next) : this.#append(next);
    request.catch((cause: unknown) => this.#end({ reason: 'failed', cause }));
  }

  /** Starts nothing more and runs nothing that waits; an append in flight may still reach the log. */
  stop(): void {
    this.#isStopped = true;
  }

  async #append(open: OpenCommit): Promise<void> {
    const { number, hash, epoch, position } = this.#bookmark;
    const header = { commitId: this.#options.ids.next(), epoch, firstNumber: number + 1, previousHash: hash };
    const commit = encodeCommit(header, open.eventTexts);
    const settled = await this.#options.settle(position, commit);
    if (this.#isStopped) {
      return;
    }
    switch (settled.status) {
      case 'appended':
        this.#acknowledge(open, commit, settled.position);
        return;
      case 'conflict':
        this.#end({ reason: 'deposed' });
        return;
      case 'went-back':
        this.#end({ reason: 'went-back', end: settled.end });
        return;
      case 'damaged':
        this.#end({ reason: 'damaged', cause: settled.cause });
        return;
      case 'refused':
        this.#end({ reason: 'refused', cause: settled.cause });
        return;
      case 'abandoned':
        this.#isStopped = true;
        return;
    }
  }

  #acknowledge(open: OpenCommit, commit: EncodedCommit, position: Position): void {
    const number = this.#bookmark.number + open.eventTexts.length;
    const bookmark = { position, number, hash: commit.hash, epoch: commit.epoch };
    this.#bookmark = bookmark;
    this.#inFlight = undefined;
    this.flush();
    this.#options.onDurable({ commit, bookmark, decisions: open.decisions });
    this.#finish(open);
  }

  async #prove(open: OpenCommit): Promise<void> {
    const end = await this.#options.askEnd();
    if (this.#isStopped) {
      return;
    }
    if (end !== this.#bookmark.position) {
      this.#end({ reason: 'deposed' });
      return;
    }
    this.#inFlight = undefined;
    this.flush();
    this.#finish(open);
  }

  #finish(open: OpenCommit): void {
    for (const task of open.proofTasks) {
      task();
    }
    this.#options.onRoom();
  }

  #end(end: PipelineEnd): void {
    if (!this.#isStopped) {
      this.#isStopped = true;
      this.#options.onEnd(end);
    }
  }
}

function isSpent(open: OpenCommit): boolean {
  return open.isEmpty && open.proofTasks.length === 0;
}
