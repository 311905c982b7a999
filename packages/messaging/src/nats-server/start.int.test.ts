import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectBus } from '../bus/connect.ts';
import { configurationText } from './configuration.ts';
import { freePort } from './free-port.ts';
import { isHealthy, serverNameAt, syncModeAt } from './monitoring.ts';
import { resolveNatsServer } from './resolve.ts';
import { prepareDirectories, readPorts, serverFilesIn } from './server-files.ts';
import { type RunningServer, type StartedServer, type StartServerOptions, startNatsServer } from './start.ts';

let directory: string;
let binary: string;
const running = new Set<RunningServer>();

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleetbook-start-'));
  const resolved = await resolveNatsServer();
  if (!resolved.ok) {
    throw new Error(resolved.error.message);
  }
  binary = resolved.value.path;
});

afterEach(async () => {
  await Promise.all([...running].map((server) => server.stop()));
  running.clear();
  await rm(directory, { recursive: true, force: true });
});

async function attempt(options: Partial<StartServerOptions> = {}): Promise<StartedServer> {
  const started = await startNatsServer({ binary, dataDirectory: directory, ...options });
  if (started.ok) {
    running.add(started.value);
  }
  return started;
}

async function start(options: Partial<StartServerOptions> = {}): Promise<RunningServer> {
  const started = await attempt(options);
  if (!started.ok) {
    throw new Error(started.error.message);
  }
  return started.value;
}

async function store(server: RunningServer, subject: string): Promise<number> {
  const { user, password } = 'user' in server.access ? server.access : {};
  const bus = await connectBus({ servers: [server.url], name: 'test', user, password });
  try {
    const manager = await bus.connection.jetstreamManager();
    await manager.streams.add({ name: 'TEST', subjects: ['test'] });
    return (await bus.connection.jetstream().publish(subject, 'x')).seq;
  } finally {
    await bus.close();
  }
}

it('is ready when it is handed over, syncs every append and listens on the loopback interface', async () => {
  const server = await start();
  expect(server.isAdopted).toBe(false);
  expect(await syncModeAt(server.monitoringUrl)).toBe('always');
  expect([new URL(server.url).hostname, new URL(server.monitoringUrl).hostname]).toEqual(['127.0.0.1', '127.0.0.1']);
  expect(await store(server, 'test')).toBe(1);
});

it('may fill its disk: no share of what is free at the start bounds the store', async () => {
  const { monitoringUrl } = await start();
  const varz = await (await fetch(new URL('/varz', monitoringUrl))).json();
  expect(varz).toMatchObject({ jetstream: { config: { max_storage: 2 ** 50 } } });
});

it('keeps its password from others', async () => {
  await start();
  const files = serverFilesIn(directory);
  for (const path of [files.configuration, files.state]) {
    expect((await stat(path)).mode & 0o777, path).toBe(0o600);
  }
});

it('keeps its store over a stop, and takes the ports it is told to', async () => {
  const first = await start();
  expect(await store(first, 'test')).toBe(1);
  await first.stop();
  await first.exited;
  const { port, monitoringPort } = first;
  const second = await start({ port, monitoringPort });
  expect([second.port, second.monitoringUrl, second.isAdopted]).toEqual([port, first.monitoringUrl, false]);
  expect(await store(second, 'test')).toBe(2);
});

it('is monitored elsewhere where another program has taken the port', async () => {
  const monitoringPort = await freePort();
  const stranger = createServer().listen(monitoringPort, '127.0.0.1');
  await once(stranger, 'listening');
  const server = await start({ monitoringPort });
  stranger.close();
  expect(server.monitoringPort).not.toBe(monitoringPort);
  expect(await syncModeAt(server.monitoringUrl)).toBe('always');
});

it('adopts the server that an ended launcher left', async () => {
  const first = await start({ isDetached: true });
  const second = await start();
  expect([second.isAdopted, second.pid, second.url]).toEqual([true, first.pid, first.url]);
  expect(second.access).toEqual(first.access);
  await second.stop();
  await Promise.all([first.exited, second.exited]);
});

it.skipIf(process.platform !== 'linux')('ends a left server that does not answer, and starts another', async () => {
  const first = await start();
  process.kill(first.pid, 'SIGSTOP');
  await expect.poll(() => readFile(`/proc/${first.pid}/stat`, 'utf8')).toContain(') T ');
  const second = await start({ leftoverGraceMs: 50 });
  expect([second.isAdopted, second.pid === first.pid]).toEqual([false, false]);
  await first.exited;
});

