import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { documentOf, makeDirectory } from './testing/command.ts';
import { type CellHere, fleetbookHere, type Said, startCellHere } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let cell: CellHere;

beforeAll(async () => {
  directory = await makeDirectory();
  cell = await startCellHere(directory.path);
  expect(await run('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-1')).toMatchObject({ code: 0 });
});

afterAll(async () => {
  await cell?.stop();
  await directory.remove();
});

function run(...line: string[]): Promise<Said> {
  return fleetbookHere(line, directory.path);
}

async function pidOfProjector(): Promise<unknown> {
  const endpoint = JSON.parse(await readFile(join(directory.path, '.fleetbook', 'endpoint.json'), 'utf8'));
  return endpoint.pids.projector;
}

it('projection status lists every projector', async () => {
  const pid = await pidOfProjector();
  const shown = await run('projection', 'status', '--json');
  expect(shown).toMatchObject({ code: 0 });
  expect(documentOf(shown)).toMatchObject({
    cell: 'main',
    replicas: [{ pid, status: 'green', isServing: true, lagMs: 0, foldVersion: expect.any(Number) }],
    differing: [],
  });
  expect((await run('projection', 'status')).stdout).toMatch(/^replica +process +status +serving +event/);
});

it('projection rebuild puts another process in the place of the one that runs, and status shows it', async () => {
  const before = await pidOfProjector();
  const rebuilt = await run('projection', 'rebuild', '--json');
  expect(rebuilt, rebuilt.stderr).toMatchObject({ code: 0 });
  // The file names the other process once the one before has ended, which is after it has left the cell.
  await expect.poll(pidOfProjector).not.toBe(before);
  const after = await pidOfProjector();
  expect(documentOf(rebuilt)).toMatchObject({ rebuilt: [{ pid: after, isServing: true }], left: [] });
  expect(documentOf(await run('projection', 'status', '--json'))).toMatchObject({ replicas: [{ pid: after }] });
});

it('a directory on which nothing runs has no projector, and what it holds is told as such', async () => {
  expect(await cell.stop()).toBe(0);
  const shown = await run('projection', 'status', '--data', '.fleetbook', '--json');
  expect(shown).toMatchObject({ code: 4, stderr: expect.stringContaining('no service runs on .fleetbook') });
  const { replicas, directory: held } = Object(documentOf(shown));
  expect(replicas).toEqual([]);
  expect(held.checkpoint.number).toBe(held.number);
  expect(await run('projection', 'rebuild', '--data', '.fleetbook')).toMatchObject({ code: 4 });
});

it('status tells a cell that is down from one that runs', async () => {
  const shown = await run('status', '--data', '.fleetbook');
  expect(shown).toMatchObject({ code: 4, stderr: expect.stringContaining('no service runs on .fleetbook') });
  expect(shown.stdout).toMatch(/^No service runs on \.fleetbook.*\nlast event +\d+\ninventory +green\n/);
  const silent = { error: { code: 'UNAVAILABLE' } };
  expect(documentOf(await run('status', '--data', '.fleetbook', '--json'))).toMatchObject({
    ...{ cell: 'main', tracker: silent, projector: silent },
    directory: { number: expect.any(Number), status: 'green' },
  });
});

it('exits 4 when no projector answers', async () => {
  expect(await run('projection', 'status', '--server', 'nats://127.0.0.1:1')).toMatchObject({ code: 4 });
});
