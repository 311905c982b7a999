import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, makeDirectory } from './testing/command.ts';
import { fleetbookHere, type Said, startCellHere } from './testing/in-process.ts';

/** Releases whose data must open, with what they came to there. */
const RELEASES = [{ release: '0.1.0', number: 115, commits: 61, digest: '0037af0d4525b6a66e340558f70bc237' }] as const;

let directory: Awaited<ReturnType<typeof makeDirectory>>;

beforeEach(async () => {
  directory = await makeDirectory();
});

afterEach(() => directory.remove());

async function ok(...line: string[]): Promise<Said> {
  const finished = await fleetbookHere(line, directory.path);
  expect(finished, `${line.join(' ')}: ${finished.stderr}`).toMatchObject({ code: 0 });
  return finished;
}

describe.each(RELEASES)('the data of release $release', ({ release, number, commits, digest }) => {
  const backup = fileURLToPath(new URL(`../../../test/data/release-${release}`, import.meta.url));

  it('come to the digest that was recorded', async () => {
    const checked = documentOf(await ok('backup', 'check', backup, '--json'));
    expect(checked).toMatchObject({ isSound: true, kind: 'backup', number, commits, digest });
  });

  it('open: restored, they are served, and can be trusted', async () => {
    await ok('backup', 'restore', backup, '--data', '.fleetbook', '--yes');
    const cell = await startCellHere(directory.path);
    try {
      expect(documentOf(await ok('verify', '--json'))).toMatchObject({ isTrusted: true });
      expect(documentOf(await ok('node', 'list', '--json'))).toMatchObject({ outcome: 'answer' });
    } finally {
      await cell.stop();
    }
  });
});
