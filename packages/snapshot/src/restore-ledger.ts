import {
  type Change,
  emptyLedger,
  fail,
  InstanceTable,
  install,
  installPlace,
  type Ledger,
  ProviderTree,
  placeOf,
  type Result,
  succeed,
  withInternedClasses,
} from '@fleetbook/domain';
import { recordHash } from '@fleetbook/event-log';
import type { Slices } from '@fleetbook/operations';
import { hashedIn } from './hashed-bytes.ts';
import { type LedgerProof, proveLedger, type SavedLedger } from './ledger-proof.ts';
import type { EndedChunk, LedgerChunk } from './ledger-rows.ts';
import { InstanceReader } from './read-instances.ts';
import type { InstanceChunk } from './write-instances.ts';

/**
 * Why a saved ledger is not used. `digest`: its records do not give the digest that the header states, so that they are
 * not what was folded. `unproved`: nobody could tell. With what was thrown, if anything was.
 */
export interface RestoreFault {
  readonly reason: 'digest' | 'unproved';
  readonly cause?: unknown;
}

export interface RestoreLedgerOptions {
  readonly slices: Slices;
  /** An empty table, to be filled, with the seed of the one that was saved. */
  readonly instances?: InstanceTable;
  readonly prove?: typeof proveLedger;
}

/**
 * What is made of the ledger that a snapshot was taken of: made while that is proved, and given when it is. Throws
 * RangeError where the table has another seed, and what `build` throws of a ledger that is proved.
 */
export async function restoreLedger<Built>(
  saved: SavedLedger,
  { slices, instances = new InstanceTable(0, recordHash), prove = proveLedger }: RestoreLedgerOptions,
  build: (ledger: Ledger) => Promise<Built>,
): Promise<Result<Built, RestoreFault>> {
  const proof = prove(saved);
  try {
    const [built] = await Promise.allSettled([readLedger(saved, proof, slices, instances).then(build)]);
    const digest = await digestOf(proof, slices);
    if (!digest.ok) {
      return digest;
    }
    if (digest.value !== saved.header.digest) {
      return fail({ reason: 'digest', ...(built.status === 'rejected' ? { cause: built.reason } : {}) });
    }
    if (built.status === 'rejected') {
      throw built.reason;
    }
    return succeed(built.value);
  } finally {
    await proof.end();
  }
}

async function digestOf(proof: LedgerProof, slices: Slices): Promise<Result<string, RestoreFault>> {
  try {
    return succeed(await proof.digest(slices));
  } catch (cause) {
    return fail({ reason: 'unproved', cause });
  }
}

async function readLedger(
  { header, ledgerChunks }: SavedLedger,
  proof: LedgerProof,
  slices: Slices,
  instances: InstanceTable,
): Promise<Ledger> {
  const ledger = emptyLedger(instances);
  install(ledger, [{ table: 'cell', before: undefined, after: header.cellRecord }]);
  const reader = new InstanceReader(ledger.nodes);
  for (const chunk of ledgerChunks) {
    proof.take(chunk);
    if (chunk.section === 'instances') {
      const columns = reader.read(chunk);
      instances.append(columns);
      // The table knows where they are held.
      for (const other of columns.others) installPlace(ledger, other.id, { ...placeOf(other), node: undefined });
    } else if (chunk.section === 'ended') {
      instances.appendEnded(hashedIn(chunk.bytes, chunk.count), chunk.idSeed);
    } else {
      for (const change of changesOf(chunk)) {
        install(ledger, [change]);
      }
    }
    await slices.pause();
  }
  return ledger;
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
