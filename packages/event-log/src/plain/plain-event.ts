import { STORED_VALUES } from '@fleetbook/contracts';
import type {
  Actor,
  ChargeLine,
  ClaimInstance,
  ConfirmClaim,
  DropInstance,
  LedgerEvent,
  LedgerEventOf,
  Mutable,
  Origin,
} from '@fleetbook/domain';
import { KnownStrings, KnownValues } from './known.ts';
import { PlainText } from './plain-text.ts';

/*
 * Claims, their confirmations and their ends are nearly all of a log. As the encoder writes them they are read and
 * checked in one go, and what they say again and again, such as requests, is one record for all. What this does not
 * recognise is left to JSON.parse and the check of the shape. A property test holds that what it recognises is what
 * they would have read, in the same order.
 */

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const T = {
  number: bytesOf('{"number":'),
  claimed: bytesOf(',"type":"InstanceClaimed","schemaVersion":1,"at":'),
  confirmed: bytesOf(',"type":"ClaimConfirmed","schemaVersion":1,"at":'),
  dropped: bytesOf(',"type":"InstanceDropped","schemaVersion":1,"at":'),
  commandId: bytesOf(',"commandId":"'),
  index: bytesOf(',"index":'),
  count: bytesOf(',"count":'),
  actor: bytesOf(',"actor":'),
  correlationId: bytesOf(',"correlationId":"'),
  claim: bytesOf(',"command":{"type":"ClaimInstance","origin":'),
  confirm: bytesOf(',"command":{"type":"ConfirmClaim","origin":'),
  drop: bytesOf(',"command":{"type":"DropInstance","origin":'),
  node: bytesOf(',"node":"'),
  instance: bytesOf(',"instance":"'),
  tenant: bytesOf(',"tenant":"'),
  labels: bytesOf(',"labels":'),
  request: bytesOf(',"request":'),
  ttlMs: bytesOf(',"ttlMs":'),
  groups: bytesOf(',"groups":'),
  claimId: bytesOf(',"claimId":"'),
  incarnation: bytesOf(',"incarnation":'),
  commandHash: bytesOf('},"commandHash":"'),
  issuedAt: bytesOf(',"issuedAt":'),
  dataNode: bytesOf(',"data":{"node":"'),
  charge: bytesOf(',"charge":['),
  provider: bytesOf('{"provider":"'),
  class: bytesOf(',"class":"'),
  amount: bytesOf(',"amount":'),
  nextLine: bytesOf('},'),
  endOfClaim: bytesOf('}]}}'),
  noData: bytesOf(',"data":{}}'),
} as const;

const names = new KnownStrings(65_536);
const actors = new KnownValues(STORED_VALUES.isActor, 256);
const origins = new KnownValues(STORED_VALUES.isOrigin, 256);
const requests = new KnownValues(STORED_VALUES.isRequest, 1_024);
const labels = new KnownValues(STORED_VALUES.isLabels, 1_024);
const groups = new KnownValues(STORED_VALUES.isPlacementGroups, 256);

/** One for all: it keeps nothing from one event to the next. */
const text = new PlainText();

/** What is given where the text turned out not to be plain: it goes nowhere. */
const NO_ACTOR: Actor = { role: 'system', id: '' };
const NO_ORIGIN: Origin = { client: '', version: '', host: '' };

/**
 * The event in these bytes, of its newest version and of sound shape, with its command and its data as they are
 * written; undefined where it has to be read otherwise.
 */
export function readPlainEvent(bytes: Buffer, start: number, end: number): LedgerEvent | undefined {
  text.begin(bytes, start, end);
  text.expect(T.number);
  const number = text.positive();
  try {
    const event = readTyped(number);
    return text.isWhole ? event : undefined;
  } catch {
    return undefined;
  }
}

function readTyped(number: number): LedgerEvent | undefined {
  if (text.has(T.claimed)) {
    return readClaimed(number, readHead());
  }
  if (text.has(T.confirmed)) {
    return readConfirmed(number, readHead());
  }
  return text.has(T.dropped) ? readDropped(number, readHead()) : undefined;
}

/** The fields between the type of an event and its command. */
interface Head {
  readonly at: number;
  readonly commandId: string;
  readonly index: number;
  readonly count: number;
  readonly actor: Actor;
  readonly correlationId: string | undefined;
}

