import type { EventType, RejectionDetails } from '@fleetbook/domain';
import type { DiffAnswer } from './past.ts';

/** A decision that comes out otherwise. */
export interface Divergence {
  /** Of its first event, as recorded. */
  readonly number: number;
  readonly at: number;
  readonly commandId: string;
  /** Of its command; absent for what the writer decides by itself. */
  readonly command?: string;
  /** What is recorded; `code` of a refusal. */
  readonly recorded: { readonly types: readonly EventType[]; readonly code?: string };
  /** What it comes to instead; `none`: it does not happen. */
  readonly instead: {
    readonly outcome: 'accepted' | 'refused' | 'unchanged' | 'none';
    readonly types?: readonly EventType[];
    readonly code?: string;
    readonly details?: RejectionDetails;
  };
}

export interface InsertedOutcome {
  readonly commandId: string;
  readonly types: readonly EventType[];
  /** The event at which the very same command was decided before: it is answered with that, and nothing happens. */
  readonly repeats?: number;
}

export interface WhatIfAnswer {
  readonly changed: 'drop' | 'insert' | 'policies';
  /** What the inserted command came to. */
  readonly inserted?: InsertedOutcome;
  /** How many decisions of the range were decided again. */
  readonly decisions: number;
  /** How many came out otherwise. */
  readonly diverged: number;
  /** The first ones, oldest first. */
  readonly divergences: readonly Divergence[];
  /** From what is recorded to what would have been, both at the end of the range. */
  readonly diff: DiffAnswer;
}
