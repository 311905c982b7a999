import type { Clock, Logger, StartSlices, Timers } from '@fleetbook/operations';
import type { InventoryView } from '../view/inventory-view.ts';
import { type Agreement, type AskPeer, createAgreement, type Difference } from './agreement.ts';
import { createStandIn, type StandIn } from './stand-in.ts';
import type { FoldStatus } from './status.ts';

/** The other replicas of the cell, as far as this one can reach them. */
export interface ProjectorPeers {
  /** Asks those that answer questions for their digest. */
  readonly digest: AskPeer;
  /** Whether one other than this answers questions from a state that is up to date. */
  readonly isAnybodyWell: () => Promise<boolean>;
}

export interface ServingOptions {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly startSlices: StartSlices;
  readonly digestVersion: number;
  readonly peers: ProjectorPeers | undefined;
  readonly projector: { readonly status: FoldStatus; readonly view: InventoryView };
  /** Whether the view is known to be close enough to the end of the log. */
  readonly isNear: () => boolean;
  /** Not so once the process has stood still, until the view is known to be as new as that: it answers nothing then. */
  readonly isAwake: () => boolean;
  readonly onAnswering: (isAnswering: boolean) => void;
  readonly onDifference: (view: InventoryView, difference: Difference) => void;
}

/** Decides whether this replica takes questions. */
export interface Serving {
  /** Live, sound, near the end of the log, and in agreement with the replicas that answer already. */
  readonly isServing: boolean;
  /** Serving, or standing in because nobody is known to serve. */
  readonly isAnswering: boolean;
  readonly isSettled: boolean;
  readonly difference: Difference | undefined;
  /** To be called after each commit applied to a view. */
  folded(view: InventoryView): void;
  /** To be called whenever something it depends on may have changed. */
  review(): void;
  stop(): void;
}

export function createServing(options: ServingOptions): Serving {
  return new ServingDecision(options);
}

class ServingDecision implements Serving {
  isServing = false;
  isAnswering = false;
  readonly #options: ServingOptions;
  readonly #agreement: Agreement;
  readonly #standIn: StandIn | undefined;

  constructor(options: ServingOptions) {
    const { peers } = options;
    this.#options = options;
    this.#agreement = createAgreement({ ...options, askPeer: peers?.digest, onSettled: () => this.review() });
    this.#standIn = peers && createStandIn({ ...options, ...peers, onChange: () => this.review() });
  }

  get isSettled(): boolean {
    return this.#agreement.allows(this.#options.projector.view);
  }

  get difference(): Difference | undefined {
    return this.#agreement.difference;
  }

  folded(view: InventoryView): void {
    this.#agreement.folded(view);
  }

  review(): void {
    const { projector, logger, onAnswering, isNear, isAwake } = this.#options;
    const { status, view } = projector;
    const isSound = status.phase === 'live' && status.fault === undefined;
    if (isSound) {
      this.#agreement.watch(view);
    }
    const mayServe = isSound && this.isSettled && isAwake();
    const isBehind = mayServe && !isNear();
    this.#standIn?.note(isBehind || (status.fault?.kind === 'poison' && status.phase !== 'stopped'));
    const didServe = this.isServing;
    const didAnswer = this.isAnswering;
    this.isServing = mayServe && !isBehind;
    // Who is merely behind does not leave before it is known that somebody else is there for the questions.
    const staysOn = didAnswer && isBehind && this.#standIn?.isReplaced === false;
    this.isAnswering = this.isServing || staysOn || this.#standIn?.isNeeded === true;
    const { number } = view.bookmark;
    if (this.isServing !== didServe) {
      logger.info(didServe ? 'not serving' : 'serving', { projection: 'inventory', number });
    }
    if (this.isAnswering !== didAnswer) {
      onAnswering(this.isAnswering);
    }
    if (this.isAnswering && !this.isServing && (didServe || !didAnswer)) {
      logger.warn('answering from a state that is not up to date, since nobody else answers', { number });
    }
  }

  stop(): void {
    this.#agreement.stop();
    this.#standIn?.stop();
  }
}
