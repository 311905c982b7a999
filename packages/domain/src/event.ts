import type { Actor } from './actor.ts';
import type { Command } from './command.ts';
import type { ChargeLine } from './request.ts';

/** What is fixed when a cell is configured; every rule a decision depends on besides state and command. */
export interface CellPolicies {
  /** How long the outcome of a command id is remembered, milliseconds. */
  readonly outcomeRetentionMs: number;
  /** How far `issuedAt` may be ahead of the ledger's time, milliseconds. */
  readonly clockSkewMs: number;
  /** Upper bound of search steps for one request. */
  readonly fitWorkLimit: number;
}

/**
 * The data of every event type. The first event of a decision also carries the command itself,
 * and its data holds only what the decision adds.
 */
export interface EventData {
  readonly LedgerCreated: { readonly cell: string; readonly historyId: string; readonly formatVersion: number };
  readonly CellConfigured: { readonly policies: CellPolicies };
  readonly WriterElected: { readonly epoch: number; readonly writer: string };
  readonly NodeRegistered: { readonly incarnation: number };
  readonly InventoryChanged: Readonly<Record<string, never>>;
  readonly NodeEnabled: Readonly<Record<string, never>>;
  readonly NodeDisabled: Readonly<Record<string, never>>;
  readonly NodeRetired: Readonly<Record<string, never>>;
  readonly InstanceClaimed: { readonly node: string; readonly charge: readonly ChargeLine[] };
  readonly ClaimConfirmed: Readonly<Record<string, never>>;
  readonly ClaimAborted: Readonly<Record<string, never>>;
  readonly InstanceDropped: Readonly<Record<string, never>>;
  readonly CommandRejected: { readonly code: string; readonly details: RejectionDetails };
}

export type EventType = keyof EventData;

/** JSON facts of a refusal, at most 2 KiB when encoded; its shape per code is in the error catalogue. */
export type RejectionDetails = { readonly [key: string]: JsonValue };

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A fact as decided, before it has a place in the log. */
export type DecidedEvent = {
  [Type in EventType]: { readonly type: Type; readonly schemaVersion: number; readonly data: EventData[Type] };
}[EventType];

interface EventEnvelope {
  /** Gapless per history, from 1. */
  readonly number: number;
  /** The writer's clock, epoch milliseconds, never decreasing. */
  readonly at: number;
  /** Of the command that caused it; for the writer's own events the id of their commit. */
  readonly commandId: string;
  /** Place in the decision, from 0, and the decision's number of events. */
  readonly index: number;
  readonly count: number;
  readonly actor: Actor;
  /** Absent when equal to `commandId`. */
  readonly correlationId?: string;
  /** Absent when equal to `commandId`. */
  readonly causationId?: string;
  /** These three are on the first event of a decision that a command caused. */
  readonly command?: Command;
  readonly commandHash?: string;
  readonly issuedAt?: number;
}

/** An event of the log in its newest schema version. */
export type LedgerEvent = EventEnvelope & DecidedEvent;

export type LedgerEventOf<Type extends EventType> = EventEnvelope & Extract<DecidedEvent, { readonly type: Type }>;
