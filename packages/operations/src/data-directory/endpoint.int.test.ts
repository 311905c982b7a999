import { cp, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createNodeDisk } from '../ports/node-disk.ts';
import { placeOf } from './directory-place.ts';
import { type Endpoint, findEndpoint, isCopy, readEndpoint, writeEndpoint } from './endpoint.ts';

const disk = createNodeDisk();
let home: string;
let endpoint: Endpoint;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fleetbook-endpoint-'));
  await mkdir(join(home, '.fleetbook'));
  const directory = await placeOf(join(home, '.fleetbook'));
  endpoint = { natsUrl: 'nats://127.0.0.1:4222', cell: 'main', pids: {}, httpPorts: {}, directory };
  await writeEndpoint(disk, join(home, '.fleetbook'), endpoint);
});

afterAll(() => rm(home, { recursive: true, force: true }));

it('of a directory that was copied is none of the copy', async () => {
  await cp(join(home, '.fleetbook'), join(home, 'copy', '.fleetbook'), { recursive: true });
  expect(await readEndpoint(disk, join(home, '.fleetbook'))).toMatchObject({ value: { endpoint } });
  expect(await readEndpoint(disk, join(home, 'copy', '.fleetbook'))).toEqual({ ok: true, value: undefined });
  expect(await findEndpoint(disk, join(home, 'copy', 'deep'))).toMatchObject({ value: { endpoint } });
  expect(await isCopy(disk, join(home, '.fleetbook'))).toBe(false);
  expect(await isCopy(disk, join(home, 'copy', '.fleetbook'))).toBe(true);
  expect(await isCopy(disk, join(home, 'nowhere'))).toBe(false);
});

it('goes with a directory that is moved, or seen by another path', async () => {
  await symlink(join(home, '.fleetbook'), join(home, 'link'));
  expect(await readEndpoint(disk, join(home, 'link'))).toMatchObject({ value: { endpoint } });
  await rename(join(home, '.fleetbook'), join(home, 'moved'));
  expect(await readEndpoint(disk, join(home, 'moved'))).toMatchObject({ value: { endpoint } });
});
