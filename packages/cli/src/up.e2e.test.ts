import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { identityOf, isRunning } from '@fleetbook/operations';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, fleetbook, makeDirectory, startUp } from './testing/command.ts';
import { fleetbookHere } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;

beforeEach(async () => {
  directory = await makeDirectory();
});

afterEach(async () => {
  await directory.remove();
});

async function endpointIn(path: string) {
  return Object(JSON.parse(await readFile(join(path, '.fleetbook', 'endpoint.json'), 'utf8')));
}

/** For who is to reach the cell without what is in its directory. */
async function accessTo(path: string): Promise<Readonly<Record<string, string>>> {
  const { natsUrl, user, password } = await endpointIn(path);
  return { FLEETBOOK_NATS_URL: natsUrl, FLEETBOOK_NATS_USER: user, FLEETBOOK_NATS_PASSWORD: password };
}

describe('fleetbook up', () => {
  it('starts a killed service again and stops all in order', async () => {
    const surroundings = { directory: directory.path };
    const cell = await startUp(surroundings);
    const projector = Number(/projector +ready +process (\d+)/.exec(cell.output())?.[1]);
    process.kill(projector, 'SIGKILL');
    await expect.poll(() => cell.output().match(/projector +ready/g)?.length).toBe(2);
    expect(cell.output()).toContain(`process ${projector}: signal SIGKILL; it is started again`);
    expect(documentOf(await fleetbook(['status', '--json'], surroundings))).toMatchObject({
      projector: { status: 'green' },
    });
    expect(await cell.stop()).toBe(0);
    expect([...cell.output().matchAll(/^(\S+) +stopped/gm)].map(([, name]) => name)).toEqual([
      'tracker',
      'projector',
      'nats-server',
    ]);
  });

  it('ends the tracker in office last, and the projector only then: the archive has all of the log', async () => {
    const environment = { FLEETBOOK_ARCHIVE_DIRECTORY: join(directory.path, 'archive') };
    const surroundings = { directory: directory.path, environment };
    const cell = await startUp(surroundings, ['--trackers', '2']);
    expect(await fleetbook(['node', 'register', 'n-1', '--actor', 'agent-1'], surroundings)).toMatchObject({ code: 0 });
    expect(await cell.stop()).toBe(0);
    const inOffice = /^(tracker\S*) +ready/m.exec(cell.output())?.[1] ?? '';
    const standBy = inOffice === 'tracker' ? 'tracker-2' : 'tracker';
    expect([...cell.output().matchAll(/^(\S+) +stopped/gm)].map(([, name]) => name)).toEqual([
      ...[standBy, inOffice],
      ...['projector', 'nats-server'],
    ]);
    const line = ['log', 'recover', '--from', environment.FLEETBOOK_ARCHIVE_DIRECTORY, '--data', '.fleetbook'];
    const compared = Object(documentOf(await fleetbook([...line, '--dry-run', '--json'], surroundings)));
    expect(compared).toEqual({ outcome: 'unchanged', cell: 'main', logEnd: 4, copyEnd: 4, commits: 0 });
  });

  it('keeps the durability verified when nats-server and the services are killed at once', async () => {
    const surroundings = { directory: directory.path };
    const cell = await startUp(surroundings);
    const { pids, monitoringUrl } = await endpointIn(directory.path);
    for (const pid of Object.values(pids)) {
      process.kill(Number(pid), 'SIGKILL');
    }
    await expect.poll(() => cell.output().match(/^\S+ +ready/gm)?.length, { timeout: 20_000 }).toBe(6);
    expect(await endpointIn(directory.path)).toMatchObject({ monitoringUrl });
    const verified = { durability: 'verified' };
    await expect
      .poll(async () => Object(documentOf(await fleetbook(['status', '--json'], surroundings))))
      .toMatchObject({ tracker: verified, projector: verified });
    expect(await cell.stop()).toBe(0);
  });

  it('is not well any more once the store is removed under it', async () => {
    const surroundings = { directory: directory.path, environment: { FLEETBOOK_STORAGE_INTERVAL_MS: '50' } };
    const cell = await startUp(surroundings);
    const environment = await accessTo(directory.path);
    await rm(join(directory.path, '.fleetbook'), { recursive: true });
    const status = () => fleetbook(['status', '--json'], { directory: directory.path, environment });
    await expect.poll(async () => (await status()).code).toBe(1);
    const reason = expect.stringMatching(/^the store \S+store is gone/);
    const storage = expect.objectContaining({ name: 'storage', status: 'red', reason });
    expect(documentOf(await status())).toMatchObject({ tracker: { checks: expect.arrayContaining([storage]) } });
    await cell.stop();
  });

  it('is found in the directory that FLEETBOOK_DATA names, and nowhere else then', async () => {
    const environment = { FLEETBOOK_DATA: 'elsewhere' };
    const cell = await startUp({ directory: directory.path, environment });
    const ask = (data: string) => fleetbookHere(['tracker', 'status'], directory.path, { FLEETBOOK_DATA: data });
    expect(await ask('elsewhere')).toMatchObject({ code: 0 });
    await cp(join(directory.path, 'elsewhere/endpoint.json'), join(directory.path, '.fleetbook/endpoint.json'));
    expect(await ask('nowhere')).toMatchObject({ code: 4 });
    expect(await cell.stop()).toBe(0);
  });

  it('takes over what a killed one left running, and still stops it', async () => {
    const surroundings = { directory: directory.path };
    const killed = await startUp(surroundings);
    const pid = (output: string, service: string) => new RegExp(`${service} +ready +process (\\d+)`).exec(output)?.[1];
    process.kill(killed.pid, 'SIGKILL');
    await killed.stop();
    const cell = await startUp(surroundings);
    expect(pid(cell.output(), 'nats-server')).toBe(pid(killed.output(), 'nats-server'));
    expect(isRunning(identityOf(Number(pid(killed.output(), 'tracker'))))).toBe(false);
    expect(await cell.stop()).toBe(0);
    expect(isRunning(identityOf(Number(pid(cell.output(), 'nats-server'))))).toBe(false);
  });

  it('told twice to end, ends at once and leaves no process', async () => {
    const cell = await startUp({ directory: directory.path });
    const pids = [...cell.output().matchAll(/^\S+ +started +process (\d+)/gm)].map(([, pid]) => Number(pid));
    expect(pids).toHaveLength(3);
    // Ending in good order waits for it: the second word always comes in time.
    process.kill(Number(/tracker +started +process (\d+)/.exec(cell.output())?.[1]), 'SIGSTOP');
    process.kill(cell.pid, 'SIGTERM');
    expect(await cell.stop()).toBe(130);
    await expect.poll(() => pids.filter((pid) => isRunning(identityOf(pid)))).toEqual([]);
  });

  it('that is ending still tells the next one what to end', async () => {
    const cell = await startUp({ directory: directory.path });
    const projector = Number(/projector +started +process (\d+)/.exec(cell.output())?.[1]);
    process.kill(projector, 'SIGSTOP');
    const stopped = cell.stop();
    await expect.poll(cell.output).toMatch(/^tracker +stopped/m);
    const endpoint = await readFile(join(directory.path, '.fleetbook', 'endpoint.json'), 'utf8');
    process.kill(projector, 'SIGCONT');
    expect(JSON.parse(endpoint)).toMatchObject({ pids: { projector } });
    expect(await stopped).toBe(0);
    expect(await readdir(join(directory.path, '.fleetbook'))).not.toContain('endpoint.json');
  });

  it('refuses a port that is taken, with exit code 4 and a way out', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const finished = await fleetbook(['up', '--port', String(port)], { directory: directory.path });
    server.close();
    expect(finished).toMatchObject({ code: 4 });
    expect(finished.stderr).toContain(`PORT_IN_USE: Port ${port} on 127.0.0.1 is in use.`);
    expect(finished.stderr).toContain('--port');
    expect(finished.stderr).not.toContain('--server');
  });

  it('says where it looked for a nats-server that is not there, and the three ways to get one', async () => {
    const environment = { FLEETBOOK_NATS_SERVER: join(directory.path, 'deleted') };
    const finished = await fleetbook(['up', '--port', '0'], { directory: directory.path, environment });
    expect(finished).toMatchObject({ code: 4 });
    expect(finished.stderr).toContain('NATS_SERVER_MISSING');
    expect(finished.stderr).toContain(`FLEETBOOK_NATS_SERVER: ${join(directory.path, 'deleted')} is not a nats-server`);
    expect(finished.stderr.match(/^ {2}- /gm)).toHaveLength(3);
  });

  it.each([
    ['is a file', 'file'],
    ['can be made nowhere', '/proc/none'],
    ['has a file where a directory of ours belongs', 'logs-taken'],
  ])('refuses a data directory that %s, with exit code 2', async (_, name) => {
    await writeFile(join(directory.path, 'file'), '');
    await mkdir(join(directory.path, 'logs-taken'));
    await writeFile(join(directory.path, 'logs-taken', 'logs'), '');
    const finished = await fleetbookHere(['up', '--port', '0', '--data', name], directory.path);
    expect(finished).toMatchObject({ code: 2 });
    expect(finished.stderr).toMatch(/^DATA_UNUSABLE: \S+ cannot be used: /);
  });

  it('refuses a setting that does not exist', async () => {
    const finished = await fleetbook(['up'], { directory: directory.path, environment: { FLEETBOOK_CEL: 'x' } });
    expect(finished).toMatchObject({ code: 2 });
    expect(finished.stderr).toContain('the nearest one is FLEETBOOK_CELL');
  });
});

