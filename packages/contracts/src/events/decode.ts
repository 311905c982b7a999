import { type EventType, fail, type LedgerEvent, type Result, succeed } from '@fleetbook/domain';
import type { Check } from '../json/check.ts';
import { EVENT_CHECKS } from './shapes.ts';
import { chainUpcasters, type StoredEvent, UPCASTERS } from './upcasters.ts';

/** `too-new`: a type or version that this release does not know, so that a newer one must have written it. */
export interface StoredEventFault {
  readonly kind: 'malformed' | 'too-new';
  readonly reason: string;
}

const upcastToNewest = chainUpcasters(EVENT_CHECKS, UPCASTERS);

const isEventType = (text: unknown): text is EventType => typeof text === 'string' && Object.hasOwn(EVENT_CHECKS, text);

export const EVENT_TYPES: readonly EventType[] = Object.keys(EVENT_CHECKS).filter(isEventType);

const isStoredEvent = (raw: unknown): raw is StoredEvent =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw);

const isNewest = (event: StoredEvent, check: Check | undefined): event is StoredEvent & LedgerEvent =>
  check?.(event) ?? false;

const wrongShape = (type: EventType, version: number): string =>
  `an event does not have the shape of ${type}, version ${version}`;

const malformed = (reason: string): Result<never, StoredEventFault> => fail({ kind: 'malformed', reason });

const tooNew = (reason: string): Result<never, StoredEventFault> => fail({ kind: 'too-new', reason });

/** Checks a parsed event against the strict shape of its type and version, and brings it to the newest version. */
export const decodeStoredEvent = (raw: unknown): Result<LedgerEvent, StoredEventFault> => {
  if (!isStoredEvent(raw)) {
    return malformed('an event is not a JSON object');
  }
  const { type, schemaVersion: version } = raw;
  if (typeof type !== 'string' || typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    return malformed('an event has no type or no schema version');
  }
  if (!isEventType(type)) {
    return tooNew(`events of type ${JSON.stringify(type.slice(0, 64))} are not known`);
  }
  const checks = EVENT_CHECKS[type];
  if (version > checks.length) {
    return tooNew(`${type} is known up to version ${checks.length}, not version ${version}`);
  }
  const check = checks[version - 1];
  if (version === checks.length) {
    return isNewest(raw, check) ? succeed(raw) : malformed(wrongShape(type, version));
  }
  if (check?.(raw) !== true) {
    return malformed(wrongShape(type, version));
  }
  const upcast = upcastToNewest(type, version, raw);
  return isNewest(upcast, checks.at(-1)) ? succeed(upcast) : malformed(wrongShape(type, checks.length));
};
