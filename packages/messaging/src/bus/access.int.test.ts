import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from 'nats';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ServerAccess, ServerLimits } from '../nats-server/configuration.ts';
import { resolveNatsServer } from '../nats-server/resolve.ts';
import { type RunningServer, startNatsServer } from '../nats-server/start.ts';
import { type ConnectOptions, connectBus } from './connect.ts';

let directory: string;
const running: RunningServer[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fleetbook-access-'));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(directory, { recursive: true, force: true });
});

async function start(access: ServerAccess, limits: ServerLimits = {}): Promise<string> {
  const binary = await resolveNatsServer();
  const started =
    binary.ok && (await startNatsServer({ binary: binary.value.path, dataDirectory: directory, access, limits }));
  if (started === false || !started.ok) {
    throw new Error('no server');
  }
  running.push(started.value);
  return started.value.url;
}

async function outcome(options: Omit<ConnectOptions, 'name'>): Promise<string> {
  try {
    const bus = await connectBus({ name: 'test', ...options });
    await bus.flush();
    await bus.close();
    return 'connected';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

it('takes user and password from the options or from the URL, and tells a refusal from an absence', async () => {
  const url = await start({ user: 'joe', password: 'p@ss/w:rd' });
  expect(await outcome({ servers: [url], user: 'joe', password: 'p@ss/w:rd' })).toBe('connected');
  const inUrl = url.replace('//', `//joe:${encodeURIComponent('p@ss/w:rd')}@`);
  expect(await outcome({ servers: [inUrl] })).toBe('connected');
  expect(await outcome({ servers: [url], user: 'joe', password: 'wrong', waitOnFirstConnect: true })).toBe('REFUSED');
  expect(await outcome({ servers: [url] })).toBe('REFUSED');
});

it('signs with an NKEY from a file', async () => {
  const [key, other] = [nkeys.createUser(), nkeys.createUser()];
  const url = await start({ nkeys: [key.getPublicKey()] });
  const paths = { right: join(directory, 'right.nk'), wrong: join(directory, 'wrong.nk') };
  await writeFile(paths.right, `${new TextDecoder().decode(key.getSeed())}\n`);
  await writeFile(paths.wrong, other.getSeed());
  expect(await outcome({ servers: [url], nkey: paths.right })).toBe('connected');
  expect(await outcome({ servers: [url], nkey: paths.wrong })).toBe('REFUSED');
  expect(await outcome({ servers: [url], nkey: join(directory, 'none.nk') })).toBe('UNREADABLE');
  expect(await outcome({ servers: [url], credentials: join(directory, 'none.creds') })).toBe('UNREADABLE');
});

const OPENSSL = 'openssl';

function hasOpenssl(): boolean {
  try {
    execFileSync(OPENSSL, ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

it.skipIf(!hasOpenssl())('speaks TLS with a CA and a client certificate', async () => {
  const file = (name: string): string => join(directory, name);
  const openssl = (...args: string[]): void => void execFileSync(OPENSSL, args, { stdio: 'ignore', cwd: directory });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=test CA');
  openssl('req', ...curve, '-keyout', 'one.key', '-out', 'one.csr', '-subj', '/CN=one');
  await writeFile(file('names'), 'subjectAltName=IP:127.0.0.1\n');
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'one.csr', ...signed, '-out', 'one.pem');

  const access = { user: 'joe', password: 'secret' };
  const server = { cert: file('one.pem'), key: file('one.key'), ca: file('ca.pem') };
  const url = (await start(access, { tls: server })).replace('nats:', 'tls:');
  const tls = { ca: server.ca, cert: server.cert, key: server.key };
  expect(await outcome({ servers: [url], ...access, tls })).toBe('connected');
  expect(await outcome({ servers: [url], ...access, tls: { ca: server.ca } })).not.toBe('connected');
  expect(await outcome({ servers: [url], ...access, waitOnFirstConnect: true })).toBe('REFUSED');
  expect(await outcome({ servers: [url], ...access, tls: { ...tls, ca: file('none.pem') } })).toBe('UNREADABLE');
  const byName = url.replace('127.0.0.1', 'localhost');
  expect(await outcome({ servers: [byName], ...access, tls, waitOnFirstConnect: true })).toBe('REFUSED');
});
