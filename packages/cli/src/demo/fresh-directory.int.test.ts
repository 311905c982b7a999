import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearForDemo } from './fresh-directory.ts';

let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'fleetbook-demo-'));
});

afterEach(() => rm(place, { recursive: true, force: true }));

describe('the directory of a demo', () => {
  it('is made where there is none, and emptied when it is an earlier one', async () => {
    const directory = join(place, 'demo');
    expect(await clearForDemo(directory)).toMatchObject({ ok: true });
    await mkdir(join(directory, 'logs'));
    await writeFile(join(directory, 'logs', 'tracker.log'), 'old');
    expect(await clearForDemo(directory)).toMatchObject({ ok: true });
    expect(await readdir(directory)).toEqual(['made-by-fleetbook-demo']);
  });

  it('is never one that holds what no demo has made', async () => {
    await mkdir(join(place, 'nats-server'));
    await writeFile(join(place, 'thesis.txt'), 'years of work');
    expect(await clearForDemo(place)).toMatchObject({ ok: false, error: { code: 'USAGE' } });
    expect((await readdir(place)).sort()).toEqual(['nats-server', 'thesis.txt']);
  });

  it('stays itself when it is named by a link', async () => {
    await mkdir(join(place, 'real'));
    await symlink(join(place, 'real'), join(place, 'link'));
    expect(await clearForDemo(join(place, 'link'))).toMatchObject({ ok: true });
    expect(await readdir(join(place, 'real'))).toEqual(['made-by-fleetbook-demo']);
  });
});
