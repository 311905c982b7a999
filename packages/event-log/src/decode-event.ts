import { type EventType, type LedgerEvent, ROLES } from '@fleetbook/domain';
import { LogDamageError } from './port.ts';

/**
 * Turns one parsed event into its newest schema version.
 * Throws LogDamageError: 'too-new' for a type or version it does not know, 'malformed' for a wrong shape.
 */
export type DecodeEvent = (raw: unknown) => LedgerEvent;

const NEWEST_SCHEMA_VERSIONS: Readonly<Record<EventType, number>> = {
  LedgerCreated: 1,
  CellConfigured: 1,
  WriterElected: 1,
  NodeRegistered: 1,
  InventoryChanged: 1,
  NodeEnabled: 1,
  NodeDisabled: 1,
  NodeRetired: 1,
  InstanceClaimed: 1,
  ClaimConfirmed: 1,
  ClaimAborted: 1,
  InstanceDropped: 1,
  CommandRejected: 1,
};

const newestSchemaVersions: ReadonlyMap<string, number> = new Map(Object.entries(NEWEST_SCHEMA_VERSIONS));
const roles: ReadonlySet<unknown> = new Set(ROLES);

type Fields = { readonly [key: string]: unknown };

/**
 * Checks the envelope and that type and version are known; the inside of `data` and `command` is trusted:
 * the hash proves that it is what a writer of that version stored.
 */
export function decodeEnvelope(raw: unknown): LedgerEvent {
  if (!isFields(raw)) {
    throw new LogDamageError('malformed', 'an event is not a JSON object');
  }
  refuseUnknown(raw['type'], raw['schemaVersion']);
  if (!isLedgerEvent(raw)) {
    throw new LogDamageError('malformed', 'an event lacks a field of its envelope or has one of a wrong type');
  }
  return raw;
}

function refuseUnknown(type: unknown, schemaVersion: unknown): void {
  if (typeof type !== 'string' || !isPositive(schemaVersion)) {
    throw new LogDamageError('malformed', 'an event has no type or no schema version');
  }
  const newest = newestSchemaVersions.get(type);
  if (newest === undefined) {
    throw new LogDamageError('too-new', `this release does not know events of type ${JSON.stringify(type)}`);
  }
  if (schemaVersion > newest) {
    const known = `this release knows ${type} up to schema version ${newest}`;
    throw new LogDamageError('too-new', `${known}, the log holds version ${schemaVersion}`);
  }
}

function isLedgerEvent(raw: Fields): raw is Fields & LedgerEvent {
  return (
    isPositive(raw['number']) &&
    isWhole(raw['at']) &&
    typeof raw['commandId'] === 'string' &&
    isWhole(raw['index']) &&
    isPositive(raw['count']) &&
    isActor(raw['actor']) &&
    isFields(raw['data']) &&
    hasOptionalFields(raw)
  );
}

function hasOptionalFields(raw: Fields): boolean {
  return (
    isAbsentOrText(raw['correlationId']) &&
    isAbsentOrText(raw['causationId']) &&
    isAbsentOrText(raw['commandHash']) &&
    (raw['issuedAt'] === undefined || isWhole(raw['issuedAt'])) &&
    (raw['command'] === undefined || isFields(raw['command']))
  );
}

function isActor(raw: unknown): boolean {
  return isFields(raw) && roles.has(raw['role']) && typeof raw['id'] === 'string';
}

function isAbsentOrText(raw: unknown): boolean {
  return raw === undefined || typeof raw === 'string';
}

function isFields(raw: unknown): raw is Fields {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function isWhole(raw: unknown): raw is number {
  return typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 0;
}

function isPositive(raw: unknown): raw is number {
  return isWhole(raw) && raw > 0;
}
