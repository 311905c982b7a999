import { type Clock, type Logger, Nap, type StartSlices, type Timers } from '@fleetbook/operations';
import type { InventoryView } from '../view/inventory-view.ts';
import { settleDigest } from '../view/settle-digest.ts';

/** What a replica that answers questions says of its inventory. */
export interface PeerDigest {
  readonly historyId: string;
  readonly digestVersion: number;
  readonly number: number;
  readonly digest: string;
}

/**
 * Asks the replicas that answer questions, which share them, for the digest of one. `nobody`: none answers questions,
 * or none from a state that is up to date. `silent`: there is one, and it did not answer in time.
 */
export type AskPeer = () => Promise<PeerDigest | 'nobody' | 'silent'>;

export interface Difference {
  /** The event at which the two differ. */
  readonly number: number;
  readonly ours: string;
  readonly theirs: string;
}

export interface AgreementOptions {
  /** Undefined for a projector without others: it agrees with itself. */
  readonly askPeer: AskPeer | undefined;
  readonly digestVersion: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly startSlices: StartSlices;
  /** Called once per view: from now on it may answer questions. */
  readonly onSettled: () => void;
  /** Called each time the digests of a view and of a replica that answers differ at one number. */
  readonly onDifference: (view: InventoryView, difference: Difference) => void;
}

/**
 * Keeps a view from answering until its digest is that of the replicas that answer already, at the same event. Once
 * settled a view stays so: both follow one log by one fold.
 */
export interface Agreement {
  allows(view: InventoryView): boolean;
  /** The view has caught up with the log. */
  watch(view: InventoryView): void;
  /** To be called after each commit applied to a view. */
  folded(view: InventoryView): void;
  /** The last difference found, while no other answer has settled it. */
  readonly difference: Difference | undefined;
  stop(): void;
}

const RETRY_MS = 50;
const LONGEST_RETRY_MS = 5_000;
/** Answers that may fail to come in a row: a replica that is silent so long keeps nobody from answering. */
const MOST_SILENCES = 3;
/** Commits whose digests are remembered: more than are folded while one answer is waited for. */
const MOST_DIGESTS = 4_096;

export function createAgreement(options: AgreementOptions): Agreement {
  return new PeerAgreement(options);
}

class PeerAgreement implements Agreement {
  difference: Difference | undefined;
  readonly #options: AgreementOptions;
  readonly #settled = new WeakSet<InventoryView>();
  /** Digest by the number of the commit's last event, since the view is compared. */
  readonly #digests = new Map<number, string>();
  #compared: InventoryView | undefined;
  readonly #nap: Nap;
  #isStopped = false;

  constructor(options: AgreementOptions) {
    this.#options = options;
    this.#nap = new Nap(options.timers);
  }

  allows(view: InventoryView): boolean {
    return this.#options.askPeer === undefined || this.#settled.has(view);
  }

  watch(view: InventoryView): void {
    const { askPeer, logger } = this.#options;
    if (askPeer === undefined || this.#settled.has(view) || this.#compared === view || this.#isStopped) {
      return;
    }
    this.#digests.clear();
    this.#compared = view;
    this.#nap.wake();
    this.#compare(view, askPeer).catch((err: unknown) => {
      this.#compared = undefined;
      logger.error('the digest cannot be compared', { err });
    });
  }

  folded(view: InventoryView): void {
    if (this.#digests.size > 0 && view === this.#compared) {
      this.#remember(view);
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#nap.end();
  }

  async #compare(view: InventoryView, askPeer: AskPeer): Promise<void> {
    let silences = 0;
    let pauseMs = RETRY_MS;
    await settleDigest(view, this.#options.startSlices());
    while (this.#compared === view && !this.#isStopped) {
      this.#remember(view);
      const peer = await askPeer();
      silences = peer === 'silent' ? silences + 1 : 0;
      if (this.#compared !== view || this.#isStopped) {
        return;
      }
      if (peer === 'nobody' || silences === MOST_SILENCES) {
        this.#settle(view, peer === 'nobody' ? 'no other replica answers' : 'the other replicas are silent');
        return;
      }
      if (peer !== 'silent' && (await this.#judge(view, peer))) {
        return;
      }
      await this.#nap.sleep(pauseMs);
      pauseMs = this.difference === undefined ? RETRY_MS : Math.min(LONGEST_RETRY_MS, pauseMs * 2);
    }
  }

  /** True when nothing more is to be asked for this view. */
  async #judge(view: InventoryView, peer: PeerDigest): Promise<boolean> {
    const { digestVersion, onDifference } = this.#options;
    if (peer.historyId !== view.ledger.cell?.historyId) {
      return false;
    }
    if (peer.digestVersion !== digestVersion) {
      this.#settle(view, 'the replicas that answer count the digest in another way');
      return true;
    }
    for (let waitedMs = 0; view.bookmark.number < peer.number && waitedMs < LONGEST_RETRY_MS; waitedMs += RETRY_MS) {
      await this.#nap.sleep(RETRY_MS);
      if (this.#compared !== view || this.#isStopped) {
        return true;
      }
    }
    const ours = this.#digests.get(peer.number);
    if (ours === peer.digest) {
      this.#settle(view, 'the digest is that of a replica that answers');
      return true;
    }
    if (ours !== undefined) {
      this.difference = { number: peer.number, ours, theirs: peer.digest };
      onDifference(view, this.difference);
    }
    return false;
  }

  #settle(view: InventoryView, reason: string): void {
    const { logger, onSettled } = this.#options;
    this.#settled.add(view);
    this.#compared = undefined;
    this.#digests.clear();
    this.difference = undefined;
    logger.info('may answer', { number: view.bookmark.number, reason });
    onSettled();
  }

  #remember(view: InventoryView): void {
    this.#digests.set(view.bookmark.number, view.digest.hex());
    if (this.#digests.size > MOST_DIGESTS) {
      for (const [oldest] of this.#digests) {
        this.#digests.delete(oldest);
        break;
      }
    }
  }
}
