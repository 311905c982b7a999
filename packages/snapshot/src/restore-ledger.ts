import {
  type Change,
  emptyLedger,
  InstanceTable,
  install,
  installPlace,
  type Ledger,
  ProviderTree,
  placeOf,
  recordsOf,
  withInternedClasses,
} from '@fleetbook/domain';
import { createDigest, type Digest, recordHash } from '@fleetbook/event-log';
import type { Slices } from '@fleetbook/operations';
import type { SavedSnapshot } from './format.ts';
import { hashedIn } from './hashed-bytes.ts';
import type { EndedChunk, LedgerChunk } from './ledger-rows.ts';
import { InstanceReader } from './read-instances.ts';
import type { InstanceChunk } from './write-instances.ts';

/**
 * The ledger that a snapshot was taken of. Undefined when the restored records do not give the digest that the header
 * states: then they are not what was folded.
 * @param instances an empty table, to be filled, with the seed of the one that was saved. Throws RangeError otherwise.
 */
export async function restoreLedger(
  { header, ledgerChunks }: Pick<SavedSnapshot<unknown, object>, 'header' | 'ledgerChunks'>,
  slices: Slices,
  instances = new InstanceTable(0, recordHash),
): Promise<Ledger | undefined> {
  const digest = createDigest();
  const ledger = emptyLedger(instances);
  take(ledger, digest, { table: 'cell', before: undefined, after: header.cellRecord });
  const reader = new InstanceReader(ledger.nodes);
  for (const chunk of ledgerChunks) {
    if (chunk.section === 'instances') {
      const columns = reader.read(chunk, digest.add);
      instances.append(columns);
      // The table knows where they are held.
      for (const other of columns.others) installPlace(ledger, other.id, { ...placeOf(other), node: undefined });
    } else if (chunk.section === 'ended') {
      const columns = hashedIn(chunk.bytes, chunk.count);
      digest.addHashes(columns.hashes);
      instances.appendEnded(columns, chunk.idSeed);
    } else {
      for (const change of changesOf(chunk)) {
        take(ledger, digest, change);
      }
    }
    await slices.pause();
  }
  return digest.hex() === header.digest ? ledger : undefined;
}

function* changesOf(chunk: Exclude<LedgerChunk, InstanceChunk | EndedChunk>): Generator<Change, void> {
  const before = undefined;
  if (chunk.section === 'nodes') {
    for (const { providers, ...node } of chunk.rows) {
      const after = { ...node, tree: ProviderTree.of(withInternedClasses(providers)) };
      yield { table: 'nodes', key: node.id, before, after };
    }
  } else {
    for (const after of chunk.rows) yield { table: 'moves', key: after.id, before, after };
  }
}

/** Hashed as it was read, because that is at hand: what the ledger keeps of it is spread over all of the memory. */
function take(ledger: Ledger, digest: Digest, change: Change): void {
  for (const text of recordsOf(change, 'after')) {
    digest.add(text);
  }
  install(ledger, [change]);
}
