import type { HashedColumns, InstanceColumns, Move, Node, Provider } from '@fleetbook/domain';
import { bytesOfHashed } from './hashed-bytes.ts';
import { inChunks } from './in-chunks.ts';
import { type InstanceChunk, instanceChunks } from './write-instances.ts';

/** The records of a ledger, as they are at one moment; a stretch of instances is a fraction of a millisecond. */
export interface LedgerRecords {
  /** Each is true until the next change of the ledger. */
  readonly nodes: Iterable<Node>;
  readonly instances: Iterable<InstanceColumns>;
  /** Those of which no more than hashes are kept, and with what the ids were hashed. */
  readonly ended: Iterable<HashedColumns>;
  readonly idSeed: number;
  readonly moves: Iterable<Move>;
}

/** A node with its tree spelled out. */
export type NodeRow = Omit<Node, 'tree'> & { readonly providers: readonly Provider[] };

/** Ended instances of which no more than hashes are kept, as bytes; and with what their ids were hashed. */
export interface EndedChunk {
  readonly section: 'ended';
  readonly count: number;
  readonly idSeed: number;
  readonly bytes: Uint8Array;
}

export type LedgerChunk =
  | { readonly section: 'nodes'; readonly rows: readonly NodeRow[] }
  | InstanceChunk
  | EndedChunk
  | { readonly section: 'moves'; readonly rows: readonly Move[] };

/** A node has many records inside. */
const CHUNK_NODES = 5;

export function* ledgerChunks(records: LedgerRecords): Generator<LedgerChunk, void> {
  const { nodes, instances, ended, idSeed, moves } = records;
  for (const chunk of inChunks(nodes, CHUNK_NODES)) {
    yield { section: 'nodes', rows: chunk.map(({ tree, ...node }) => ({ ...node, providers: tree.providers })) };
  }
  yield* instanceChunks(instances);
  for (const stretch of ended) {
    yield { section: 'ended', count: stretch.count, idSeed, bytes: bytesOfHashed(stretch) };
  }
  for (const rows of inChunks(moves)) {
    yield { section: 'moves', rows };
  }
}
