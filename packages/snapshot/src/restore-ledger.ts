import { emptyLedger, install, type Ledger, ProviderTree, withInternedClasses } from '@fleetbook/domain';
import type { Slices } from '@fleetbook/operations';
import { digestOf } from './digest-at.ts';
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
  ledger.cell = header.cellRecord;
  const instances = new InstanceReader();
  for (const chunk of chunks) {
    if (isLedgerChunk(chunk)) {
      takeChunk(ledger, instances, chunk);
    } else {
      takeOwn(chunk);
    }
    await slices.pause();
  }
  return (await digestOf(ledger, slices)) === header.digest ? ledger : undefined;
}

function isLedgerChunk(chunk: { readonly section: string }): chunk is LedgerChunk {
  return ['nodes', 'instances', 'moves'].includes(chunk.section);
}

function takeChunk(ledger: Ledger, instances: InstanceReader, chunk: LedgerChunk): void {
  const before = undefined;
  if (chunk.section === 'nodes') {
    for (const { providers, ...node } of chunk.rows) {
      const after = { ...node, tree: ProviderTree.of(withInternedClasses(providers)) };
      install(ledger, [{ table: 'nodes', key: node.id, before, after }]);
    }
  } else if (chunk.section === 'instances') {
    for (const after of instances.read(chunk)) {
      install(ledger, [{ table: 'instances', key: after.id, before, after }]);
    }
  } else {
    for (const after of chunk.rows) {
      install(ledger, [{ table: 'moves', key: after.id, before, after }]);
    }
  }
}
