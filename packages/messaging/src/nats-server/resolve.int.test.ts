import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveNatsServer } from './resolve.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleetbook-resolve-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** A program that says it is nats-server of a version. */
async function fakeServer(name: string, says: string): Promise<string> {
  const path = join(directory, name, 'nats-server');
  await mkdir(join(directory, name), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${says}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe('the server to start', () => {
  it('is the configured one before any other', async () => {
    const configured = await fakeServer('mine', 'nats-server: v2.14.5');
    expect(await resolveNatsServer({ configured })).toEqual({
      ok: true,
      value: { path: configured, source: 'FLEETBOOK_NATS_SERVER', version: '2.14.5' },
    });
  });

  it('is the bundled one where npm brought it, and runs', async (context) => {
    const resolved = await resolveNatsServer({ searchPath: '' });
    context.skip(!resolved.ok && process.platform !== 'linux', 'the bundle is for Linux on x64');
    expect(resolved).toMatchObject({ ok: true, value: { source: 'bundled', version: '2.14.0' } });
  });

  it('is one on the PATH where there is no bundle', async () => {
    const path = await fakeServer('bin', 'nats-server: v2.11.0-RC.1');
    const searchPath = [join(directory, 'empty'), '', join(directory, 'bin')].join(':');
    expect(await resolveNatsServer({ bundled: undefined, searchPath })).toEqual({
      ok: true,
      value: { path, source: 'PATH', version: '2.11.0-RC.1' },
    });
  });

  it.each(['2.9.10', '2.10.29', '1.99.0'])('is refused by name when it is %s', async (version) => {
    const configured = await fakeServer('old', `nats-server: v${version}`);
    expect(await resolveNatsServer({ configured })).toMatchObject({
      ok: false,
      error: { code: 'SERVER_TOO_OLD', message: expect.stringContaining(version), details: { path: configured } },
    });
  });

  it('is missing, with the three ways to get one, when there is none', async () => {
    const resolved = await resolveNatsServer({ bundled: join(directory, 'deleted'), searchPath: directory });
    expect(resolved).toMatchObject({
      ok: false,
      error: {
        code: 'NATS_SERVER_MISSING',
        details: {
          ways: [
            expect.stringContaining('FLEETBOOK_NATS_SERVER'),
            expect.stringContaining('npm ci'),
            expect.stringContaining('PATH'),
          ],
          tried: ['bundled: not installed'],
        },
      },
    });
  });

  it('is never a bundled one that was altered', async () => {
    const bundled = await fakeServer('bundle', 'nats-server: v2.14.0');
    expect(await resolveNatsServer({ bundled, searchPath: '' })).toMatchObject({
      ok: false,
      error: { code: 'NATS_SERVER_MISSING', details: { tried: [expect.stringContaining('altered')] } },
    });
  });

  it('is never a configured file that is no server, nor another in its place', async () => {
    const configured = join(directory, 'text');
    await copyFile('/dev/null', configured);
    const other = await fakeServer('other', 'something else');
    for (const path of [configured, other, join(directory, 'none')]) {
      expect(await resolveNatsServer({ configured: path })).toMatchObject({
        ok: false,
        error: { code: 'NATS_SERVER_MISSING', details: { tried: [expect.stringContaining(path)] } },
      });
    }
  });
});
