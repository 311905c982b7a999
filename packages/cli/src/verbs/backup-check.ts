import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createNodeDisk } from '@fleetbook/operations';
import { holdsCopy, readCopy } from '@fleetbook/projector/archive';
import { type Manifest, readManifest } from '../backup/manifest.ts';
import { type ProvenCopy, proveCopy, requireManifest } from '../backup/prove-copy.ts';
import { type Call, type Ending, type Failure, OK, type Run, usageFailure } from '../call.ts';
import { printFacts, styled } from '../output/table.ts';
import { orFailure } from '../session/log-at.ts';

export interface CheckedBackup {
  readonly proven: ProvenCopy;
  /** Undefined for an archive, or a backup that was not finished. */
  readonly manifest: Manifest | undefined;
}

export const backupCheck: Run = async (call): Promise<Ending> => {
  const directory = resolve(call.directory, call.args.word('DIR'));
  const checked = await orFailure(() => checkBackup(directory));
  if (!checked.ok) {
    return { failure: { ...checked.error, document: { isSound: false, directory, error: checked.error } } };
  }
  return checked.value === undefined ? { failure: await noCopyIn(directory) } : show(call, directory, checked.value);
};

/** Undefined where there is no copy at all. Throws CopyError. */
export async function checkBackup(directory: string): Promise<CheckedBackup | undefined> {
  const disk = createNodeDisk();
  const manifest = await readManifest(disk, directory);
  if (manifest === undefined && !(await holdsCopy(disk, directory))) {
    return undefined;
  }
  const proven = await proveCopy(readCopy(disk, directory));
  if (manifest !== undefined) {
    requireManifest(proven, manifest);
  }
  return { proven, manifest };
}

/** An archive has a directory of its own for each cell: whoever names the one above it is told which there are. */
export async function noCopyIn(directory: string): Promise<Failure> {
  const disk = createNodeDisk();
  const names = await readdir(directory).catch(() => []);
  const held = await Promise.all(names.map((name) => holdsCopy(disk, join(directory, name)).catch(() => false)));
  const copies = names.filter((_name, index) => held[index]).map((name) => join(directory, name));
  const next =
    copies.length === 0 ? 'name the directory that backup create was given' : `name one of ${copies.join(', ')}`;
  return usageFailure(`There is no backup in ${directory}`, next);
}

function show(call: Call, directory: string, { proven, manifest }: CheckedBackup): Ending {
  const { cell, historyId, commits, end, digest, tornBytes } = proven;
  const kind = manifest === undefined ? 'archive' : 'backup';
  if (call.args.isSet('json')) {
    const facts = { cell, historyId, commits, number: end.number, hash: end.hash, digest, tornBytes };
    call.terminal.print(JSON.stringify({ isSound: true, kind, directory, ...facts }));
    return OK;
  }
  printFacts(call.terminal, [
    [kind, directory],
    ['cell', `${cell}, history ${historyId}`],
    ['holds', `events 1 to ${end.number}, in ${commits} commits`],
    ['hash', end.hash],
    ['digest', digest],
    ...(tornBytes === 0 ? [] : [['cut short', `${tornBytes} bytes at its end, of a commit not copied yet`] as const]),
  ]);
  call.terminal.print(
    styled(
      call.terminal,
      'green',
      manifest === undefined
        ? 'It is sound: the chain is whole. It has no manifest, so nothing says where it should end.'
        : 'It is sound: the chain is whole, and files, end and digest are those of its manifest.',
    ),
  );
  return OK;
}
