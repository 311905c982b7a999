import type { Actor } from './actor.ts';
import type { Command, DriftPolicy } from './command.ts';
import type { Drift, DriftKey } from './drift.ts';
import type { BatchPartEvent, InstanceEventData } from './instance-event.ts';
import type { HistoryFork } from './ledger.ts';
import type { ChargeLine } from './request.ts';

export type * from './instance-event.ts';

/** What is fixed when a cell is configured; every rule a decision depends on besides state and command. */
export interface CellPolicies {
  /** How long the outcome of a command id is remembered, milliseconds. */
  readonly outcomeRetentionMs: number;
  /** How far `issuedAt` may be ahead of the ledger's time, milliseconds. */
  readonly clockSkewMs: number;
  /** Upper bound of search steps for one request. */
  readonly fitWorkLimit: number;
  /** How long a move stays `finished` before the writer confirms it, milliseconds. Absent: never. */
  readonly autoConfirmAfterMs?: number;
  /** How often agents report inventory, milliseconds; three of these without make a node stale. Absent: 60,000. */
  readonly reportIntervalMs?: number;
  /** What holds for nodes without a policy of their own. Absent: observe. */
  readonly driftPolicy?: DriftPolicy;
}

/** What healing did about one drift. */
export type Heal = DriftKey &
  (
    | { readonly effect: 'freed'; readonly claimId: string }
    | { readonly effect: 'adopted'; readonly charge: readonly ChargeLine[] }
  );

/**
 * The data of every event type. The first event of a decision also carries the command itself,
 * and its data holds only what the decision adds.
 */
export interface EventData extends InstanceEventData {
  readonly LedgerCreated: { readonly cell: string; readonly historyId: string; readonly formatVersion: number };
  readonly CellConfigured: { readonly policies: CellPolicies };
  readonly WriterElected: { readonly epoch: number; readonly writer: string };
  /** By an operator, after a loss: from this event on the log is of history `newHistoryId`. */
  readonly HistoryForked: HistoryFork & { readonly reason: string };
  /** By the writer: the digest of the inventory after event `upTo`, 32 lower-case hex digits. */
  readonly Checkpoint: { readonly upTo: number; readonly digestVersion: number; readonly digest: string };
  readonly CheckpointRevoked: Readonly<Record<string, never>>;
  readonly NodeRegistered: { readonly incarnation: number };
  readonly InventoryChanged: Readonly<Record<string, never>>;
  readonly NodeEnabled: Readonly<Record<string, never>>;
  readonly NodeDisabled: Readonly<Record<string, never>>;
  readonly NodeRetired: Readonly<Record<string, never>>;
  readonly NodeMarkedDown: Readonly<Record<string, never>>;
  readonly NodeTransferred: Readonly<Record<string, never>>;
  readonly InventoryStale: { readonly node: string; readonly sequence: number; readonly reason: string };
  readonly InventoryPolicySet: Readonly<Record<string, never>>;
  readonly AggregatesSet: Readonly<Record<string, never>>;
  readonly OverlaySet: Readonly<Record<string, never>>;
  readonly DriftPolicySet: Readonly<Record<string, never>>;
  readonly ChargesReshaped: Readonly<Record<string, never>>;
  readonly BuildRecorded: { readonly failedBuilds: number };
  readonly InstanceStateReported: Readonly<Record<string, never>>;
  readonly DriftFound: {
    readonly node: string;
    readonly found: readonly Drift[];
    readonly cleared: readonly DriftKey[];
  };
  /** The complete report that a node owed after events were lost. */
  readonly GuestReportReceived: { readonly node: string };
  readonly DriftHealed: { readonly node: string; readonly policy: DriftPolicy; readonly healed: readonly Heal[] };
  /** One part per command of the batch, in order; null where the answer is `unchanged`. */
  readonly AtomicBatchApplied: { readonly parts: readonly (BatchPartEvent | null)[] };
  readonly CommandRejected: { readonly code: string; readonly details: RejectionDetails };
  /** A message of the inbox whose command left nothing to record. */
  readonly InboxPassed: { readonly sequence: number; readonly outcome: InboxOutcome };
  /** A message of the inbox that could not be decided: kept aside until an operator settles it. */
  readonly InboxParked: { readonly sequence: number; readonly code: string; readonly reason: string };
  /** By an operator: the message is decided once more. */
  readonly InboxRetried: { readonly sequence: number };
  /** By an operator: the message is given up. */
  readonly InboxDiscarded: { readonly sequence: number };
}

/** `unchanged`: all was so already. `repeated`: it had been decided before, and got that answer. */
export type InboxOutcome = 'unchanged' | 'repeated';

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
  /** Of the command that caused it; for the writer's own events that of their commit, or of their timer's decision. */
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
  /** Beside them where the command came through the inbox: the place of its message there. */
  readonly inboxSequence?: number;
}

/** An event of the log in its newest schema version. */
export type LedgerEvent = EventEnvelope & DecidedEvent;

export type LedgerEventOf<Type extends EventType> = EventEnvelope & Extract<DecidedEvent, { readonly type: Type }>;
