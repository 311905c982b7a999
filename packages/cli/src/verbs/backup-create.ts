import { resolve } from 'node:path';
import { createNodeDisk, lockDirectory } from '@fleetbook/operations';
import { CopyError, openCopyWriter, readCopy } from '@fleetbook/projector/archive';
import { encodeManifest, type Manifest, manifestPath, readManifest } from '../backup/manifest.ts';
import { type ProvenCopy, proveCopy } from '../backup/prove-copy.ts';
import { type Call, type Ending, OK, type Run, usageFailure } from '../call.ts';
import { showProgress } from '../output/progress.ts';
import { printFacts } from '../output/table.ts';
import { openCallLog } from '../session/log.ts';
import { type OpenLog, orFailure } from '../session/log-at.ts';

export const backupCreate: Run = async (call): Promise<Ending> => {
  const to = call.args.text('to');
  if (to === undefined) {
    return { failure: usageFailure('--to DIR says where the backup goes') };
  }
  const directory = resolve(call.directory, to);
  const disk = createNodeDisk();
  const finished = await orFailure(() => readManifest(disk, directory));
  if (!finished.ok) {
    return { failure: finished.error };
  }
  if (finished.value !== undefined) {
    return { failure: usageFailure(`There is a backup in ${directory} already`, 'name another directory') };
  }
  // Nothing is made in the directory while there is no log to copy.
  const opened = await openCallLog(call);
  if (!opened.ok) {
    return { failure: opened.error };
  }
  try {
    return await copyInto(call, opened.value, directory);
  } finally {
    await opened.value.close();
  }
};

async function copyInto(call: Call, opened: OpenLog, directory: string): Promise<Ending> {
  const locked = await lockDirectory(directory);
  if (!locked.ok) {
    return { failure: locked.error };
  }
  try {
    const done = await orFailure(() => copyAll(call, opened, directory));
    return done.ok ? show(call, directory, done.value) : { failure: done.error };
  } finally {
    await locked.value.release();
  }
}

async function copyAll(call: Call, { cell, log }: OpenLog, directory: string): Promise<Manifest> {
  const disk = createNodeDisk();
  const writer = await openCopyWriter({ disk, directory, cell, log });
  const begin = writer.bookmark.position;
  const progress = showProgress(call.terminal, 'copied', Math.max(1, (await log.end()) - begin));
  let reached: number = begin;
  await writer.copy((commits) => {
    for (const { bookmark } of commits) {
      for (; reached < bookmark.position; reached += 1) {
        progress.step();
      }
    }
  });
  progress.done();
  const manifest = manifestOf(await proveCopy(readCopy(disk, directory)));
  const written = await disk.writeAtomically(manifestPath(directory), encodeManifest(manifest), { mode: 0o600 });
  if (!written.ok) {
    throw new CopyError(written.error.code, `${directory}: ${written.error.cause.message}`, written.error);
  }
  return manifest;
}

function manifestOf({ cell, historyId, commits, end, digest, segments }: ProvenCopy): Manifest {
  return {
    ...{ file: 'fleetbook-backup', version: 1, cell, historyId, commits, number: end.number, hash: end.hash },
    ...{ digestVersion: 1, digest, createdAt: new Date().toISOString(), segments },
  };
}

function show(call: Call, directory: string, manifest: Manifest): Ending {
  const { cell, historyId, commits, number, hash, digest } = manifest;
  if (call.args.isSet('json')) {
    call.terminal.print(JSON.stringify({ outcome: 'created', directory, ...manifest }));
    return OK;
  }
  printFacts(call.terminal, [
    ['backup', directory],
    ['cell', `${cell}, history ${historyId}`],
    ['holds', `events 1 to ${number}, in ${commits} commits`],
    ['hash', hash],
    ['digest', digest],
  ]);
  return OK;
}
