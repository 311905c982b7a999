import { type ErrorCode, type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import type { LogDamageError } from './port.ts';

type Kind = LogDamageError['kind'];

const CODES: Readonly<Record<Kind, ErrorCode>> = {
  gap: 'LOG_DAMAGED',
  chain: 'LOG_DAMAGED',
  epoch: 'LOG_DAMAGED',
  malformed: 'LOG_DAMAGED',
  'too-new': 'FORMAT_TOO_NEW',
  'went-back': 'LOG_WENT_BACK',
  'other-history': 'OTHER_HISTORY',
};

const SUBJECTS: { readonly [Each in Kind]?: Readonly<Record<string, string>> } = {
  'too-new': { what: 'The log', version: 'unknown here', known: 'older' },
  'other-history': { found: 'another history', wanted: 'this one' },
};

const REASON_CHARACTERS = 512;

/** Damage as the error catalogue names it; `reason` says what was found. */
export function damageError({ kind, number, position, missing, message }: LogDamageError): FleetbookError {
  return fleetbookError(CODES[kind], {
    kind,
    ...(number === undefined ? {} : { number, expected: number }),
    ...(position === undefined ? {} : { end: position }),
    ...(missing === undefined ? {} : { ...missing, expected: missing.to, end: missing.from - 1 }),
    reason: message.slice(0, REASON_CHARACTERS),
    ...SUBJECTS[kind],
  });
}