function readHead(): Head {
  const at = text.whole();
  text.expect(T.commandId);
  const commandId = text.string();
  text.expect(T.index);
  const index = text.whole();
  text.expect(T.count);
  const count = text.positive();
  text.expect(T.actor);
  const actor = text.value(actors) ?? NO_ACTOR;
  const correlationId = text.has(T.correlationId) ? text.string() : undefined;
  return { at, commandId, index, count, actor, correlationId };
}

function readClaimed(number: number, { at, commandId, index, count, actor, correlationId }: Head): LedgerEvent {
  const command = readClaim();
  const commandHash = readHash();
  const issuedAt = text.whole();
  text.expect(T.dataNode);
  const node = text.name(names, command.node);
  text.expect(T.charge);
  const data = { node, charge: readCharge(node) };
  const event: Mutable<LedgerEventOf<'InstanceClaimed'>> = {
    number,
    type: 'InstanceClaimed',
    schemaVersion: 1,
    at,
    commandId,
    index,
    count,
    actor,
    command,
    commandHash,
    issuedAt,
    data,
  };
  if (correlationId !== undefined) {
    event.correlationId = correlationId;
  }
  return event;
}

function readConfirmed(number: number, { at, commandId, index, count, actor, correlationId }: Head): LedgerEvent {
  text.expect(T.confirm);
  const command: ConfirmClaim = { type: 'ConfirmClaim', origin: readOrigin(), ...readNamed() };
  const commandHash = readHash();
  const issuedAt = text.whole();
  text.expect(T.noData);
  const event: Mutable<LedgerEventOf<'ClaimConfirmed'>> = {
    number,
    type: 'ClaimConfirmed',
    schemaVersion: 1,
    at,
    commandId,
    index,
    count,
    actor,
    command,
    commandHash,
    issuedAt,
    data: {},
  };
  if (correlationId !== undefined) {
    event.correlationId = correlationId;
  }
  return event;
}

function readDropped(number: number, { at, commandId, index, count, actor, correlationId }: Head): LedgerEvent {
  text.expect(T.drop);
  const command: Mutable<DropInstance> = { type: 'DropInstance', origin: readOrigin(), ...readNamed() };
  if (text.has(T.incarnation)) {
    command.incarnation = text.positive();
  }
  const commandHash = readHash();
  const issuedAt = text.whole();
  text.expect(T.noData);
  const event: Mutable<LedgerEventOf<'InstanceDropped'>> = {
    number,
    type: 'InstanceDropped',
    schemaVersion: 1,
    at,
    commandId,
    index,
    count,
    actor,
    command,
    commandHash,
    issuedAt,
    data: {},
  };
  if (correlationId !== undefined) {
    event.correlationId = correlationId;
  }
  return event;
}

function readHash(): string {
  text.expect(T.commandHash);
  const hash = text.hash();
  text.expect(T.issuedAt);
  return hash;
}

function readOrigin(): Origin {
  return text.value(origins) ?? NO_ORIGIN;
}

function readNamed(): { readonly node: string; readonly instance: string; readonly claimId: string } {
  text.expect(T.node);
  const node = text.name(names);
  text.expect(T.instance);
  const instance = text.string();
  text.expect(T.claimId);
  return { node, instance, claimId: text.string() };
}

function readClaim(): ClaimInstance {
  text.expect(T.claim);
  const origin = readOrigin();
  text.expect(T.node);
  const node = text.name(names);
  text.expect(T.instance);
  const command: Mutable<ClaimInstance> = { type: 'ClaimInstance', origin, node, instance: text.string() };
  if (text.has(T.tenant)) {
    command.tenant = text.name(names);
  }
  if (text.has(T.labels)) {
    command.labels = text.value(labels) ?? {};
  }
  if (text.has(T.request)) {
    command.request = text.value(requests) ?? {};
  }
  if (text.has(T.ttlMs)) {
    command.ttlMs = text.positive();
  }
  if (text.has(T.groups)) {
    command.groups = text.value(groups) ?? [];
  }
  return command;
}

/** Of classes that name no units. Its first providers are mostly called as the node is. */
function readCharge(node: string): readonly ChargeLine[] {
  const lines: ChargeLine[] = [];
  let provider = node;
  do {
    text.expect(T.provider);
    provider = text.name(names, provider);
    text.expect(T.class);
    const name = text.name(names);
    text.expect(T.amount);
    lines.push({ provider, class: name, amount: text.positive() });
  } while (text.has(T.nextLine));
  text.expect(T.endOfClaim);
  // A list that has grown has room for a dozen more, and this one stays for as long as the claim does.
  return lines.slice();
}
