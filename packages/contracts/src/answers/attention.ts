import type { Actor, JsonValue, MoveKind, MoveState, NodeCounters, OpenDrift } from '@fleetbook/domain';
import type { AttentionKind } from '../vocabulary.ts';
import type { Figures } from './answers.ts';

interface About<Kind extends AttentionKind> {
  readonly kind: Kind;
  readonly node: string;
}

interface MoveItem<Kind extends AttentionKind> extends About<Kind> {
  readonly instance: string;
  readonly moveId: string;
  readonly moveKind: MoveKind;
  readonly state: MoveState;
  readonly since: number;
}

/** Something that does not come right by itself, or has not yet. Times are epoch milliseconds. */
export type AttentionItem =
  /** A release was asked for by somebody who may not free it; with `moveId` of the side of a move. */
  | (About<'releasing'> & {
      readonly instance: string;
      readonly claimId?: string;
      readonly moveId?: string;
      readonly since: number;
      readonly requestedBy: Actor;
      /** Of the instance of a claim, once it is freed. */
      readonly becomes?: 'ended' | 'offloaded';
    })
  /** What an evacuation left charged on its source. */
  | (About<'left-behind'> & { readonly instance: string; readonly moveId: string; readonly since: number })
  /** `node` is where the instance runs, or would for an unshelve. */
  | MoveItem<'move-error'>
  | MoveItem<'move-open'>
  | (About<'drift'> & {
      readonly drift: OpenDrift['kind'];
      readonly instance: string;
      readonly moveId?: string;
      readonly since: number;
      /** Number of the event that found it. */
      readonly foundAt: number;
      readonly details: Readonly<Record<string, JsonValue>>;
    })
  /** An inventory charged above its capacity. */
  | (About<'overcommitted'> &
      Figures & {
        readonly provider: string;
        readonly isVanished: boolean;
      })
  | (About<'stale'> & { readonly since: number; readonly reason: string })
  | (About<'down'> & { readonly reason: string; readonly fenced: boolean })
  /** Events were lost, and its agent has not told since what runs there; `since`: number of the event that asked. */
  | (About<'report-owed'> & { readonly owedSince: number })
  | (About<'suspect'> & { readonly failedBuilds: number })
  /** A target of the overlay whose provider the node does not have; empty for the default target. */
  | (About<'overlay-pending'> & { readonly provider: string })
  /** Without `expiresAt` it stays unconfirmed for ever. */
  | (About<'unconfirmed'> & {
      readonly instance: string;
      readonly claimId: string;
      readonly expiresAt?: number;
    });

export interface AttentionAnswer {
  readonly items: readonly AttentionItem[];
  /** How many there are of each kind asked for, on all pages. */
  readonly counts: readonly { readonly kind: AttentionKind; readonly count: number }[];
  /** Present when there are more: the `after` of the next question. */
  readonly next?: string;
}

/** What runs, counted from claims and from the states that agents reported. */
export interface CountersAnswer extends NodeCounters {
  readonly scope: 'cell' | 'node' | 'tenant';
  /** Id of the node or tenant. */
  readonly id?: string;
}
