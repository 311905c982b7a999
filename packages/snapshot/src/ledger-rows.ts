import type { InstanceColumns, Move, Node, Provider } from '@fleetbook/domain';
import { inChunks } from './in-chunks.ts';
import { type InstanceChunk, instanceChunks } from './write-instances.ts';

/** The records of a ledger, as they are at one moment; a stretch of instances is a fraction of a millisecond. */
export interface LedgerRecords {
  /** Each is true until the next change of the ledger. */
  readonly nodes: Iterable<Node>;
  readonly instances: Iterable<InstanceColumns>;
  readonly moves: Iterable<Move>;
}

/** A node with its tree spelled out. */
export type NodeRow = Omit<Node, 'tree'> & { readonly providers: readonly Provider[] };

export type LedgerChunk =
  | { readonly section: 'nodes'; readonly rows: readonly NodeRow[] }
  | InstanceChunk
  | { readonly section: 'moves'; readonly rows: readonly Move[] };

/** A node has many records inside. */
const CHUNK_NODES = 5;

export function* ledgerChunks({ nodes, instances, moves }: LedgerRecords): Generator<LedgerChunk, void> {
  for (const chunk of inChunks(nodes, CHUNK_NODES)) {
    yield { section: 'nodes', rows: chunk.map(({ tree, ...node }) => ({ ...node, providers: tree.providers })) };
  }
  yield* instanceChunks(instances);
  for (const rows of inChunks(moves)) {
    yield { section: 'moves', rows };
  }
}
