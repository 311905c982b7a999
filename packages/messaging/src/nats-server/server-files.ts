import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ServerAccess } from './configuration.ts';

/** Where a started server keeps its files, below the data directory. */
export interface ServerFiles {
  readonly directory: string;
  readonly store: string;
  readonly ports: string;
  readonly configuration: string;
  readonly pid: string;
  readonly log: string;
  readonly state: string;
}

/** What a later launcher needs to find the server again. It may hold a password: the file is for its owner only. */
export interface ServerState {
  readonly serverName: string;
  readonly pid: number;
  readonly port: number;
  readonly monitoringPort: number;
  readonly access: ServerAccess;
}

const ONLY_OWNER = 0o600;
const ONLY_OWNER_DIRECTORY = 0o700;

/** Absolute, because the server's command line shows the path of its configuration and is recognised by it. */
export function serverFilesIn(dataDirectory: string): ServerFiles {
  const directory = resolve(dataDirectory, 'nats-server');
  return {
    directory,
    store: join(directory, 'store'),
    ports: join(directory, 'ports'),
    configuration: join(directory, 'server.conf'),
    pid: join(directory, 'server.pid'),
    log: join(directory, 'server.log'),
    state: join(directory, 'server.json'),
  };
}

/** Makes the directories, without the ports of an earlier run in them. */
export async function prepareDirectories(files: ServerFiles): Promise<void> {
  await mkdir(files.store, { recursive: true, mode: ONLY_OWNER_DIRECTORY });
  await rm(files.ports, { recursive: true, force: true });
  await mkdir(files.ports, { mode: ONLY_OWNER_DIRECTORY });
  await rm(files.pid, { force: true });
}

export async function writeSecret(path: string, text: string): Promise<void> {
  const draft = `${path}.unfinished`;
  await rm(draft, { force: true });
  await writeFile(draft, text, { mode: ONLY_OWNER });
  await rename(draft, path);
}

export async function readPid(files: ServerFiles): Promise<number | undefined> {
  const pid = Number.parseInt(await readFile(files.pid, 'utf8').catch(() => ''), 10);
  return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
}

/** What the last launcher noted; undefined if there is nothing or nothing usable. */
export async function readState(files: ServerFiles): Promise<ServerState | undefined> {
  const found = await readJson(files.state);
  return isState(found) ? found : undefined;
}

/** The ports the server took; undefined until it has written them. */
export async function readPorts(
  files: ServerFiles,
): Promise<{ readonly port: number; readonly monitoringPort: number } | undefined> {
  const name = (await readdir(files.ports)).find((file) => file.endsWith('.ports'));
  const found = name === undefined ? undefined : await readJson(join(files.ports, name));
  if (!isRecord(found)) {
    return undefined;
  }
  // With TLS the server lists its clients' address as `tls://…`.
  const port = portOf(found['nats']) ?? portOf(found['tls']);
  const monitoringPort = portOf(found['monitoring']);
  return port === undefined || monitoringPort === undefined ? undefined : { port, monitoringPort };
}

/** The last lines of the server's log, for people. */
export async function readLogTail(files: ServerFiles): Promise<string> {
  const text = await readFile(files.log, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-5).join('\n');
}

function portOf(urls: unknown): number | undefined {
  const url: unknown = Array.isArray(urls) ? urls[0] : undefined;
  return typeof url === 'string' && URL.canParse(url) ? Number(new URL(url).port) : undefined;
}

/** Undefined for a missing, unreadable or half-written file. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is ServerState {
  return (
    isRecord(value) &&
    typeof value['serverName'] === 'string' &&
    [value['pid'], value['port'], value['monitoringPort']].every(Number.isSafeInteger) &&
    isAccess(value['access'])
  );
}

function isAccess(value: unknown): value is ServerAccess {
  return (
    isRecord(value) &&
    ((typeof value['user'] === 'string' && typeof value['password'] === 'string') || Array.isArray(value['nkeys']))
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
