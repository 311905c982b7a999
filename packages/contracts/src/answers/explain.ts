import type { BrokenRule, EventType, LedgerEvent, RejectionDetails } from '@fleetbook/domain';
import type { PastFacts } from '../replies/replies.ts';
import type { OtherDecision } from './other-decision.ts';
import type { ClaimStand, HolderView, MoveStand, NodeStand } from './past.ts';

/** What a node had of a class just before the decision: sums over its providers. */
export interface ExplainedClass {
  readonly class: string;
  /** What the command asks for; absent where it asks for nothing. */
  readonly requested?: number;
  readonly capacity: number;
  readonly charged: number;
  readonly headroom: number;
  /** The most that one provider could still give. */
  readonly largestFree: number;
}

export interface ExplainedNode {
  readonly node: string;
  /** Absent: the ledger did not know the node. */
  readonly stand?: NodeStand;
  readonly classes: readonly ExplainedClass[];
}

export interface ExplainedInstance {
  readonly instance: string;
  readonly status: 'none' | 'held' | 'offloaded' | 'ended';
  readonly stand?: ClaimStand;
}

export interface ExplainedMove {
  readonly moveId: string;
  /** Absent: the ledger did not know the move. */
  readonly stand?: MoveStand;
}

/** The recorded command judged again on the state just before it. */
export interface SecondJudgement {
  /** Whether it comes to what is recorded; absent where nothing was judged: the writer itself decided. */
  readonly agrees?: boolean;
  readonly outcome?: 'accepted' | 'refused' | 'unchanged';
  readonly code?: string;
  readonly details?: RejectionDetails;
}

export type LinkRelation = 'ledger' | 'node' | 'instance' | 'move' | 'holder' | 'cause' | 'refusal';

/** An event that led to the decision, or followed from it. */
export interface ExplainedLink {
  readonly number: number;
  readonly at: number;
  readonly type: EventType;
  readonly commandId: string;
  readonly actor: LedgerEvent['actor'];
  /** Of a refusal. */
  readonly code?: string;
  readonly relation: LinkRelation;
  /** Id of the node, instance, move or command through which it is linked; the cell for `ledger`. */
  readonly of: string;
}

/** What the writer decided because time had passed. */
export interface TimeRule {
  /**
   * A claim was not confirmed within its time to live, a finished move not within the window of the cell's policy, or a
   * node reported no inventory for three intervals.
   */
  readonly rule: 'time-to-live' | 'auto-confirm' | 'silence';
  readonly limitMs: number;
  /** When it began, epoch milliseconds. Absent for silence: of a report that changed nothing the log says nothing. */
  readonly since?: number;
}

export interface ExplainAnswer {
  /** `own`: the writer decided it by itself, for a time that had passed or to found or take over the ledger. */
  readonly outcome: 'accepted' | 'refused' | 'own';
  /** All of the decision; the first carries the command, where one caused it. */
  readonly events: readonly LedgerEvent[];
  /** Decisions on commands of other actors with the same id, oldest first; absent when there are none. */
  readonly others?: readonly OtherDecision[];
  /** The state it was judged on: that of the decision before. Absent where that is not there. */
  readonly judgedOn?: PastFacts;
  /** Of a refusal: the rule that decided. */
  readonly refusal?: { readonly code: string; readonly message: string; readonly about: string };
  /** Of the writer's own decision, where time was its reason. */
  readonly time?: TimeRule;
  /** Of a refusal for want of room: what is short, rule by rule. */
  readonly rules: readonly BrokenRule[];
  readonly again: SecondJudgement;
  readonly nodes: readonly ExplainedNode[];
  readonly instances: readonly ExplainedInstance[];
  readonly moves: readonly ExplainedMove[];
  /** Who held what was short or in the way, the first 100 lines by instance. */
  readonly holders: readonly (HolderView & { readonly node: string })[];
  /** Oldest first, back to the first event. */
  readonly causes: readonly ExplainedLink[];
  /** What came of it up to the instant of the answer, oldest first. */
  readonly consequences: readonly ExplainedLink[];
  /** Whether these are all; each subject's chain is cut in its middle or end beyond 50 events. */
  readonly isComplete: boolean;
}
