import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endOrphans } from './orphans.ts';

let directory: string;
let program: string;
let logs: string;
const running = new Set<ChildProcess>();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleetbook-orphans-'));
  program = join(directory, 'program.mjs');
  logs = join(directory, 'logs');
  await writeFile(program, 'setInterval(() => undefined, 1_000);\n');
  await mkdir(logs);
});

afterEach(async () => {
  await Promise.all([...running].map(endNow));
  running.clear();
  await rm(directory, { recursive: true });
});

async function endNow(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function start(logFile: string, entry = program): Promise<ChildProcess> {
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [entry], { stdio: ['ignore', log, log] });
  closeSync(log);
  running.add(child);
  await once(child, 'spawn');
  return child;
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

describe.skipIf(process.platform !== 'linux')('endOrphans', () => {
  it('ends what was noted', async () => {
    const noted = await start(join(directory, 'elsewhere.log'));
    await endOrphans({ pids: [noted.pid ?? 0], programs: [program], logs });
    await expect.poll(() => hasEnded(noted)).toBe(true);
  });

  it('ends what its supervisor had no time to note, by the log that it writes', async () => {
    const unnoted = await start(join(logs, 'tracker.log'));
    await endOrphans({ pids: [], programs: [program], logs });
    await expect.poll(() => hasEnded(unnoted)).toBe(true);
  });

  it('leaves alone what writes elsewhere, and what is no program of ours', async () => {
    const another = join(directory, 'another.mjs');
    await writeFile(another, 'setInterval(() => undefined, 1_000);\n');
    const others = [await start(join(directory, 'elsewhere.log')), await start(join(logs, 'tracker.log'), another)];
    const pids = others.flatMap(({ pid }) => pid ?? []).slice(1);
    await endOrphans({ pids, programs: [program], logs });
    expect(others.map(hasEnded)).toEqual([false, false]);
  });

  it('needs no logs', async () => {
    await endOrphans({ pids: [], programs: [program], logs: join(directory, 'nowhere') });
  });
});
