import { type Change, type Ledger, type RecordDifference, recordDifference, recordsOf } from '@fleetbook/domain';
import { createDigest, type Digest } from '@fleetbook/event-log';
import type { Clock, Timers } from '@fleetbook/operations';

export interface RunningDigestOptions {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'soon'>;
  /** Changed records it keeps track of; beyond, the next question is answered from the whole ledger. */
  readonly limit?: number;
  /** Of `ledger` as it is now, where that is known: then nothing has to be hashed again. */
  readonly start?: string;
}

/** What became of a record since the last question: its first replacement and its last. */
interface Replaced {
  readonly first: Change;
  last: Change;
}

/** What leads from the digest of the question before to the one of this question. Nothing in it changes any more. */
interface Step {
  readonly isFromNothing: boolean;
  readonly differences: Iterator<RecordDifference>;
  readonly onReady: (hex: string) => void;
}

/** Decisions wait no longer than that for hashing. */
const SLICE_MS = 1;

const DEFAULT_LIMIT = 262_144;

/**
 * The digest of the inventory view, made when it is asked for: first of the whole ledger unless it is known, from then
 * on of what has changed since the last question. Hashing a big ledger takes longer than a writer may be silent, so it
 * is cut into slices; the ledger goes on meanwhile, which does not show in the answer, because its records are never
 * changed.
 */
export class RunningDigest {
  readonly #options: RunningDigestOptions;
  readonly #steps: Step[] = [];
  #digest: Digest;
  /** Per table and key; undefined while nobody's digest is followed. */
  #replaced: Map<string, Map<string, Replaced>> | undefined;
  #replacedCount = 0;

  constructor(options: RunningDigestOptions) {
    this.#options = options;
    this.#digest = createDigest(options.start);
    this.#replaced = options.start === undefined ? undefined : new Map();
  }

  note(changes: readonly Change[]): void {
    if (this.#replaced === undefined) {
      return;
    }
    for (const change of changes) {
      this.#noteReplaced(this.#replaced, change);
    }
    if (this.#replacedCount > (this.#options.limit ?? DEFAULT_LIMIT)) {
      this.#replaced = undefined;
    }
  }

  /** Calls back with 32 lower-case hex digits, true of the ledger as it is at this call; at once if it can be. */
  take(onReady: (hex: string) => void): void {
    const { ledger } = this.#options;
    const isFromNothing = this.#replaced === undefined;
    const differences = this.#replaced === undefined ? recordsIn(ledger) : differencesIn(this.#replaced);
    this.#replaced = new Map();
    this.#replacedCount = 0;
    this.#steps.push({ isFromNothing, differences, onReady });
    if (this.#steps.length === 1) {
      this.#begin();
    }
  }

  #noteReplaced(replaced: Map<string, Map<string, Replaced>>, change: Change): void {
    let records = replaced.get(change.table);
    if (records === undefined) {
      records = new Map();
      replaced.set(change.table, records);
    }
    const key = change.table === 'cell' ? '' : change.key;
    const known = records.get(key);
    if (known === undefined) {
      records.set(key, { first: change, last: change });
      this.#replacedCount += 1;
    } else {
      known.last = change;
    }
  }

  #begin(): void {
    if (this.#steps[0]?.isFromNothing) {
      this.#digest = createDigest();
    }
    this.#work();
  }

  #work(): void {
    const { clock, timers } = this.#options;
    const endMs = clock.monotonicMs() + SLICE_MS;
    for (let step = this.#steps[0]; step !== undefined; step = this.#steps[0]) {
      const next = step.differences.next();
      if (next.done === true) {
        this.#steps.shift();
        if (this.#steps.length > 0) {
          timers.soon(() => this.#begin());
        }
        step.onReady(this.#digest.hex());
        return;
      }
      exchange(this.#digest, next.value);
      if (clock.monotonicMs() >= endMs) {
        timers.soon(() => this.#work());
        return;
      }
    }
  }
}

function exchange(digest: Digest, { removed, added }: RecordDifference): void {
  for (const text of removed) {
    digest.remove(text);
  }
  for (const text of added) {
    digest.add(text);
  }
}

/** Everything in the ledger as it is now: the lists of its records are copied at once. */
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

function* differencesIn(replaced: ReadonlyMap<string, Map<string, Replaced>>): Generator<RecordDifference, void> {
  for (const records of replaced.values()) {
    for (const { first, last } of records.values()) {
      yield first.table === 'nodes' && last.table === 'nodes'
        ? recordDifference({ table: 'nodes', key: last.key, before: first.before, after: last.after })
        : { removed: recordsOf(first, 'before'), added: recordsOf(last, 'after') };
    }
  }
}
