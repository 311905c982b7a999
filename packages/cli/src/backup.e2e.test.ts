import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectFleetbook } from '@fleetbook/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, makeDirectory } from './testing/command.ts';
import { type CellHere, fleetbookHere, type Said, startCellHere } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let cell: CellHere | undefined;

beforeEach(async () => {
  directory = await makeDirectory();
  cell = await startCellHere(directory.path);
  await ok('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-1');
  await ok('node', 'report', 'n-1', '--actor', 'agent-1', '--resource', 'VCPU=1000000');
});

afterEach(async () => {
  await cell?.stop();
  await directory.remove();
});

const run = (...line: string[]): Promise<Said> => fleetbookHere(line, directory.path);

async function ok(...line: string[]): Promise<Said> {
  const finished = await run(...line);
  expect(finished, `${line.join(' ')}: ${finished.stderr}`).toMatchObject({ code: 0 });
  return finished;
}

const MOST_CLAIMS = 300;

/** Claims one after another until it is told to end, or has had enough; gives those that were acknowledged. */
async function startLoad() {
  const endpoint = JSON.parse(await readFile(join(directory.path, '.fleetbook/endpoint.json'), 'utf8'));
  const { natsUrl, user, password } = endpoint;
  const client = { name: 'load', version: '1.0.0' };
  const fleetbookClient = await connectFleetbook({ servers: [natsUrl], user, password, client });
  const scheduler = fleetbookClient.as('scheduler', 'load');
  const acknowledged: string[] = [];
  let isEnding = false;
  const working = (async () => {
    while (!isEnding && acknowledged.length < MOST_CLAIMS) {
      const instance = randomUUID();
      const reply = await scheduler.send('ClaimInstance', {
        ...{ node: 'n-1', instance, request: { resources: { VCPU: 1 } } },
      });
      if (reply.outcome === 'accepted') {
        acknowledged.push(instance);
      }
    }
  })();
  return {
    acknowledged,
    /** As of the last claim. */
    token: () => scheduler.token() ?? '',
    async end() {
      isEnding = true;
      await working;
      await fleetbookClient.close();
    },
  };
}

async function heldIn(data: string): Promise<readonly string[]> {
  const { stdout } = await ok('events', '--type', 'InstanceClaimed', '--data', data, '--json');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).command.instance);
}

describe('a backup', () => {
  it('made under load, restored elsewhere, can be trusted and answers as the cell did then', async () => {
    const load = await startLoad();
    await expect.poll(() => load.acknowledged.length).toBeGreaterThan(20);
    const before = [...load.acknowledged];
    const made = Object(documentOf(await ok('backup', 'create', '--to', 'busy', '--json')));
    await load.end();
    expect(documentOf(await ok('backup', 'check', 'busy', '--json'))).toMatchObject({ digest: made.digest });
    await ok('backup', 'restore', 'busy', '--data', 'fresh', '--yes');
    expect(documentOf(await ok('verify', '--data', 'fresh', '--json'))).toMatchObject({
      ...{ isTrusted: true, log: { events: made.number + 2 } },
    });
    const held = await heldIn('fresh');
    expect(new Set(held).size).toBe(held.length);
    expect(held.slice(0, before.length)).toEqual(before);

    await ok('backup', 'create', '--to', 'quiet');
    const usage = Object(documentOf(await ok('usage', '--at-least', load.token(), '--json'))).answer;
    await cell?.stop();
    cell = undefined;
    await ok('backup', 'restore', 'quiet', '--data', 'second', '--yes');
    cell = await startCellHere(directory.path, {}, ['--data', 'second']);
    const again = Object(documentOf(await ok('usage', '--data', 'second', '--json'))).answer;
    expect(again).toEqual(usage);
    expect(await heldIn('second')).toEqual(load.acknowledged);
  });

  it('that is damaged says where, and is not restored; a place in use is refused', async () => {
    await ok('backup', 'create', '--to', 'b');
    expect(await run('backup', 'create', '--to', 'b')).toMatchObject({ code: 2 });
    const refused = await run('backup', 'restore', 'b', '--data', '.fleetbook', '--yes');
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringContaining('WRITER_IN_OFFICE') });
    await cell?.stop();
    cell = undefined;
    const taken = await run('backup', 'restore', 'b', '--data', '.fleetbook', '--yes');
    expect(taken).toMatchObject({ code: 3, stderr: expect.stringContaining('LOG_NOT_EMPTY') });
    expect(await run('backup', 'restore', 'b', '--data', 'fresh')).toMatchObject({ code: 2 });
    const other = await run('backup', 'restore', 'b', '--data', 'other', '--cell', 'west', '--yes');
    expect(other).toMatchObject({ code: 5, stderr: expect.stringContaining('of cell main, not of west') });
    expect(await run('events', '--data', 'other', '--cell', 'west')).not.toMatchObject({
      stderr: expect.stringContaining('restored'),
    });
    const manifest = join(directory.path, 'b/manifest.json');
    await rename(manifest, `${manifest}.away`);
    const unfinished = await run('backup', 'restore', 'b', '--data', 'fresh', '--yes');
    expect(unfinished).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no manifest') });
    await rename(`${manifest}.away`, manifest);
    const file = join(directory.path, 'b/0000000000000001.commits');
    const bytes = await readFile(file);
    const place = bytes.indexOf('"NodeRegistered"');
    bytes[place + 3] = (bytes[place + 3] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const damaged = await run('backup', 'check', 'b', '--json');
    expect(damaged).toMatchObject({ code: 5 });
    expect(documentOf(damaged)).toMatchObject({
      isSound: false,
      error: { code: 'COPY_DAMAGED', details: { number: 4 } },
    });
    expect(await run('backup', 'restore', 'b', '--data', 'fresh', '--yes')).toMatchObject({ code: 5 });
  });
});
