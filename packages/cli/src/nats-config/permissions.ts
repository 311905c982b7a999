import {
  allCommandsSubject,
  allEventsSubject,
  allParkedSubject,
  type CommandName,
  commandSubject,
  handOverSubject,
  inboxStream,
  inboxSubject,
  PARKED_VERBS,
  parkedSubject,
  QUERY_NAMES,
  querySubject,
  rebuildSubject,
  SENDER_ROLES,
  type SenderRole,
  successorSubject,
  writerSubject,
} from '@fleetbook/contracts';
import { COMMAND_TYPES, scopeOf } from '@fleetbook/domain';
import { inboxPrefixOf, userOf } from '../session/inbox.ts';

/** What a NATS user may do; everything else is denied. */
export interface NatsUser {
  readonly user: string;
  readonly account: Account;
  /** For the reader of the configuration. */
  readonly about: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** Those who write the log or may read it, and those whom nothing but questions and commands may reach it from. */
export type Account = 'SERVICES' | 'SENDERS';

/** Operators are trusted with the log, which they read. */
export const SENDERS_APART: readonly SenderRole[] = ['agent', 'scheduler'];

export type ActorsByRole = Readonly<Record<SenderRole, readonly string[]>>;

/** The services and the actors of a cell, as users. */
export function usersOf(cell: string, actors: ActorsByRole): readonly NatsUser[] {
  return [
    trackerUser(cell),
    projectorUser(cell),
    ...SENDER_ROLES.flatMap((role) => actors[role].map((actor) => actorUser(cell, role, actor))),
  ];
}

/** The commands that a role may send at all; a batch is judged command by command. */
export function commandsOf(role: SenderRole): readonly CommandName[] {
  return [...COMMAND_TYPES.filter((type) => scopeOf(type, role) !== undefined), 'Batch'];
}

/**
 * An actor asks every question and hears the live feed of the cell. Operators read the log as well, which `events`,
 * `verify` and `node drain` need, may have the office handed over and projectors rebuilt, and settle what the inbox has
 * parked.
 */
function actorUser(cell: string, role: SenderRole, actor: string): NatsUser {
  const user = userOf(role, actor);
  return {
    user,
    account: SENDERS_APART.includes(role) ? 'SENDERS' : 'SERVICES',
    about: `the ${role} ${actor}`,
    publish: [
      ...commandsOf(role).map((command) => commandSubject(cell, role, actor, command)),
      ...commandsInInbox(role).map((command) => inboxSubject(cell, role, actor, command)),
      ...QUERY_NAMES.map((query) => querySubject(cell, query)),
      ...(role === 'operator' ? operating(cell, actor) : []),
    ],
    subscribe: [`${inboxPrefixOf(user)}.>`, allEventsSubject(cell)],
  };
}

/** Each message of the inbox is one command. */
function commandsInInbox(role: SenderRole): readonly CommandName[] {
  return commandsOf(role).filter((command) => command !== 'Batch');
}

function operating(cell: string, actor: string): readonly string[] {
  return [
    ...readingLog(cell),
    ...[handOverSubject(cell), rebuildSubject(cell)],
    ...PARKED_VERBS.map((verb) => parkedSubject(cell, verb, actor, '*')),
    `$JS.API.STREAM.MSG.GET.${inboxStream(cell)}`,
  ];
}

const ANY_INBOX = `${inboxPrefixOf(undefined)}.>`;
/** Where answers go that cross from one account to another; the server leads them on. */
const CROSSING = '_R_.>';
const DISCOVERY = '$SRV.>';

function trackerUser(cell: string): NatsUser {
  const { stream, subject } = logOf(cell);
  const keepingLog = ['CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${stream}`);
  const log = [subject, ...keepingLog, '$JS.API.INFO', ...readingLog(cell)];
  return {
    user: 'tracker',
    account: 'SERVICES',
    about: 'trackers: take every command, write the log, tell what happened',
    publish: [
      ...[ANY_INBOX, CROSSING, ...log, ...keepingInbox(cell), allEventsSubject(cell), querySubject(cell, 'mark')],
      ...[writerSubject(cell), successorSubject(cell)],
    ],
    subscribe: [
      ...[allCommandsSubject(cell), querySubject(cell, 'writer'), querySubject(cell, 'mark')],
      ...[writerSubject(cell), successorSubject(cell), handOverSubject(cell), allParkedSubject(cell)],
      ...[ANY_INBOX, DISCOVERY],
    ],
  };
}

function projectorUser(cell: string): NatsUser {
  const queries = QUERY_NAMES.filter((query) => query !== 'writer').map((query) => querySubject(cell, query));
  return {
    user: 'projector',
    account: 'SERVICES',
    about: 'projectors: read the log, answer questions',
    publish: [
      ...[ANY_INBOX, CROSSING, ...readingLog(cell)],
      ...[querySubject(cell, 'digest'), querySubject(cell, 'projection')],
    ],
    subscribe: [...queries, rebuildSubject(cell), writerSubject(cell), ANY_INBOX, DISCOVERY],
  };
}

/** Calls of the JetStream API by which the log is read; none of them changes it. */
function readingLog(cell: string): readonly string[] {
  const { stream } = logOf(cell);
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.CONSUMER.DELETE.${stream}.*`,
    `$JS.FC.${stream}.>`,
  ];
}

/** Calls of the JetStream API by which the inbox is made, read and worked off. Nobody else may. */
function keepingInbox(cell: string): readonly string[] {
  const calls = ['CREATE', 'UPDATE', 'INFO', 'MSG.GET', 'MSG.DELETE', 'PURGE'];
  return calls.map((call) => `$JS.API.STREAM.${call}.${inboxStream(cell)}`);
}

/** Stream and subject of a cell's log: part of its stored format. */
function logOf(cell: string): { readonly stream: string; readonly subject: string } {
  return { stream: `FLEETBOOK_${cell}_0001`, subject: `fleetbook.log.${cell}.0001` };
}
