import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDirectory } from './lock.ts';
import { identityOf, isRunning } from './process-identity.ts';

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleetbook-lock-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
  }
  await rm(directory, { recursive: true, force: true });
});

async function liveProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  children.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

async function writeHolder(generation: number, holder: object): Promise<void> {
  await writeFile(join(directory, `lock.${generation}`), JSON.stringify({ isReleased: false, ...holder }));
}

it('gives a directory to one holder and, once released, to the next', async () => {
  const first = await lockDirectory(join(directory, 'new'));
  const second = await lockDirectory(join(directory, 'new'));
  expect(first.ok).toBe(true);
  expect(second).toMatchObject({ ok: false, error: { code: 'DATA_IN_USE', details: { pid: process.pid } } });
  if (first.ok) {
    await first.value.release();
  }
  expect((await lockDirectory(join(directory, 'new'))).ok).toBe(true);
});

describe('a place that cannot be a data directory', () => {
  it.each([
    ['in a tree that lets nobody make one', () => '/proc/none/data', /no such file/],
    ['below a file', () => join(directory, 'file', 'data'), /not a directory/],
    ['that is a file', () => join(directory, 'file'), /not a directory/],
    ['with a name that is too long', () => join(directory, 'n'.repeat(300)), /name too long/],
    ['with a directory that has the name of a lock', () => join(directory, 'taken'), /lock\.7 in it is no file/],
  ])('%s is refused with the reason', async (_, path, reason) => {
    await writeFile(join(directory, 'file'), '');
    await mkdir(join(directory, 'taken', 'lock.7'), { recursive: true });
    expect(await lockDirectory(path())).toMatchObject({
      ok: false,
      error: { code: 'DATA_UNUSABLE', details: { directory: path(), reason: expect.stringMatching(reason) } },
    });
    expect(await readdir(join(directory, 'taken'))).toEqual(['lock.7']);
  });
});

it('refuses a directory of another live process by its pid, and changes nothing', async () => {
  const pid = await liveProcess();
  await writeHolder(3, identityOf(pid));
  const before = await readFile(join(directory, 'lock.3'), 'utf8');
  expect(await lockDirectory(directory)).toMatchObject({ ok: false, error: { code: 'DATA_IN_USE', details: { pid } } });
  expect(await readdir(directory)).toEqual(['lock.3']);
  expect(await readFile(join(directory, 'lock.3'), 'utf8')).toBe(before);
});

it('takes over from a dead process and leaves one lock file', async () => {
  await writeHolder(3, { ...identityOf(process.pid), pid: await deadProcess() });
  expect((await lockDirectory(directory)).ok).toBe(true);
  expect(await readdir(directory)).toEqual(['lock.4']);
});

it.skipIf(process.platform !== 'linux')('takes over when the pid now belongs to a younger process', async () => {
  const identity = identityOf(await liveProcess());
  await writeHolder(1, { ...identity, startTicks: identity.startTicks - 1 });
  expect((await lockDirectory(directory)).ok).toBe(true);
});

it.skipIf(process.platform !== 'linux')('takes over what an earlier boot left', async () => {
  await writeHolder(1, { ...identityOf(await liveProcess()), boot: 'another boot' });
  expect((await lockDirectory(directory)).ok).toBe(true);
});

it('takes over a file that is no lock', async () => {
  await writeFile(join(directory, 'lock.1'), '{"pid":');
  expect((await lockDirectory(directory)).ok).toBe(true);
});

it('lets exactly one of many contenders take a stale lock', async () => {
  await writeHolder(9, { ...identityOf(process.pid), pid: await deadProcess() });
  const results = await Promise.all(Array.from({ length: 16 }, () => lockDirectory(directory)));
  expect(results.filter((result) => result.ok)).toHaveLength(1);
  expect(await readdir(directory)).toEqual(['lock.10']);
});

it('a process that has ended does not run', async () => {
  expect(isRunning({ ...identityOf(process.pid), pid: await deadProcess() })).toBe(false);
  expect(isRunning(identityOf(process.pid))).toBe(true);
});
