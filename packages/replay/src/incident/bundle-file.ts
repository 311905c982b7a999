import { hash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CONTRACT_VERSION, type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { fail, type HistoryFork, type Instance, type Move, type Result, succeed } from '@fleetbook/domain';
import { FORMAT_VERSION } from '@fleetbook/event-log';
import { DIGEST_VERSION, FOLD_VERSION } from '@fleetbook/snapshot';
import * as z from 'zod';

const BUNDLE_VERSION = 1;

const manifestSchema = z.object({
  file: z.literal('fleetbook-incident'),
  version: z.int().min(1),
  formatVersion: z.int(),
  foldVersion: z.int(),
  digestVersion: z.int(),
  contractVersion: z.string(),
  cell: z.string(),
  historyId: z.string(),
  /** First and last event, and when they were recorded, epoch milliseconds. */
  from: z.int(),
  to: z.int(),
  fromAt: z.int(),
  toAt: z.int(),
  commits: z.int(),
  /** Hashes of the commit before the first event and of the last commit, as the file has them. */
  startHash: z.string(),
  endHash: z.string(),
  /** Of the inventory at the last event. */
  digest: z.string(),
  /** Events of the range in which the log itself states a digest. */
  checkpoints: z.array(z.int()),
  /** Tenants are replaced by keyed hashes: then the commits have hashes of their own. */
  isRedacted: z.boolean(),
  createdAt: z.int(),
  bodyBytes: z.int(),
  bodySha256: z.string(),
});

export type BundleManifest = z.infer<typeof manifestSchema>;

export type BundleFacts = Omit<
  BundleManifest,
  | 'file'
  | 'version'
  | 'formatVersion'
  | 'foldVersion'
  | 'digestVersion'
  | 'contractVersion'
  | 'bodyBytes'
  | 'bodySha256'
>;

/** The state before the first event, where that is not the first of the ledger. */
export interface BundleStart {
  /** Where a reader stands before the first commit of the file, which the state contains already, and after it. */
  readonly previous: BundlePlace;
  readonly end: BundlePlace;
  /** Time of the last event in the state, epoch milliseconds. */
  readonly at: number;
  readonly historyId: string;
  readonly forks: readonly HistoryFork[];
  readonly digest: string;
  readonly state: readonly string[];
  /** What is over by then and the events of the file still name. */
  readonly ended: readonly Instance[];
  readonly closed: readonly Move[];
}

export interface BundlePlace {
  readonly number: number;
  readonly hash: string;
  readonly epoch: number;
}

export interface BundleBody {
  readonly start?: BundleStart;
  /** As stored, in order; with a start, its first is the last one of the state. */
  readonly commits: readonly string[];
}

export function encodeBundle(facts: BundleFacts, { start, commits }: BundleBody): Buffer {
  const body = zstdCompressSync([JSON.stringify({ start }), ...commits].join('\n'));
  const manifest: BundleManifest = {
    ...{ file: 'fleetbook-incident', version: BUNDLE_VERSION, formatVersion: FORMAT_VERSION },
    ...{ foldVersion: FOLD_VERSION, digestVersion: DIGEST_VERSION, contractVersion: CONTRACT_VERSION },
    ...facts,
    bodyBytes: body.length,
    bodySha256: hash('sha256', body, 'hex'),
  };
  const text = JSON.stringify(manifest);
  return Buffer.concat([Buffer.from(`${text}\n${hash('sha256', text, 'hex')}\n`), body]);
}

const NEWLINE = 0x0a;

/** Errors: BUNDLE_DAMAGED, FORMAT_TOO_NEW. */
export function decodeBundle(
  file: string,
  bytes: Buffer,
): Result<{ readonly manifest: BundleManifest; readonly body: BundleBody }, FleetbookError> {
  const damaged = (reason: string) => fail(fleetbookError('BUNDLE_DAMAGED', { file, reason }));
  const end = bytes.indexOf(NEWLINE);
  const checksumEnd = bytes.indexOf(NEWLINE, end + 1);
  if (end < 0 || checksumEnd < 0 || !bytes.subarray(0, 9).equals(Buffer.from('{"file":"'))) {
    return damaged('it is no incident file, or cut short');
  }
  const text = bytes.toString('utf8', 0, end);
  if (hash('sha256', text, 'hex') !== bytes.toString('latin1', end + 1, checksumEnd)) {
    return damaged('its first line is not what was written');
  }
  const raw: unknown = JSON.parse(text);
  const tooNew = versionFault(raw);
  if (tooNew !== undefined) {
    return fail(tooNew);
  }
  const manifest = manifestSchema.safeParse(raw);
  if (!manifest.success) {
    return damaged('its first line is no manifest');
  }
  const body = bytes.subarray(checksumEnd + 1);
  const { bodyBytes } = manifest.data;
  if (body.length !== bodyBytes) {
    const what = body.length < bodyBytes ? 'cut short' : 'something was added';
    return damaged(`it has ${body.length} bytes after the manifest instead of ${bodyBytes}: ${what}`);
  }
  if (hash('sha256', body, 'hex') !== manifest.data.bodySha256) {
    return damaged('its bytes are not what was written');
  }
  const [head = '{}', ...commits] = zstdDecompressSync(body).toString('utf8').split('\n');
  const { start }: { readonly start?: BundleStart } = JSON.parse(head);
  return succeed({ manifest: manifest.data, body: { commits, ...(start === undefined ? {} : { start }) } });
}

const versions = z.object({
  ...{ version: z.int(), formatVersion: z.int(), foldVersion: z.int(), digestVersion: z.int() },
  contractVersion: z.string(),
});

function versionFault(raw: unknown): FleetbookError | undefined {
  const read = versions.safeParse(raw);
  if (!read.success) {
    return undefined;
  }
  const { version, formatVersion, foldVersion, digestVersion, contractVersion } = read.data;
  const found = [
    ['The file', version, BUNDLE_VERSION],
    ['The stored format', formatVersion, FORMAT_VERSION],
    ['The state in the file', foldVersion, FOLD_VERSION],
    ['The digest in the file', digestVersion, DIGEST_VERSION],
    ['What its commands are written in', majorOf(contractVersion), majorOf(CONTRACT_VERSION)],
  ] as const;
  const newer = found.find(([, stated, known]) => stated > known);
  return newer && fleetbookError('FORMAT_TOO_NEW', { what: newer[0], version: newer[1], known: newer[2] });
}

function majorOf(version: string): number {
  return Number.parseInt(version, 10);
}
