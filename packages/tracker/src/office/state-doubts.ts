import type { HealthCheck } from '@fleetbook/contracts';
import type { Logger } from '@fleetbook/operations';
import type { Disagreement, MilestoneDigests } from '@fleetbook/snapshot';

/**
 * What this process thinks of its state and of the checkpoints in the log, over all states that it has had. A state
 * that disagrees with a checkpoint, or cannot go on from a snapshot, is dropped and folded again from the first event,
 * once: if that disagrees as well, it is the checkpoint that is suspect.
 */
export class StateDoubts {
  readonly #logger: Logger;
  /** Milestones for which a state has been dropped. */
  readonly #refoldedFor = new Set<number>();
  #suspect: Disagreement | undefined;
  /** The next state has to be folded from the first event. */
  isRefoldDue = false;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Whether the state with these digests is to be dropped. */
  doubts({ disagreement, revoked }: MilestoneDigests): boolean {
    if (this.#suspect !== undefined && revoked.has(this.#suspect.upTo)) {
      this.#logger.info('the suspect checkpoint was revoked', { upTo: this.#suspect.upTo });
      this.#suspect = undefined;
    }
    if (disagreement === undefined || disagreement.upTo === this.#suspect?.upTo) {
      return this.isRefoldDue;
    }
    if (this.#refoldedFor.has(disagreement.upTo)) {
      this.#suspect = disagreement;
      this.#logger.error('a checkpoint is suspect: the fold from the first event disagrees with it', {
        ...disagreement,
      });
    } else {
      this.#refoldedFor.add(disagreement.upTo);
      this.#logger.error('the state disagrees with a checkpoint: folded again', { ...disagreement });
      this.isRefoldDue = true;
    }
    return this.isRefoldDue;
  }

  /** The state that began with a snapshot cannot take a durable event. */
  demandRefold(number: number, cause: unknown): void {
    const message = 'an event cannot be folded after the snapshot: folded again from the first event';
    this.#logger.error(message, { number, err: cause });
    this.isRefoldDue = true;
  }

  check(): HealthCheck {
    if (this.#suspect === undefined) {
      return { name: 'checkpoints', status: 'green' };
    }
    const { upTo, ours, theirs } = this.#suspect;
    const reason = `the checkpoint of event ${upTo} is suspect: it states ${theirs}, and the log folds to ${ours}`;
    return { name: 'checkpoints', status: 'red', reason };
  }
}
