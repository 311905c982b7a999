import { createNodeDisk } from '@fleetbook/operations';
import { listSnapshots, readSnapshot, type SnapshotFile } from '@fleetbook/tracker';
import { type Ending, NO, OK, type Run } from '../call.ts';
import { type Column, printTable } from '../output/table.ts';
import { trackerDirectories } from '../session/tracker-directories.ts';

/** A file, and what is in it; or why nothing can be made of it. */
type Listed =
  | {
      readonly path: string;
      readonly number: number;
      readonly isUsable: true;
      readonly historyId: string;
      readonly hash: string;
      readonly digest: string;
      /** Time of its last event, epoch milliseconds. */
      readonly at: number;
    }
  | { readonly path: string; readonly number: number; readonly isUsable: false; readonly reason: string };

const COLUMNS: readonly Column<Listed>[] = [
  { title: 'EVENT', cell: ({ number }) => number, isNumeric: true },
  { title: 'OF', cell: (each) => (each.isUsable ? new Date(each.at).toISOString() : '-') },
  { title: 'DIGEST', cell: (each) => (each.isUsable ? each.digest : `cannot be used: ${each.reason}`) },
  { title: 'FILE', cell: ({ path }) => path },
];

export const snapshotList: Run = async (call): Promise<Ending> => {
  const directories = await trackerDirectories(call);
  if (!directories.ok) {
    return { failure: directories.error };
  }
  const { cell, data, replicas } = directories.value;
  const disk = createNodeDisk();
  const files = await Promise.all(replicas.map((directory) => listSnapshots(disk, directory)));
  const snapshots: Listed[] = [];
  for (const file of files.flatMap((listed) => (listed.ok ? listed.value : []))) {
    snapshots.push(await look(file));
  }
  if (call.args.isSet('json')) {
    call.terminal.print(JSON.stringify({ cell, snapshots }));
  } else if (snapshots.length === 0) {
    call.terminal.print(`No tracker of cell ${cell} has saved a snapshot in ${data}.`);
  } else {
    printTable(call.terminal, COLUMNS, snapshots);
  }
  return snapshots.every(({ isUsable }) => isUsable) ? OK : NO;
};

async function look({ path, number }: SnapshotFile): Promise<Listed> {
  const read = await readSnapshot(createNodeDisk(), path);
  if (!read.ok) {
    return { path, number, isUsable: false, reason: read.error };
  }
  const { historyId, bookmark, digest, at } = read.value.header;
  return bookmark.number === number
    ? { path, number, isUsable: true, historyId, hash: bookmark.hash, digest, at }
    : { path, number: bookmark.number, isUsable: false, reason: `its name says event ${number}` };
}
