import { type Change, type Ledger, type RecordDifference, recordDifference } from '@fleetbook/domain';
import { createDigest, type Digest } from '@fleetbook/event-log';
import type { Clock, Timers } from '@fleetbook/operations';
import { endedDigest } from './ended-digest.ts';
import { exchangeRecords } from './exchange-records.ts';
import { FirstChanges } from './first-changes.ts';

export interface RunningDigestOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Changed records it keeps track of; beyond, the next question is answered from the whole ledger. */
  readonly limit?: number;
  /** Of `ledger` as it is now, where that is known: then nothing has to be hashed again. */
  readonly start?: string;
}

/** At leisure it takes a fifth of the time, unless somebody waits for an answer behind it. */
export type Pace = 'urgent' | 'at-leisure';

/** What leads from the digest of the question before to the one of this question. Nothing in it changes any more. */
interface Step {
  readonly isFromNothing: boolean;
  readonly differences: Iterator<RecordDifference>;
  /** Sum of what was hashed at once, as hex digits. */
  readonly hashed: string;
  readonly pace: Pace;
  readonly onReady: (hex: string) => void;
}

/** Decisions wait no longer than that for hashing. */
const SLICE_MS = 1;
/** Between two slices where nobody waits for the answer: decisions keep nearly all of the time. */
const REST_MS = 4;

const DEFAULT_LIMIT = 262_144;

/**
 * The digest of the inventory view, made when it is asked for: first of the whole ledger unless it is known, from then
 * on of what has changed since the last question. Hashing a big ledger takes longer than a writer may be silent, so it
 * is cut into slices; the ledger goes on meanwhile, which does not show in the answer: what a record was is told by its
 * next change.
 *
 * Most instances change once between two questions, so they are hashed as they change, and nothing of them is kept; of
 * the other records, which change again and again, it keeps what they were at the last question.
 */
export class RunningDigest {
  readonly #options: RunningDigestOptions;
  readonly #steps: Step[] = [];
  #digest: Digest;
  /** Sum of what was hashed at once since the last question. */
  #hashed = createDigest();
  /** By table and key the first change since the last question; undefined while nobody's digest is followed. */
  #changed: FirstChanges | undefined;

  constructor(options: RunningDigestOptions) {
    this.#options = options;
    this.#digest = createDigest(options.start);
    this.#changed = options.start === undefined ? undefined : new FirstChanges();
  }

  note(changes: readonly Change[]): void {
    if (this.#changed === undefined) {
      return;
    }
    for (const change of changes) {
      if (change.table === 'instances') {
        exchangeRecords(this.#hashed, recordDifference(change));
      } else {
        this.#changed.note(change);
      }
    }
    // What is being hashed still looks up there what records were.
    if (this.#steps.length === 0 && this.#changed.size > (this.#options.limit ?? DEFAULT_LIMIT)) {
      this.#changed = undefined;
    }
  }

  /** Calls back with 32 lower-case hex digits, true of the ledger as it is at this call; at once if it can be. */
  take(onReady: (hex: string) => void, pace: Pace = 'urgent'): void {
    const { ledger } = this.#options;
    const isFromNothing = this.#changed === undefined;
    const differences = this.#changed === undefined ? recordsIn(ledger) : this.#changed.differencesIn(ledger);
    const hashed = isFromNothing ? endedDigest(ledger.instances).hex() : this.#hashed.hex();
    this.#changed = this.#changed?.follow() ?? new FirstChanges();
    this.#hashed = createDigest();
    this.#steps.push({ isFromNothing, differences, hashed, pace, onReady });
    if (this.#steps.length === 1) {
      this.#begin();
    }
  }

  #begin(): void {
    if (this.#steps[0]?.isFromNothing) {
      this.#digest = createDigest();
    }
    this.#work();
  }

  #work(): void {
    const { clock } = this.#options;
    const endMs = clock.monotonicMs() + SLICE_MS;
    for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
      const next = step.differences.next();
      if (next.done === true) {
        this.#digest.include(step.hashed);
        this.#steps.shift();
        if (this.#steps.length > 0) {
          this.#goOn(() => this.#begin());
        }
        step.onReady(this.#digest.hex());
        return;
      }
      exchangeRecords(this.#digest, next.value);
      if (clock.monotonicMs() >= endMs) {
        this.#goOn(() => this.#work());
        return;
      }
    }
  }

  #goOn(work: () => void): void {
    const { timers } = this.#options;
    if (this.#steps.some(({ pace }) => pace === 'urgent')) {
      timers.soon(work);
    } else {
      timers.after(REST_MS, work);
    }
  }
}

/** Everything in the ledger as it is now that has records: the lists of them are copied at once. */
function recordsIn(ledger: Ledger): Iterator<RecordDifference> {
  const { cell } = ledger;
  const nodes = Array.from(ledger.nodes.values());
  const instances = Array.from(ledger.instances.values());
  const moves = Array.from(ledger.moves.values());
  function* records(): Generator<RecordDifference, void> {
    yield recordDifference({ table: 'cell', before: undefined, after: cell });
    for (const after of nodes) yield recordDifference({ table: 'nodes', key: after.id, before: undefined, after });
    for (const after of instances) {
      yield recordDifference({ table: 'instances', key: after.id, before: undefined, after });
    }
    for (const after of moves) yield recordDifference({ table: 'moves', key: after.id, before: undefined, after });
  }
  return records();
}
