import { MAX_EVENT_BYTES_PER_COMMIT, MAX_EVENTS_PER_COMMIT } from '@fleetbook/event-log';
import type { PendingDecision } from './pending-decision.ts';

/** Decisions gathered for one commit, and what waits for its acknowledgement without being in it. */
export class OpenCommit {
  readonly decisions: PendingDecision[] = [];
  readonly eventTexts: string[] = [];
  /** Run once the commit is acknowledged, or, if it stays empty, once office is proved otherwise. */
  readonly proofTasks: (() => void)[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.eventTexts.length === 0;
  }

  get isFull(): boolean {
    return this.eventTexts.length >= MAX_EVENTS_PER_COMMIT || this.#bytes >= MAX_EVENT_BYTES_PER_COMMIT;
  }

  hasRoomFor(decision: PendingDecision): boolean {
    return (
      this.eventTexts.length + decision.eventTexts.length <= MAX_EVENTS_PER_COMMIT &&
      this.#bytes + decision.eventBytes <= MAX_EVENT_BYTES_PER_COMMIT
    );
  }

  add(decision: PendingDecision): void {
    this.decisions.push(decision);
    for (const text of decision.eventTexts) {
      this.eventTexts.push(text);
    }
    this.#bytes += decision.eventBytes;
  }
}
