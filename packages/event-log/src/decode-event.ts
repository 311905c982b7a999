import { decodeStoredEvent } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import { LogDamageError } from './port.ts';

/**
 * Turns one parsed event into its newest schema version.
 * Throws LogDamageError: 'too-new' for a type or version it does not know, 'malformed' for a wrong shape.
 */
export type DecodeEvent = (raw: unknown) => LedgerEvent;

/** Strict per type and schema version, as the contracts state them. */
export const decodeLedgerEvent: DecodeEvent = (raw) => eventOf(decodeStoredEvent(raw));

function eventOf(result: ReturnType<typeof decodeStoredEvent>): LedgerEvent {
  if (!result.ok) {
    throw new LogDamageError(result.error.kind, result.error.reason);
  }
  return result.value;
}
