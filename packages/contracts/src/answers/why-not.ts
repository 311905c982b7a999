import type { BrokenRule, ChargeLine } from '@fleetbook/domain';
import type { Candidate, NodeReason, ReasonCount } from './answers.ts';
import type { HolderView } from './past.ts';

/** How much of what is asked for one provider could take, each class by itself. */
export interface PossibleAmount {
  /** Empty for the default group. */
  readonly group: string;
  readonly class: string;
  readonly requested: number;
  /** At most what is requested, within the inventory's own limits; 0 when nothing would fit. */
  readonly possible: number;
}

/** Traits that keep a group of a request from a node. */
export interface TraitFault {
  /** Empty for the default group, which needs its traits somewhere on the node. */
  readonly group: string;
  /** Of a named group: the one that comes nearest. */
  readonly provider?: string;
  /** Of each list at least one is needed, and none is there. */
  readonly missing: readonly (readonly string[])[];
  /** Those that are there and must not be. */
  readonly forbidden: readonly string[];
}

/** What one owner holds on the node; freeing it frees all of its lines. */
export interface ReleaseView extends Pick<HolderView, 'instance' | 'tenant' | 'claimId' | 'moveId' | 'side' | 'state'> {
  readonly charge: readonly ChargeLine[];
}

export interface WhyNotAnswer {
  readonly node: string;
  /** A claim for the request would be accepted. */
  readonly fits: boolean;
  /** What it would be charged, where the node has the room; also while the node is closed. */
  readonly charge?: readonly ChargeLine[];
  /** Why it would be refused: the first rule in precedence. */
  readonly reason?: NodeReason;
  /** Present when the node takes no claims at all, whatever is asked for. */
  readonly closed?: NodeReason;
  /** As in a refusal, and of a group that breaks one those that its other classes break by themselves. */
  readonly rules: readonly BrokenRule[];
  /** Empty when it fits, or when traits are not in the way. */
  readonly traits: readonly TraitFault[];
  readonly possible: readonly PossibleAmount[];
  /**
   * Owners whose release would make room: as few as were found, none of them could be left out. Empty when it fits,
   * or when no release helps.
   */
  readonly releases: readonly ReleaseView[];
  /** The best other nodes that would take it, at most three. */
  readonly elsewhere: readonly Candidate[];
  /** Over the whole cell when there is none; empty otherwise. */
  readonly reasons: readonly ReasonCount[];
  /** False when a work limit ended the search for releases or other nodes. */
  readonly isComplete: boolean;
}
