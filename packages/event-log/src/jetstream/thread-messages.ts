import type { ChainedCommit } from '../chain.ts';
import type { Bookmark, LogDamageError, Position } from '../port.ts';
import type { FeedSettings } from './context.ts';

/** A commit whose bytes the reading thread has verified: they change hands, parsed it would have to be copied. */
export interface VerifiedBytes {
  readonly stored: Uint8Array;
  readonly chained: ChainedCommit;
}

/** What a reading thread is told. */
export type ToReadingThread =
  /** Once: read after `after`, up to `last`. */
  | { readonly kind: 'read'; readonly settings: FeedSettings; readonly after: Bookmark; readonly last: Position }
  /** So many of the commits have been taken. */
  | { readonly kind: 'taken'; readonly count: number };

/** What a reading thread says. An error would lose its class on the way. */
export type FromReadingThread =
  /** It is connected and waits for `read`. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'commits'; readonly commits: readonly VerifiedBytes[] }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'suspect'; readonly damage: DamageFacts };

export interface DamageFacts extends Pick<LogDamageError, 'message' | 'position' | 'number'> {
  readonly kind: LogDamageError['kind'];
  /** Whose copy it is. */
  readonly server: string | undefined;
}
