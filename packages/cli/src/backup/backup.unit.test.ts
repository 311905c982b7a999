import { encodeCommit } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { memoryDisk } from '@fleetbook/operations/testing';
import { CopyError, openCopyWriter, readCopy } from '@fleetbook/projector/archive';
import { addNode, foundHistory } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { foldLog } from '../verify/fold-log.ts';
import { encodeManifest, type Manifest, manifestPath, readManifest } from './manifest.ts';
import { proveCopy, requireManifest } from './prove-copy.ts';

const DIRECTORY = '/backup';
const FIRST = `${DIRECTORY}/0000000000000001.commits`;

async function createBackup() {
  const log = createMemoryLog();
  const disk = memoryDisk();
  const writer = await foundHistory(log, { eventsPerCommit: 1 });
  for (let index = 0; index < 6; index += 1) {
    addNode(writer, `node-${index}`);
    await writer.flush();
    await (await openCopyWriter({ disk, directory: DIRECTORY, cell: 'main', log, segmentBytes: 2_000 })).copy();
  }
  const { cell, historyId, commits, end, digest, segments } = await proveCopy(readCopy(disk, DIRECTORY));
  const manifest: Manifest = {
    ...{ file: 'fleetbook-backup', version: 1, cell, historyId, commits, number: end.number, hash: end.hash },
    ...{ digestVersion: 1, digest, createdAt: '2026-01-01T00:00:00.000Z', segments },
  };
  await disk.writeAtomically(manifestPath(DIRECTORY), encodeManifest(manifest));
  return { log, disk, manifest, number: writer.number };
}

async function check({ disk }: Awaited<ReturnType<typeof createBackup>>): Promise<CopyError | undefined> {
  try {
    const manifest = await readManifest(disk, DIRECTORY);
    const proven = await proveCopy(readCopy(disk, DIRECTORY));
    if (manifest !== undefined) {
      requireManifest(proven, manifest);
    }
    return undefined;
  } catch (error) {
    if (error instanceof CopyError) {
      return error;
    }
    throw error;
  }
}

function change(bytes: Uint8Array, place: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[place] = (changed[place] ?? 0) ^ 1;
  return changed;
}

describe('a backup', () => {
  it('is sound as it was made, and has the digest of the log', async () => {
    const backup = await createBackup();
    expect(backup.manifest.segments.length).toBeGreaterThan(2);
    expect(backup.manifest).toMatchObject({ number: backup.number, digest: (await foldLog(backup.log, [])).replay });
    expect(await check(backup)).toBeUndefined();
  });

  it.each([0.1, 0.3, 0.5, 0.7, 0.9])('with a changed byte (at %d of a file) is damaged', async (share) => {
    const backup = await createBackup();
    for (const path of backup.disk.files.keys()) {
      const whole = backup.disk.files.get(path) ?? new Uint8Array();
      const isManifest = path === manifestPath(DIRECTORY);
      backup.disk.files.set(path, change(whole, Math.floor(whole.length * share)));
      const found = await check(backup);
      // What a manifest says for people alone is not vouched for.
      if (!isManifest || found !== undefined) {
        expect(found, path).toMatchObject({ code: 'DAMAGED' });
      }
      backup.disk.files.set(path, whole);
    }
    expect(await check(backup)).toBeUndefined();
  });

  it('that is cut short or lacks a file is damaged from the first missing event on', async () => {
    const backup = await createBackup();
    const names = backup.manifest.segments.map(({ name }) => `${DIRECTORY}/${name}`);
    const last = names.at(-1) ?? '';
    const whole = backup.disk.files.get(last) ?? new Uint8Array();
    backup.disk.files.set(last, whole.slice(0, -5));
    expect(await check(backup)).toMatchObject({ code: 'DAMAGED', number: backup.number });
    backup.disk.files.delete(last);
    expect(await check(backup)).toMatchObject({ code: 'DAMAGED', number: Number.parseInt(last.slice(-24), 10) });
    backup.disk.files.set(last, whole);
    backup.disk.files.delete(FIRST);
    expect(await check(backup)).toMatchObject({ code: 'DAMAGED', number: 1 });
  });

  it.each([
    ['manifest', { version: 2, segments: 'elsewhere' }],
    ['digest', { digestVersion: 2, digest: 'another' }],
  ])('with a newer %s is not damaged but too new', async (_what, newer) => {
    const backup = await createBackup();
    const text = JSON.stringify({ ...backup.manifest, ...newer });
    backup.disk.files.set(manifestPath(DIRECTORY), Buffer.from(text));
    expect(await check(backup)).toMatchObject({ code: 'TOO_NEW' });
  });

  it('with a segment of a newer version is not damaged but too new, and nothing goes on writing there', async () => {
    const backup = await createBackup();
    const { disk, log } = backup;
    const last = `${DIRECTORY}/${backup.manifest.segments.at(-1)?.name}`;
    const newer = Buffer.from('{"file":"fleetbook-segment","version":2,"of":"another shape"}\nwhatever\n');
    disk.files.set(last, newer);
    expect(await check(backup)).toMatchObject({ code: 'TOO_NEW' });
    const opened = openCopyWriter({ disk, directory: DIRECTORY, cell: 'main', log });
    await expect(opened).rejects.toMatchObject({ code: 'TOO_NEW' });
    expect(disk.files.get(last)).toEqual(newer);
  });

  it('with an event that this release does not know is not damaged but too new from there on', async () => {
    const backup = await createBackup();
    const { disk, number, manifest } = backup;
    const last = `${DIRECTORY}/${manifest.segments.at(-1)?.name}`;
    const whole = Buffer.from(disk.files.get(last) ?? []);
    const { commitId, epoch, events } = JSON.parse(whole.toString('utf8').trimEnd().split('\n').at(-1) ?? '');
    const newer = JSON.stringify({ ...events[0], number: number + 1, schemaVersion: 99 });
    const header = { commitId, epoch, firstNumber: number + 1, previousHash: manifest.hash };
    disk.files.set(last, Buffer.concat([whole, encodeCommit(header, [newer]).bytes, Buffer.from('\n')]));
    expect(await check(backup)).toMatchObject({ code: 'TOO_NEW', number: number + 1 });
  });

  it('without any commit is none', async () => {
    const empty = proveCopy((async function* () {})());
    await expect(empty).rejects.toMatchObject({ code: 'DAMAGED', number: 1 });
  });
});