describe('without services', () => {
  it('a question ends with exit code 4 and says how to start', async () => {
    const finished = await fleetbook(['node', 'list', '--server', 'nats://127.0.0.1:1', '--json'], {
      directory: directory.path,
    });
    expect(finished).toMatchObject({ code: 4 });
    expect(documentOf(finished)).toMatchObject({ outcome: 'error', error: { code: 'UNAVAILABLE' } });
    expect(finished.stderr).toContain('fleetbook up');
  });

  it('config print masks secrets', async () => {
    const environment = { FLEETBOOK_NATS_USER: 'me', FLEETBOOK_NATS_PASSWORD: 'open sesame' };
    const finished = await fleetbookHere(['config', 'print'], directory.path, environment);
    expect(finished.stdout).toContain('FLEETBOOK_NATS_PASSWORD');
    expect(finished.stdout + finished.stderr).not.toContain('sesame');
  });

  it('a backup is begun nowhere', async () => {
    const line = ['backup', 'create', '--to', 'backup', '--server', 'nats://127.0.0.1:1'];
    expect(await fleetbookHere(line, directory.path)).toMatchObject({ code: 4 });
    expect(await readdir(directory.path)).toEqual([]);
  });

  it('a directory without a log is a usage error', async () => {
    const finished = await fleetbookHere(['node', 'list', '--data', '.'], directory.path);
    expect(finished).toMatchObject({ code: 2 });
  });

  it('no colour reaches a pipe', async () => {
    const finished = await fleetbook(['errors'], { directory: directory.path });
    expect(finished.stdout).not.toContain('\u001B');
  });
});
