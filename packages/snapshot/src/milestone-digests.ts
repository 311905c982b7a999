import type { EventData, LedgerEvent } from '@fleetbook/domain';
import { DIGEST_VERSION } from './format.ts';
import { MILESTONE_EVENTS, passesMilestone } from './milestones.ts';

/** A fold's own digest at a milestone. */
export interface MilestoneDigest {
  /** The last event folded there. */
  readonly upTo: number;
  readonly digest: string;
}

/** A checkpoint in the log that states another digest than the fold had. */
export interface Disagreement {
  readonly upTo: number;
  readonly ours: string;
  readonly theirs: string;
}

export interface MilestoneOptions {
  readonly strideEvents?: number;
  /** Where the fold begins, if that is at a milestone. */
  readonly start?: MilestoneDigest;
}

/** Calls back, now or later, with the digest that is true of the fold as it is at this call. */
export type TakeDigest = (onReady: (hex: string) => void) => void;

/** Gives the digest up that was taken last; false where it is being made. */
export type GiveUpDigest = () => boolean;

/** Checkpoints follow their milestones closely; a log without any must not fill the memory. */
const MOST_DIGESTS = 64;

/**
 * The digests of a fold at its milestones, beside what the checkpoints in the log state of them. A checkpoint stands
 * behind its milestone in the log, and the digest may be known later than either, so that each waits for the other.
 */
export class MilestoneDigests {
  readonly #strideEvents: number;
  readonly #own = new Map<number, string>();
  readonly #stated = new Map<number, string>();
  /** The milestone whose digest is being made. */
  #awaited: number | undefined;
  #newestStated = 0;
  /** The checkpoints that were revoked since the fold began. */
  readonly revoked = new Set<number>();
  /** The newest checkpoint that the fold agrees with, 0 before one. */
  agreedUpTo = 0;
  /** The newest checkpoint that the fold does not agree with, unless it has been revoked. */
  disagreement: Disagreement | undefined;
  /** Called when a digest has become known or has been compared. */
  onChange = (): void => undefined;

  constructor({ strideEvents = MILESTONE_EVENTS, start }: MilestoneOptions = {}) {
    this.#strideEvents = strideEvents;
    if (start !== undefined && start.upTo > 0) {
      this.#own.set(start.upTo, start.digest);
    }
  }

  /** The newest digest of the fold's own that no checkpoint covers yet. */
  get unstated(): MilestoneDigest | undefined {
    let newest: MilestoneDigest | undefined;
    for (const [upTo, digest] of this.#own) {
      newest = upTo > this.#newestStated ? { upTo, digest } : newest;
    }
    return newest;
  }

  /** The fold has come from one event to another: the end of a commit, where every other fold stands as well. */
  moved(before: number, after: number, take: TakeDigest, giveUp?: GiveUpDigest): void {
    if (passesMilestone(before, after, this.#strideEvents)) {
      this.reached(after, take, giveUp);
    }
  }

  /**
   * The fold stands at a milestone. Where the digest of the one before is not made yet, one of the two is passed over:
   * that one if it can be given up, else this one. A later one covers what they would have.
   */
  reached(upTo: number, take: TakeDigest, giveUp: GiveUpDigest = () => false): void {
    if (this.#awaited !== undefined) {
      if (!giveUp()) {
        return;
      }
      this.#stated.delete(this.#awaited);
    }
    this.#awaited = upTo;
    take((digest) => {
      this.#awaited = undefined;
      this.#own.set(upTo, digest);
      forgetOldest(this.#own);
      this.#compare(upTo);
      this.onChange();
    });
  }

  /** To be told of every event that is folded. */
  note(event: LedgerEvent): void {
    if (event.type === 'Checkpoint') {
      this.#noteStated(event.data);
    } else if (event.command?.type === 'RevokeCheckpoint' && event.type === 'CheckpointRevoked') {
      this.#noteRevoked(event.command.upTo);
    }
  }

  #noteStated({ upTo, digestVersion, digest }: EventData['Checkpoint']): void {
    this.#newestStated = Math.max(this.#newestStated, upTo);
    if (digestVersion === DIGEST_VERSION && (this.#own.has(upTo) || this.#awaited === upTo)) {
      this.#stated.set(upTo, digest);
      this.#compare(upTo);
      this.onChange();
    }
  }

  #noteRevoked(upTo: number): void {
    this.#stated.delete(upTo);
    this.revoked.add(upTo);
    if (this.disagreement?.upTo === upTo) {
      this.disagreement = undefined;
    }
    this.onChange();
  }

  #compare(upTo: number): void {
    const ours = this.#own.get(upTo);
    const theirs = this.#stated.get(upTo);
    if (ours === undefined || theirs === undefined) {
      return;
    }
    this.#own.delete(upTo);
    this.#stated.delete(upTo);
    if (ours === theirs) {
      this.agreedUpTo = Math.max(this.agreedUpTo, upTo);
    } else {
      this.disagreement = { upTo, ours, theirs };
    }
  }
}

function forgetOldest(digests: Map<number, string>): void {
  for (const upTo of digests.keys()) {
    if (digests.size <= MOST_DIGESTS) {
      return;
    }
    digests.delete(upTo);
  }
}