it('starts another when the left one has the wrong port', async () => {
  const first = await start();
  const port = await freePort();
  const second = await start({ port });
  expect([second.port, second.isAdopted]).toEqual([port, false]);
  await first.exited;
});

it.skipIf(process.platform !== 'linux').each([
  ['goes by another name too', (of: string, to: string) => symlink(of, to)],
  ['was moved', (of: string, to: string) => rename(of, to)],
])('ends the left server of a directory that %s', async (_case, makeSecond) => {
  const first = await start({ dataDirectory: join(directory, 'first') });
  expect(await store(first, 'test')).toBe(1);
  await makeSecond(join(directory, 'first'), join(directory, 'second'));
  const second = await start({ dataDirectory: join(directory, 'second'), port: first.port });
  expect(second.isAdopted).toBe(false);
  await first.exited;
  expect(await store(second, 'test')).toBe(2);
});

it('leaves the server of a directory alone that it has a copy of', async () => {
  const first = await start({ dataDirectory: join(directory, 'first') });
  await cp(join(directory, 'first'), join(directory, 'second'), { recursive: true });
  const second = await start({ dataDirectory: join(directory, 'second') });
  expect([second.isAdopted, second.pid === first.pid]).toEqual([false, false]);
  expect(await store(first, 'test')).toBe(1);
});

it('leaves a stranger alone that has the process id of a server that died', async () => {
  const first = await start();
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  const stranger = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
  try {
    await once(stranger, 'spawn');
    const files = serverFilesIn(directory);
    const state: unknown = JSON.parse(await readFile(files.state, 'utf8'));
    await writeFile(files.state, JSON.stringify(Object.assign({}, state, { pid: stranger.pid })));
    await writeFile(files.pid, String(stranger.pid));
    expect((await start()).isAdopted).toBe(false);
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
  } finally {
    stranger.kill('SIGKILL');
  }
});

it('says that the port is taken, and starts nothing', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    expect(await attempt({ port })).toMatchObject({ ok: false, error: { code: 'PORT_IN_USE', details: { port } } });
  } finally {
    taken.close();
  }
});

it('says what the server logged when it does not start', async () => {
  const files = serverFilesIn(directory);
  await mkdir(files.directory, { recursive: true });
  await writeFile(files.store, 'a file where the store should be');
  const broken = join(directory, 'broken');
  await writeFile(broken, '#!/bin/sh\nexit 1\n');
  await chmod(broken, 0o755);
  expect(await attempt()).toMatchObject({
    ok: false,
    error: { code: 'UNAVAILABLE', details: { reason: expect.stringContaining('EEXIST') } },
  });
  await rm(files.store);
  expect(await attempt({ binary: broken })).toMatchObject({
    ok: false,
    error: { code: 'UNAVAILABLE', details: { service: 'nats-server', reason: `${broken} ended without a word` } },
  });
  expect(await attempt({ limits: { tls: { cert: '/none', key: '/none' } } })).toMatchObject({
    ok: false,
    error: { code: 'UNAVAILABLE' },
  });
  expect(await attempt({ binary: join(directory, 'none') })).toMatchObject({
    ok: false,
    error: { code: 'UNAVAILABLE' },
  });
});

it('knows a server that syncs lazily', async () => {
  const files = serverFilesIn(directory);
  await prepareDirectories(files);
  const text = configurationText({
    serverName: 'lazy',
    port: -1,
    monitoringPort: -1,
    storeDirectory: files.store,
    portsDirectory: files.ports,
    pidFile: files.pid,
    logFile: files.log,
    access: { user: 'joe', password: 'secret' },
    limits: {},
  });
  await writeFile(files.configuration, text.replace('sync_interval: always', 'sync_interval: "1s"'));
  const child = spawn(binary, ['-c', files.configuration], { stdio: 'ignore' });
  try {
    const ports = await expect
      .poll(() => readPorts(files))
      .toBeDefined()
      .then(() => readPorts(files));
    const monitoringUrl = `http://127.0.0.1:${ports?.monitoringPort}`;
    await expect.poll(() => isHealthy(monitoringUrl)).toBe(true);
    expect(await syncModeAt(monitoringUrl)).toBe('lazy');
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

it('says nothing of a server that cannot be asked', async () => {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  expect(await syncModeAt(nowhere)).toBe('unknown');
  expect(await serverNameAt(nowhere)).toBeUndefined();
});
