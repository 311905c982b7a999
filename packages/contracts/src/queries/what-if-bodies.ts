import type { CellPolicies, CommandType } from '@fleetbook/domain';
import type { SenderRole } from '../subjects.ts';
import type { LiveQueryOptions } from './bodies.ts';

/** A command as a sender would have sent it. */
export interface InsertedCommand {
  readonly role: SenderRole;
  readonly actor: string;
  readonly type: CommandType;
  /** The fields of the command; `commandId`, `issuedAt` and `origin` may be left out. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** What would have happened: exactly one of `drop`, `insert` and `policies` is changed. */
export interface WhatIfQuery extends LiveQueryOptions {
  /** The range is what follows this instant. */
  readonly from: string;
  /** To the end of the log unless given. */
  readonly until?: string;
  /** An event of the range: its whole decision is left out. */
  readonly drop?: number;
  /** Decided just after `from`. */
  readonly insert?: InsertedCommand;
  /** In force from `from` on. */
  readonly policies?: Partial<
    Pick<CellPolicies, 'fitWorkLimit' | 'autoConfirmAfterMs' | 'reportIntervalMs' | 'driftPolicy'>
  >;
  /** Of each list of the difference, and of divergences: 1 to 1,000; default 100. */
  readonly limit?: number;
}
