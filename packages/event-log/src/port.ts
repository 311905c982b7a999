import type { LedgerEvent } from '@fleetbook/domain';

/**
 * A place in the log, opaque outside the adapter that gave it: compare for equality, hand back, store.
 * `0` is the place before the first commit in every adapter.
 */
export type Position = number & { readonly __position: unique symbol };

/**
 * Where a reader stands: after the commit that ends with event `number`.
 * With it the next commit can be checked: its place, its first number, its chain and its epoch.
 */
export interface Bookmark {
  readonly position: Position;
  readonly number: number;
  /** 64 lower-case hex digits. */
  readonly hash: string;
  /** The newest epoch elected up to here. */
  readonly epoch: number;
}

/** The unit of append and durability: 1 to 256 events, at most 256 KiB. */
export interface Commit {
  readonly commitId: string;
  readonly epoch: number;
  readonly firstNumber: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly events: readonly LedgerEvent[];
  /** Where the reader stands after it. */
  readonly bookmark: Bookmark;
  /** As it is stored, equal in every adapter; not to be changed. */
  readonly bytes: Uint8Array;
  /** The stored bytes as JSON text. */
  readonly text: string;
}

/** A commit ready to be appended: made once, sent again byte for byte while its outcome is unknown. */
export interface EncodedCommit {
  readonly commitId: string;
  readonly epoch: number;
  readonly firstNumber: number;
  readonly previousHash: string;
  readonly hash: string;
  /** JSON text of each event, in order. */
  readonly eventTexts: readonly string[];
  /** JSON text of the whole commit, as it is stored. */
  readonly bytes: Buffer;
  /** Of each event's text, in bytes. */
  readonly lengths: readonly number[];
}

export type AppendResult =
  /** Durable at `position`; also the answer to a repeat of a success. */
  | { readonly status: 'appended'; readonly position: Position }
  /** Another commit stands in its place; nothing of this one is or will be in the log. */
  | { readonly status: 'conflict' }
  /** It may be in the log, or may still get there: only the identical append again can tell. */
  | { readonly status: 'unknown'; readonly cause: Error }
  /** The log ends before the expected position: acknowledged commits are missing. */
  | { readonly status: 'went-back'; readonly end: Position };

/** Events that were in the log once and are not any more, by number, both ends included. */
export interface MissingEvents {
  readonly historyId: string;
  readonly from: number;
  readonly to: number;
}

export interface DamageFacts {
  readonly position?: Position;
  readonly number?: number;
  readonly missing?: MissingEvents;
  readonly cause?: unknown;
}

/** What a reader found wrong in the log. Reading stops there; nothing after it is handed on. */
export class LogDamageError extends Error {
  readonly kind: 'gap' | 'chain' | 'epoch' | 'malformed' | 'too-new' | 'went-back' | 'other-history';
  readonly position: Position | undefined;
  readonly number: number | undefined;
  /** Where it is known which events are gone. */
  readonly missing: MissingEvents | undefined;

  constructor(kind: LogDamageError['kind'], message: string, facts: DamageFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = 'LogDamageError';
    this.kind = kind;
    this.position = facts.position;
    this.number = facts.number;
    this.missing = facts.missing;
  }
}

/** The log cannot be reached now. Nothing is known to be wrong with it. */
export class LogUnavailableError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogUnavailableError';
  }
}

/** The store answers, and has no such log. Where one is known to have been, it is lost, or it is somewhere else. */
export class LogMissingError extends LogUnavailableError {
  constructor(message: string) {
    super(message);
    this.name = 'LogMissingError';
  }
}

/** What a log holds once it has been restored from a copy: its last event, and the hash of its commit. */
export interface Restoration {
  readonly historyId: string;
  readonly number: number;
  readonly hash: string;
}

/** A restore of the log has begun and has not ended: what is there may be the first part of it only. */
export class LogUnfinishedError extends LogUnavailableError {
  /** @param what is restored, as what is kept beside the log says. */
  constructor(what: string) {
    super(`it is being restored, ${what}; a restore that was interrupted is to be begun again, with the same backup`);
    this.name = 'LogUnfinishedError';
  }
}

/** The log will never take this as its server is set: sending it again changes nothing. None of it is in the log. */
export class LogRefusedError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogRefusedError';
  }
}

export interface SubscriptionHandler {
  /** Verified commits in order, called synchronously; a throw ends the subscription through `onEnd`. */
  readonly onCommits: (commits: readonly Commit[]) => void;
  /** Called once, when the subscription ends for another reason than `stop`. */
  readonly onEnd: (cause: Error) => void;
}

export interface Subscription {
  /** After it resolves, no handler is called any more. */
  stop(): Promise<void>;
}

/** What the adapter knows of how durable an acknowledged append is. */
export type Durability = 'verified' | 'unverified';

/** What may be stored, as a server allows it, and how much of that is stored. */
export interface StoreQuota {
  readonly usedBytes: number;
  readonly limitBytes: number;
}

export interface LogStorage {
  /** What this log takes. */
  readonly bytes: number;
  /** All limits that are known; it may grow until the first of them is reached. */
  readonly quotas: readonly StoreQuota[];
}

/**
 * One cell's log. Every commit a reader gets has been verified: number, chain, epoch, shape.
 * An adapter keeps no state of its own between calls besides its connection.
 */
export interface EventLog {
  readonly adapter: 'memory' | 'jetstream' | 'eventstoredb';
  readonly durability: Durability;
  /**
   * Asks once more where nobody could tell yet; `durability` is what it gives from then on. Throws, as opening the log
   * does, once the server is known to acknowledge too soon. Absent where there is nobody to ask.
   */
  readonly verifyDurability?: () => Promise<Durability>;
  /**
   * One attempt, bounded by the adapter's time-out. `expected` is the position last folded. Throws LogDamageError, and
   * LogRefusedError where another attempt would be refused as well.
   */
  append(expected: Position, commit: EncodedCommit): Promise<AppendResult>;
  /**
   * All commits after `after` up to the end as of the call; throws LogDamageError or LogUnavailableError.
   * @param needed the last event that the reader needs: it goes no further, and what serves long reads is left alone.
   */
  read(after: Bookmark, needed?: number): AsyncIterable<readonly Commit[]>;
  /** Commits after `after`, for ever. Reconnects and resumes by itself; damage ends it. */
  subscribe(after: Bookmark, handler: SubscriptionHandler): Promise<Subscription>;
  /** The end of the log, asked from its leader. */
  end(): Promise<Position>;
  /**
   * Declares that a log opened for a restore is whole: from now on others can open it. Present where it was opened so,
   * and where nothing but that restore has written to it. Throws LogUnavailableError.
   */
  readonly finishRestore?: () => Promise<void>;
  /** Throws LogUnavailableError. Absent where the store does not say. */
  readonly storage?: () => Promise<LogStorage>;
  /** The last copy of the log that was found damaged while its leader's is sound. Absent where there is one copy. */
  readonly damagedCopy?: DamagedCopy | undefined;
  close(): Promise<void>;
}

/** What one of the servers that keep the log gave for a commit; what was read is the leader's. */
export interface DamagedCopy {
  /** Undefined when the server did not say who it is. */
  readonly server: string | undefined;
  readonly position: Position;
  /** What is wrong with it. */
  readonly reason: string;
}

export const GENESIS_HASH = '0'.repeat(64);

export const ORIGIN: Bookmark = { position: 0 as Position, number: 0, hash: GENESIS_HASH, epoch: 0 };
