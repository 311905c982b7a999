import { type EncodedCommit, LogDamageError, type Position } from '../port.ts';
import { asPosition } from '../position.ts';

/** What a server keeps: several memory logs over one store are several connections to one log. */
export interface MemoryStore {
  /** Bytes by position − 1; undefined where a commit was lost. */
  readonly commits: (StoredCommit | undefined)[];
  isAvailable: boolean;
  /** Called after every change of `commits` or `isAvailable`. */
  readonly watchers: Set<() => void>;
}

export interface StoredCommit {
  readonly commitId: string;
  readonly bytes: Uint8Array;
}

/** Damage and trouble that a test does to a store. Every fault is seen by all connections. */
export interface StoreFaults {
  /** Loses every commit after the first `keep`, as a server does that truncated its store. */
  truncate(keep: number): void;
  /** Inverts the lowest bit of one byte (default: the middle one) of a stored commit. */
  flipByte(position: Position, offset?: number): void;
  /** Loses one commit and keeps the later ones in their places. */
  drop(position: Position): void;
  /** Puts other bytes in the place of a commit, or adds them at the end: what a broken writer might store. */
  put(position: Position, text: string): void;
  /** While false, appends answer unknown and are not written; reads throw; subscriptions wait. */
  setAvailable(isAvailable: boolean): void;
}

export function createMemoryStore(): MemoryStore {
  return { commits: [], isAvailable: true, watchers: new Set() };
}

export function endOf(store: MemoryStore): Position {
  return asPosition(store.commits.length);
}

/** The stored bytes after which a reader stands at `position`. Throws LogDamageError 'gap' where they are lost. */
export function bytesAt(store: MemoryStore, position: Position): Uint8Array {
  const stored = store.commits[position - 1];
  if (stored === undefined) {
    throw new LogDamageError('gap', `no commit stands at position ${position}`, { position });
  }
  return stored.bytes;
}

export function write(store: MemoryStore, commit: EncodedCommit): void {
  store.commits.push({ commitId: commit.commitId, bytes: Buffer.from(commit.bytes) });
  notify(store);
}

export function storeFaults(store: MemoryStore): StoreFaults {
  return {
    truncate(keep) {
      store.commits.length = keep;
      notify(store);
    },
    flipByte(position, offset) {
      const bytes = Buffer.from(bytesAt(store, position));
      const place = offset ?? bytes.length >> 1;
      bytes.writeUInt8(bytes.readUInt8(place) ^ 1, place);
      replace(store, position, bytes);
    },
    drop(position) {
      store.commits[position - 1] = undefined;
      notify(store);
    },
    put(position, text) {
      replace(store, position, Buffer.from(text));
    },
    setAvailable(isAvailable) {
      store.isAvailable = isAvailable;
      notify(store);
    },
  };
}

function replace(store: MemoryStore, position: Position, bytes: Uint8Array): void {
  store.commits[position - 1] = { commitId: store.commits[position - 1]?.commitId ?? '', bytes };
  notify(store);
}

function notify(store: MemoryStore): void {
  for (const watcher of store.watchers) {
    watcher();
  }
}
