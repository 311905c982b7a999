import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Disk, DiskError } from '../ports/disk.ts';
import { fail, type Result, succeed } from '../result.ts';
import { isAt, placeSchema } from './directory-place.ts';

export const DATA_DIRECTORY = '.fleetbook';
const ENDPOINT_FILE = 'endpoint.json';
const ONLY_OWNER = 0o600;

const pid = z.int().positive();
const port = z.int().min(1).max(65_535);

const endpointSchema = z.object({
  natsUrl: z.string(),
  user: z.string().optional(),
  password: z.string().optional(),
  monitoringUrl: z.string().optional(),
  cell: z.string(),
  /** Process ids by the name of the service. */
  pids: z.record(z.string(), pid),
  /** Ports of `/livez`, `/readyz` and `/metrics` on 127.0.0.1, by the name of the service. */
  httpPorts: z.record(z.string(), port),
  /** The data directory that the services have: a copy of it says nothing of who has the copy. */
  directory: placeSchema.optional(),
});

/** How to reach the services that run on a data directory. It holds a password: the file is for its owner only. */
export type Endpoint = Readonly<z.output<typeof endpointSchema>>;

export interface EndpointError {
  readonly code: 'ENDPOINT_UNREADABLE';
  readonly path: string;
  readonly message: string;
}

export interface FoundEndpoint {
  readonly path: string;
  readonly endpoint: Endpoint;
}

/** Writes `endpoint.json` into a data directory. */
export function writeEndpoint(disk: Disk, directory: string, endpoint: Endpoint): Promise<Result<void, DiskError>> {
  const text = `${JSON.stringify(endpoint, undefined, 2)}\n`;
  return disk.writeAtomically(join(directory, ENDPOINT_FILE), Buffer.from(text), { mode: ONLY_OWNER });
}

/** Reads `endpoint.json` of a data directory; undefined if there is none, or one that was copied with another. */
export async function readEndpoint(
  disk: Disk,
  directory: string,
): Promise<Result<FoundEndpoint | undefined, EndpointError | DiskError>> {
  const found = await readWritten(disk, directory);
  return found.ok && found.value !== undefined && (await isOfAnother(found.value, directory))
    ? succeed(undefined)
    : found;
}

/** Whether a data directory is a copy of one that services had when it was copied. */
export async function isCopy(disk: Disk, directory: string): Promise<boolean> {
  const found = await readWritten(disk, directory);
  return found.ok && found.value !== undefined && isOfAnother(found.value, directory);
}

async function isOfAnother({ endpoint }: FoundEndpoint, directory: string): Promise<boolean> {
  return endpoint.directory !== undefined && !(await isAt(endpoint.directory, directory));
}

async function readWritten(
  disk: Disk,
  directory: string,
): Promise<Result<FoundEndpoint | undefined, EndpointError | DiskError>> {
  const path = join(directory, ENDPOINT_FILE);
  const read = await disk.readFile(path);
  if (!read.ok) {
    return read.error.code === 'NOT_FOUND' ? succeed(undefined) : read;
  }
  const parsed = endpointSchema.safeParse(parseJson(read.value));
  return parsed.success
    ? succeed({ path, endpoint: parsed.data })
    : fail({ code: 'ENDPOINT_UNREADABLE', path, message: `${path} is not an endpoint file: ${parsed.error.message}` });
}

export function removeEndpoint(disk: Disk, directory: string): Promise<Result<void, DiskError>> {
  return disk.remove(join(directory, ENDPOINT_FILE));
}

/** The nearest `.fleetbook/endpoint.json` in `start` or a directory above it; undefined if there is none. */
export async function findEndpoint(
  disk: Disk,
  start: string,
): Promise<Result<FoundEndpoint | undefined, EndpointError | DiskError>> {
  let directory = resolve(start);
  for (;;) {
    const found = await readEndpoint(disk, join(directory, DATA_DIRECTORY));
    const above = dirname(directory);
    if (!found.ok || found.value !== undefined || above === directory) {
      return found;
    }
    directory = above;
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
