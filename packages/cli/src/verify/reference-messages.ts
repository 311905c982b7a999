import type { Bookmark } from '@fleetbook/event-log';

/** What the naive fold came to. */
export interface ReferenceFound {
  readonly digest: string;
  /** Invariants that it found broken. */
  readonly violations: readonly string[];
}

export type ToReference =
  /** The bytes of the next of the log, which are sound, and of which the events up to `to` are folded. */
  | { readonly kind: 'commit'; readonly stored: Uint8Array; readonly bookmark: Bookmark; readonly to: number }
  | { readonly kind: 'found' };

export type FromReference =
  | { readonly kind: 'folded'; readonly commits: number }
  | { readonly kind: 'found'; readonly found: ReferenceFound };
