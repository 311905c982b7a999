import { type Cell, type Change, ProviderTree, recordsOf } from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import { hashedIn } from './hashed-bytes.ts';
import { InstanceTexts } from './instance-texts.ts';
import type { LedgerChunk } from './ledger-rows.ts';

/** Adds up the digest of a saved ledger as it is read, chunk after chunk. */
export class SavedDigest {
  readonly #digest = createDigest();
  readonly #instances = new InstanceTexts();

  constructor(cell: Cell) {
    this.#addRecord({ table: 'cell', before: undefined, after: cell });
  }

  /** Throws RangeError on a row that names what no table holds. */
  add(chunk: LedgerChunk): void {
    const before = undefined;
    switch (chunk.section) {
      case 'nodes':
        for (const { providers, ...node } of chunk.rows) {
          const after = { ...node, tree: ProviderTree.of(providers) };
          this.#addRecord({ table: 'nodes', key: node.id, before, after });
        }
        return;
      case 'instances':
        this.#instances.learn(chunk);
        this.#instances.tell(chunk, this.#digest.add);
        return;
      case 'ended':
        this.#digest.addHashes(hashedIn(chunk.bytes, chunk.count).hashes);
        return;
      case 'moves':
        for (const after of chunk.rows) this.#addRecord({ table: 'moves', key: after.id, before, after });
    }
  }

  /** Adds what has been hashed elsewhere: 32 lower-case hex digits. */
  include(hex: string): void {
    this.#digest.include(hex);
  }

  /** 32 lower-case hex digits. */
  hex(): string {
    return this.#digest.hex();
  }

  #addRecord(change: Change): void {
    for (const text of recordsOf(change, 'after')) {
      this.#digest.add(text);
    }
  }
}
