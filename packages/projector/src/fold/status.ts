import type { ErrorCode, FleetbookError } from '@fleetbook/contracts';
import { damageError, LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import { FoldError } from '../view/fold-error.ts';

/**
 * What keeps the fold from going on. `poison`: a sound event that the fold cannot apply. `damage`: the log is not
 * what was written. `unavailable`: the log cannot be reached. `internal`: anything else, a bug.
 */
export type FaultKind = 'poison' | 'damage' | 'unavailable' | 'internal';

export interface FoldFault {
  readonly kind: FaultKind;
  readonly reason: string;
  /** The event concerned, where one is. */
  readonly number: number | undefined;
  /** Epoch milliseconds of the first failure of this kind in a row. */
  readonly since: number;
  /** Failures in a row without progress between them. */
  readonly attempts: number;
  readonly cause: unknown;
}

export type FoldPhase = 'starting' | 'catching-up' | 'live' | 'stopped';

export interface FoldStatus {
  readonly phase: FoldPhase;
  readonly fault: FoldFault | undefined;
}

export function faultKindOf(cause: unknown): FaultKind {
  if (cause instanceof FoldError) {
    return 'poison';
  }
  if (cause instanceof LogDamageError) {
    return 'damage';
  }
  return cause instanceof LogUnavailableError ? 'unavailable' : 'internal';
}

export function numberOf(cause: unknown): number | undefined {
  return cause instanceof FoldError || cause instanceof LogDamageError ? cause.number : undefined;
}

/** The answer to a question that must not be answered from a view of a damaged log; undefined when it may be. */
export function refusalOf(fault: FoldFault | undefined): FleetbookError | undefined {
  return fault?.cause instanceof LogDamageError ? damageError(fault.cause) : undefined;
}

/** What keeps the fold from going on, as the catalogue names it. */
export function errorCodeOf(fault: FoldFault): ErrorCode {
  return refusalOf(fault)?.code ?? (fault.kind === 'unavailable' ? 'UNAVAILABLE' : 'INTERNAL_ERROR');
}
