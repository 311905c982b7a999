import {
  type Change,
  emptyLedger,
  install,
  type Ledger,
  ProviderTree,
  recordsOf,
  withInternedClasses,
} from '@fleetbook/domain';
import { createDigest, type Digest } from '@fleetbook/event-log';
import type { Slices } from '@fleetbook/operations';
import type { Snapshot } from './format.ts';
import { InstanceReader, type LedgerChunk } from './ledger-rows.ts';

/**
 * The ledger that a snapshot was taken of. Undefined when the restored records do not give the digest that the header
 * states: then they are not what was folded.
 * @param takeOwn gets the chunks that are not of the ledger.
 * @param ledger an empty one, to be filled.
 */
export async function restoreLedger<OwnChunk extends { readonly section: string }>(
  { header, chunks }: Pick<Snapshot<unknown, OwnChunk>, 'header' | 'chunks'>,
  takeOwn: (chunk: OwnChunk) => void,
  slices: Slices,
  ledger = emptyLedger(),
): Promise<Ledger | undefined> {
  const digest = createDigest();
  take(ledger, digest, { table: 'cell', before: undefined, after: header.cellRecord });
  const instances = new InstanceReader();
  for (const chunk of chunks) {
    if (isLedgerChunk(chunk)) {
      for (const change of changesOf(chunk, instances)) {
        take(ledger, digest, change);
      }
    } else {
      takeOwn(chunk);
    }
    await slices.pause();
  }
  return digest.hex() === header.digest ? ledger : undefined;
}

function isLedgerChunk(chunk: { readonly section: string }): chunk is LedgerChunk {
  return ['nodes', 'instances', 'moves'].includes(chunk.section);
}

function* changesOf(chunk: LedgerChunk, instances: InstanceReader): Generator<Change, void> {
  const before = undefined;
  if (chunk.section === 'nodes') {
    for (const { providers, ...node } of chunk.rows) {
      const after = { ...node, tree: ProviderTree.of(withInternedClasses(providers)) };
      yield { table: 'nodes', key: node.id, before, after };
    }
  } else if (chunk.section === 'instances') {
    for (const after of instances.read(chunk)) yield { table: 'instances', key: after.id, before, after };
  } else {
    for (const after of chunk.rows) yield { table: 'moves', key: after.id, before, after };
  }
}

/** Hashed as it was read, because that is at hand: what the ledger keeps of it is spread over all of the memory. */
function take(ledger: Ledger, digest: Digest, change: Change): void {
  for (const text of recordsOf(change, 'after')) {
    digest.add(text);
  }
  install(ledger, [sharing(ledger, change)]);
}

/** In the words of the node that it is held on: nodes come before what is held on them. */
function sharing({ nodes }: Ledger, change: Change): Change {
  if (change.table !== 'instances' || change.after?.status !== 'held') {
    return change;
  }
  const { after } = change;
  const { claim } = after;
  return { ...change, after: { ...after, claim: { ...claim, ...nodes.share(claim.node, claim.charge) } } };
}
