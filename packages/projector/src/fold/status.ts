import { type ErrorCode, type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
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

/** Damage as the catalogue names it. */
export function damageError({ kind, number, position, message }: LogDamageError): FleetbookError {
  return fleetbookError(DAMAGE_CODES[kind], {
    kind,
    number: number ?? null,
    end: position ?? null,
    expected: number ?? null,
    reason: message.slice(0, 512),
    ...SUBJECTS[kind],
  });
}

const DAMAGE_CODES: Readonly<Record<LogDamageError['kind'], ErrorCode>> = {
  gap: 'LOG_DAMAGED',
  chain: 'LOG_DAMAGED',
  epoch: 'LOG_DAMAGED',
  malformed: 'LOG_DAMAGED',
  'too-new': 'FORMAT_TOO_NEW',
  'went-back': 'LOG_WENT_BACK',
  'other-history': 'OTHER_HISTORY',
};

const SUBJECTS: { readonly [Kind in LogDamageError['kind']]?: Readonly<Record<string, string>> } = {
  'too-new': { what: 'the log', version: 'newer', known: 'older' },
  'other-history': { found: 'another history', wanted: 'the history folded so far' },
};
