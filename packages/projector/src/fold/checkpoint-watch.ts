import type { HealthCheck } from '@fleetbook/contracts';
import type { EventLog } from '@fleetbook/event-log';
import { type Clock, type Logger, rest, type StartSlices, slicesOn, type Timers } from '@fleetbook/operations';
import { type Disagreement, digestAt } from '@fleetbook/snapshot';
import type { InventoryView } from '../view/inventory-view.ts';
import { settleMilestone } from '../view/settle-digest.ts';

export interface CheckpointWatchOptions {
  readonly log: EventLog;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly startSlices: StartSlices;
  /** The fold still reads what the log had when it began. */
  readonly isBehind: () => boolean;
  /** Called when a view has been found wrong: the log, folded from the first event, gives another digest. */
  readonly onWrong: (view: InventoryView) => void;
}

/** Records that wait to be hashed while the fold is behind: what changes again is then hashed once. */
const MOST_WAITING = 1_000_000;

/** Between two slices of a fold that is not behind: nobody waits for the digest, and others ask meanwhile. */
const REST_MS = 4;

/**
 * Holds the views of a projector to the checkpoints in the log. Where one differs the log is folded once more beside
 * it, up to there. A view that is wrong is replaced; a checkpoint that is wrong is suspect, and a sound view goes on.
 * Both may be wrong.
 */
export class CheckpointWatch {
  readonly #options: CheckpointWatchOptions;
  readonly #hashed = new WeakSet<InventoryView>();
  readonly #wrong = new WeakSet<InventoryView>();
  readonly #startRestingSlices: StartSlices;
  #examined: Disagreement | undefined;
  #suspect: Disagreement | undefined;
  #isStopped = false;

  constructor(options: CheckpointWatchOptions) {
    const { clock, timers } = options;
    this.#options = options;
    this.#startRestingSlices = slicesOn(clock, () => rest(timers, REST_MS));
  }

  /** To be called after each commit applied to a view, and once the fold is not behind any more. */
  folded(view: InventoryView): void {
    const pending = view.digest.pendingAtMilestone;
    if (pending > (this.#options.isBehind() ? MOST_WAITING : 0) && !this.#hashed.has(view)) {
      this.#hashed.add(view);
      void this.#hash(view);
    }
    this.#judge(view);
  }

  stop(): void {
    this.#isStopped = true;
  }

  check(): HealthCheck {
    const found = this.#suspect ?? this.#examined;
    if (found === undefined) {
      return { name: 'checkpoints', status: 'green' };
    }
    const { upTo, ours, theirs } = found;
    const reason =
      found === this.#suspect
        ? `the checkpoint of event ${upTo} is suspect: it states ${theirs}, and the log folds to another digest`
        : `at event ${upTo} the digest is ${ours}, and its checkpoint states ${theirs}: the log is folded once more`;
    return { name: 'checkpoints', status: 'red', reason };
  }

  /** What a milestone waits for must not hold the process up in one go. */
  async #hash(view: InventoryView): Promise<void> {
    const { isBehind, startSlices } = this.#options;
    const slices = isBehind() ? startSlices() : this.#startRestingSlices();
    await settleMilestone(view, slices, () => this.#isStopped);
    this.#hashed.delete(view);
    this.#judge(view);
  }

  #judge(view: InventoryView): void {
    const { disagreement, revoked } = view.milestones;
    if (this.#suspect !== undefined && revoked.has(this.#suspect.upTo)) {
      this.#options.logger.info('the suspect checkpoint was revoked', { upTo: this.#suspect.upTo });
      this.#suspect = undefined;
    }
    const isNew = disagreement !== undefined && disagreement.upTo !== this.#suspect?.upTo;
    if (isNew && this.#examined === undefined && !this.#wrong.has(view) && !this.#isStopped) {
      this.#examined = disagreement;
      void this.#examine(view, disagreement);
    }
  }

  async #examine(view: InventoryView, disagreement: Disagreement): Promise<void> {
    const { log, logger, startSlices, onWrong } = this.#options;
    const { upTo, ours, theirs } = disagreement;
    logger.error('the view disagrees with a checkpoint: the log is folded once more', { ...disagreement });
    try {
      const folded = await digestAt(log, upTo, startSlices());
      if (this.#isStopped) {
        return;
      }
      if (folded !== ours) {
        logger.error('the view is wrong: it is dropped', { upTo });
        this.#wrong.add(view);
        onWrong(view);
      }
      if (folded !== theirs && !view.milestones.revoked.has(upTo)) {
        this.#suspect = disagreement;
        const facts = { upTo, theirs, folded };
        logger.error('a checkpoint is suspect: the fold from the first event disagrees with it', facts);
      }
    } catch (err) {
      logger.warn('a checkpoint could not be examined', { err, upTo });
    } finally {
      this.#examined = undefined;
    }
  }
}
