import { hash } from 'node:crypto';
import type { HistoryFork } from '@fleetbook/domain';
import type { Bookmark } from '@fleetbook/event-log';
import { DIGEST_VERSION, FOLD_VERSION } from '@fleetbook/snapshot';
import type { Block, Section } from './blocks.ts';
import type { ClassRange } from './class-sums.ts';
import type { CommitBlock } from './open-segment.ts';

/** Changes with everything the files depend on besides the fold. */
const INDEX_VERSION = 8;

/** What a sealed segment is. */
export interface Seal {
  readonly file: 'fleetbook-replay-segment';
  readonly version: number;
  readonly foldVersion: number;
  readonly digestVersion: number;
  readonly cell: string;
  /** At its end. */
  readonly historyId: string;
  readonly forks: readonly HistoryFork[];
  readonly after: Bookmark;
  /** Where its last commit begins: reading it again proves that the log is still the same. */
  readonly previous: Bookmark;
  readonly end: Bookmark;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Of the inventory at its end. */
  readonly digest: string;
  readonly classes: readonly ClassRange[];
  /** How many it has; none where only the state at its end is known. */
  readonly commits: number;
  /** Where its parts are, as JSON: many segments are open at once, and of most nothing is asked. */
  readonly directory: Block;
}

/** Where the parts of a sealed segment are in its data file. */
export interface Directory {
  readonly commits: { readonly lines: number; readonly blocks: readonly SealedCommitBlock[] };
  readonly touches: Section;
  readonly ended: Section;
  readonly closed: Section;
  readonly entities: PositionSection;
  readonly commands: PositionSection;
  /** The state at its end without nodes and instances; of an incident file with them. */
  readonly state: Section;
  /** By id. */
  readonly nodes: RowSection;
  /** By the node on which they are held; those that are held nowhere come first. */
  readonly instances: RowSection;
}

/** Positions, in the order of the hashes of their keys. */
export interface PositionSection {
  readonly blocks: readonly (Block & { readonly firstHash: number })[];
}

/** Records of a saved state, in the order of the nodes that they belong to. */
export interface RowSection extends Section {
  readonly blocks: readonly (Block & { readonly firstNode: string })[];
}

export interface SealedCommitBlock extends CommitBlock {
  /** Time of its first event. */
  readonly firstAt: number;
}

export type SealFacts = Omit<Seal, 'file' | 'version' | 'foldVersion' | 'digestVersion'>;

/** Of this version of the program. */
export function sealOf(facts: SealFacts): Seal {
  const versions = { version: INDEX_VERSION, foldVersion: FOLD_VERSION, digestVersion: DIGEST_VERSION };
  return { file: 'fleetbook-replay-segment', ...versions, ...facts };
}

const CHECKSUM = /\n([0-9a-f]{64})\n$/;

export function encodeSeal(seal: Seal): Buffer {
  const text = JSON.stringify(seal);
  return Buffer.from(`${text}\n${hash('sha256', text, 'hex')}\n`);
}

/** Undefined for bytes that this version of the program did not write, or that are not whole. */
export function decodeSeal(bytes: Uint8Array): Seal | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const [trailer = '', checksum] = CHECKSUM.exec(text) ?? [];
  const body = text.slice(0, text.length - trailer.length);
  if (checksum === undefined || hash('sha256', body, 'hex') !== checksum) {
    return undefined;
  }
  const seal: Seal = JSON.parse(body);
  const isOurs = seal.file === 'fleetbook-replay-segment' && seal.version === INDEX_VERSION;
  return isOurs && seal.foldVersion === FOLD_VERSION && seal.digestVersion === DIGEST_VERSION ? seal : undefined;
}

const SEAL_NAME = /^(\d{16})\.seal$/;

export function sealName(firstNumber: number): string {
  return `${String(firstNumber).padStart(16, '0')}.seal`;
}

export function dataName(firstNumber: number): string {
  return `${String(firstNumber).padStart(16, '0')}.data`;
}

/** Of the data that this seal vouches for. */
export function dataNameOf(seal: string): string {
  return seal.replace(/\.seal$/, '.data');
}

export function isSealName(name: string): boolean {
  return SEAL_NAME.test(name);
}
