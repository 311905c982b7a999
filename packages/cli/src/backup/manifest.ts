import { join } from 'node:path';
import type { Disk } from '@fleetbook/operations';
import { CopyError, readBytes, refuseNewer } from '@fleetbook/projector/archive';
import { DIGEST_VERSION } from '@fleetbook/snapshot';

const FORMAT = 'fleetbook-backup';
const VERSION = 1;

/** What makes a directory of segments a backup: written last, it says what they hold. */
export interface Manifest {
  readonly file: typeof FORMAT;
  readonly version: typeof VERSION;
  readonly cell: string;
  /** The history that the log was of at its end. */
  readonly historyId: string;
  readonly commits: number;
  /** The last event, and the hash of its commit. */
  readonly number: number;
  readonly hash: string;
  readonly digestVersion: 1;
  /** Of the inventory at the last event. */
  readonly digest: string;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly segments: readonly SegmentFile[];
}

export interface SegmentFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

const FILE = 'manifest.json';

export function manifestPath(directory: string): string {
  return join(directory, FILE);
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  return Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Undefined where there is none. Throws CopyError. */
export async function readManifest(disk: Disk, directory: string): Promise<Manifest | undefined> {
  const path = manifestPath(directory);
  const bytes = await readBytes(disk, path).catch(unlessMissing);
  if (bytes === undefined) {
    return undefined;
  }
  const raw = parse(Buffer.from(bytes).toString('utf8'));
  refuseNewerManifest(raw);
  if (!isManifest(raw)) {
    throw new CopyError('DAMAGED', `${path} is no manifest of a backup`, { number: 1 });
  }
  return raw;
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof CopyError && error.code === 'NOT_FOUND') {
    return undefined;
  }
  throw error;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a newer release wrote may have another shape, and is not damaged for that. */
function refuseNewerManifest(raw: unknown): void {
  const { file, version, digestVersion } = Object(raw);
  if (file === FORMAT) {
    refuseNewer('the manifest', version, VERSION);
    refuseNewer('the digest in the manifest', digestVersion, DIGEST_VERSION);
  }
}

function isManifest(raw: unknown): raw is Manifest {
  const { file, version, cell, historyId, commits, number, hash, digest, segments } = Object(raw);
  return (
    file === FORMAT &&
    version === VERSION &&
    [cell, historyId, hash, digest].every((value) => typeof value === 'string') &&
    [commits, number].every((value) => Number.isSafeInteger(value)) &&
    Array.isArray(segments) &&
    segments.every(isSegmentFile)
  );
}

function isSegmentFile(raw: unknown): raw is SegmentFile {
  const { name, bytes, sha256 } = Object(raw);
  return typeof name === 'string' && Number.isSafeInteger(bytes) && typeof sha256 === 'string';
}
