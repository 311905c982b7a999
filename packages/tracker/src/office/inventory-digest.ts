import { type Change, canonicalRecords, type Ledger, recordsOf } from '@fleetbook/domain';
import { createDigest, type Digest } from '@fleetbook/event-log';

/**
 * The digest of the inventory view, made when it is asked for: first of the whole ledger, from then on of what has
 * changed since the last question.
 */
export class InventoryDigest {
  readonly #ledger: Ledger;
  readonly #limit: number;
  #digest: Digest | undefined;
  /** The first record replaced and the last one put in its place, since the last question. */
  readonly #changed = new Map<string, { readonly first: Change; last: Change }>();

  /** @param limit changed records it keeps track of; beyond, the next question is answered from the whole ledger. */
  constructor(ledger: Ledger, limit = 100_000) {
    this.#ledger = ledger;
    this.#limit = limit;
  }

  note(changes: readonly Change[]): void {
    if (this.#digest === undefined) {
      return;
    }
    for (const change of changes) {
      const key = change.table === 'cell' ? '' : `${change.table} ${change.key}`;
      const known = this.#changed.get(key);
      if (known === undefined) {
        this.#changed.set(key, { first: change, last: change });
      } else {
        known.last = change;
      }
    }
    if (this.#changed.size > this.#limit) {
      this.#digest = undefined;
      this.#changed.clear();
    }
  }

  /** 32 lower-case hex digits, true of the ledger as it is now. */
  hex(): string {
    if (this.#digest === undefined) {
      this.#digest = createDigest();
      addAll(this.#digest, canonicalRecords(this.#ledger));
      return this.#digest.hex();
    }
    for (const { first, last } of this.#changed.values()) {
      for (const text of recordsOf(first, 'before')) {
        this.#digest.remove(text);
      }
      addAll(this.#digest, recordsOf(last, 'after'));
    }
    this.#changed.clear();
    return this.#digest.hex();
  }
}

function addAll(digest: Digest, texts: Iterable<string>): void {
  for (const text of texts) {
    digest.add(text);
  }
}
