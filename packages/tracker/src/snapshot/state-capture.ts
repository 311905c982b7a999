import { type Bookmark, ORIGIN } from '@fleetbook/event-log';
import {
  DIGEST_VERSION,
  FOLD_VERSION,
  LedgerCapture,
  type LedgerChunk,
  ledgerChunks,
  type Pace,
} from '@fleetbook/snapshot';
import type { WriterState } from '../office/writer-state.ts';
import type { PackedOutcomes } from '../outcomes/packed-outcomes.ts';
import { SNAPSHOT_FILE, type WriterChunk, type WriterSnapshot, writerChunks } from './state-rows.ts';

/**
 * A writer's state as it is at this moment, at the end of a decision, to be saved once that decision is durable. The
 * state goes on meanwhile; until `release` it tells the capture what it replaces.
 */
export class StateCapture {
  readonly state: WriterState;
  /** Of the last event in it. */
  readonly number: number;
  readonly #at: number;
  readonly #electedAt: number;
  readonly #knownSince: number;
  readonly #ledger: LedgerCapture;
  readonly #outcomes: () => Iterable<PackedOutcomes>;
  readonly #digest: Promise<string>;
  readonly #givenUp = Promise.withResolvers<undefined>();

  /** @param pace at which its digest is made. */
  constructor(state: WriterState, pace: Pace) {
    this.state = state;
    this.number = state.lastNumber;
    this.#at = state.lastAt;
    this.#electedAt = state.electedAt;
    this.#knownSince = state.knownSince;
    this.#ledger = new LedgerCapture(state.ledger);
    this.#outcomes = state.outcomes.capture();
    this.#digest = new Promise((resolve) => state.digest.take(resolve, pace));
    state.capture = this.#ledger;
  }

  /**
   * Undefined before the ledger was created, and once given up.
   * @param bookmark of the durable commit that ends with the captured decision.
   */
  async snapshot(bookmark: Bookmark): Promise<WriterSnapshot | undefined> {
    const { cell } = this.#ledger;
    const { commits, keys } = this.state;
    // Taken at once: the index goes on, and forgets.
    const known = commits.capture(bookmark.number);
    const previous = commits.before(bookmark.number) ?? ORIGIN;
    const digest = await Promise.race([this.#digest, this.#givenUp.promise]);
    if (cell === undefined || digest === undefined) {
      return undefined;
    }
    const header: WriterSnapshot['header'] = {
      file: SNAPSHOT_FILE,
      foldVersion: FOLD_VERSION,
      digestVersion: DIGEST_VERSION,
      cell: cell.cell,
      historyId: cell.historyId,
      bookmark,
      previous,
      at: this.#at,
      digest,
      cellRecord: cell,
      own: { keySeed: keys.seed, electedAt: this.#electedAt, knownSince: this.#knownSince },
    };
    return { header, chunks: this.#chunks(known) };
  }

  /** Nothing more comes of it. */
  giveUp(): void {
    this.#givenUp.resolve(undefined);
    this.release();
  }

  release(): void {
    this.#ledger.release();
    if (this.state.capture === this.#ledger) {
      this.state.capture = undefined;
    }
  }

  *#chunks(commits: () => Iterable<Bookmark>): Generator<LedgerChunk | WriterChunk, void> {
    yield* ledgerChunks(this.#ledger);
    yield* writerChunks(this.#outcomes(), commits());
  }
}
