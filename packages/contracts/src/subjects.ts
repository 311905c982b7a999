import {
  COMMAND_TYPES,
  type CommandType,
  type EventType,
  fail,
  type Result,
  type Role,
  succeed,
} from '@fleetbook/domain';
import { type FleetbookError, fleetbookError } from './errors/error.ts';
import { isCellName, isId } from './names.ts';

/** Roles that may send commands; `system` is the writer itself and has no subject. */
export type SenderRole = Exclude<Role, 'system'>;

export const SENDER_ROLES = ['agent', 'scheduler', 'operator'] as const satisfies readonly SenderRole[];

/** A command type, or `Batch` for up to 64 commands in one message. */
export type CommandName = CommandType | 'Batch';

export const QUERY_NAMES = [
  'node',
  'nodes',
  'instance',
  'move',
  'moves',
  'attention',
  'counters',
  'usage',
  'capacity',
  'candidates',
  'outcome',
  'history',
  'health',
  'digest',
  'diff',
  'timeline',
  'holders',
  'explain',
  'why-not',
  'what-if',
  'bisect',
  'projection',
  'inbox',
  'writer',
  'mark',
] as const;

export type QueryName = (typeof QUERY_NAMES)[number];

export const isQueryName = (text: string): text is QueryName => QUERY_NAMES.some((name) => name === text);

export interface CommandAddress {
  readonly cell: string;
  readonly role: SenderRole;
  readonly actor: string;
  readonly command: CommandName;
}

const PREFIX = 'fleetbook.v1';
const PLAIN_TOKEN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const SEQUENCE = /^[1-9]\d{0,14}$/;
const ENCODED_TOKEN = /^_[A-Za-z0-9_-]*$/;
const SENDER_ROLE_BY_NAME = new Map<string, SenderRole>(SENDER_ROLES.map((role) => [role, role]));
const COMMAND_BY_NAME = new Map<string, CommandName>([...COMMAND_TYPES, 'Batch' as const].map((name) => [name, name]));

/**
 * Makes one subject token of any well-formed string: ids of letters, digits, `_` and `-` (at most 64, not
 * starting with `_` or `-`) stay as they are, every other becomes `_` and its base64url.
 */
export const encodeToken = (id: string): string =>
  PLAIN_TOKEN.test(id) ? id : `_${Buffer.from(id, 'utf8').toString('base64url')}`;

/** The id that `encodeToken` made this token of; undefined for a token it never makes. */
export const decodeToken = (token: string): string | undefined => {
  if (PLAIN_TOKEN.test(token)) {
    return token;
  }
  if (!ENCODED_TOKEN.test(token)) {
    return undefined;
  }
  const id = Buffer.from(token.slice(1), 'base64url').toString('utf8');
  return encodeToken(id) === token ? id : undefined;
};

const cellPrefix = (cell: string): string => {
  if (!isCellName(cell)) {
    throw new RangeError(`Not a cell name: ${JSON.stringify(cell)}`);
  }
  return `${PREFIX}.${cell}`;
};

export const commandSubject = (cell: string, role: SenderRole, actor: string, command: CommandName): string =>
  `${cellPrefix(cell)}.cmd.${role}.${encodeToken(actor)}.${command}`;

/** Matches every command of a cell. */
export const allCommandsSubject = (cell: string): string => `${cellPrefix(cell)}.cmd.>`;

/** Where a command is put that is to be decided later, and kept until it is. */
export const inboxSubject = (cell: string, role: SenderRole, actor: string, command: CommandName): string =>
  `${cellPrefix(cell)}.inbox.${role}.${encodeToken(actor)}.${command}`;

/** Matches every command put into a cell's inbox. */
export const allInboxSubject = (cell: string): string => `${cellPrefix(cell)}.inbox.>`;

/** What an inbox listens to that has lost messages: nobody puts anything there. */
export const asideInboxSubject = (cell: string): string => `${cellPrefix(cell)}.inbox-aside`;

/** The stream that keeps a cell's inbox. */
export const inboxStream = (cell: string): string => {
  if (!isCellName(cell)) {
    throw new RangeError(`Not a cell name: ${JSON.stringify(cell)}`);
  }
  return `FLEETBOOK_${cell}_INBOX`;
};

/** What an operator may do with a parked message of the inbox. */
export const PARKED_VERBS = ['retry', 'discard'] as const;

export type ParkedVerb = (typeof PARKED_VERBS)[number];

/** Asked by an operator, `actor`: a parked message of the inbox is decided once more, or given up. */
export const parkedSubject = (cell: string, verb: ParkedVerb, actor: string, sequence: number | '*'): string =>
  `${cellPrefix(cell)}.parked.${verb}.${encodeToken(actor)}.${sequence}`;

/** Matches every request about parked messages. */
export const allParkedSubject = (cell: string): string => `${cellPrefix(cell)}.parked.>`;

export const querySubject = (cell: string, query: QueryName): string => `${cellPrefix(cell)}.query.${query}`;

/** The live feed of an event, once per node concerned; without a node for events that concern none. */
export const eventSubject = (cell: string, node: string | undefined, type: EventType): string =>
  `${cellPrefix(cell)}.event.${node === undefined ? '_' : encodeToken(node)}.${type}`;

/** Matches the whole live feed of a cell. */
export const allEventsSubject = (cell: string): string => `${cellPrefix(cell)}.event.>`;

/** Asked by an operator: every projector begins to be replaced by one that has folded the whole log anew. */
export const rebuildSubject = (cell: string): string => `${cellPrefix(cell)}.projection.rebuild`;

/** The heartbeat of the writer in office. */
export const writerSubject = (cell: string): string => `${cellPrefix(cell)}.writer`;

/** Asked by a writer that wants to leave: the first tracker that answers takes over from it. */
export const successorSubject = (cell: string): string => `${cellPrefix(cell)}.writer.successor`;

/** Asked by an operator: the writer in office hands it over to a tracker that stands by. */
export const handOverSubject = (cell: string): string => `${cellPrefix(cell)}.writer.hand-over`;

const invalidSubject = (subject: string, rule: string): Result<never, FleetbookError> =>
  fail(fleetbookError('INVALID_SUBJECT', { subject: subject.slice(0, 256), rule }));

/** Reads who sends which command from a subject; `INVALID_SUBJECT` or `UNKNOWN_COMMAND` otherwise. */
export const parseCommandSubject = (subject: string): Result<CommandAddress, FleetbookError> =>
  parseAddress(subject, 'cmd');

/** As `parseCommandSubject`, of a message in the inbox. */
export const parseInboxSubject = (subject: string): Result<CommandAddress, FleetbookError> =>
  parseAddress(subject, 'inbox');

const parseAddress = (subject: string, expectedKind: 'cmd' | 'inbox'): Result<CommandAddress, FleetbookError> => {
  const tokens = subject.split('.');
  const [product, version, cell = '', kind, roleToken = '', actorToken = '', commandToken = ''] = tokens;
  if (tokens.length !== 7 || product !== 'fleetbook' || version !== 'v1' || kind !== expectedKind) {
    return invalidSubject(subject, `fleetbook.v1.<cell>.${expectedKind}.<role>.<actor>.<command>`);
  }
  if (!isCellName(cell)) {
    return invalidSubject(subject, 'cell name');
  }
  const role = SENDER_ROLE_BY_NAME.get(roleToken);
  if (role === undefined) {
    return invalidSubject(subject, `role: ${SENDER_ROLES.join(', ')}`);
  }
  const actor = decodeToken(actorToken);
  if (actor === undefined || !isId(actor)) {
    return invalidSubject(subject, 'actor id');
  }
  const command = COMMAND_BY_NAME.get(commandToken);
  if (command === undefined) {
    return fail(fleetbookError('UNKNOWN_COMMAND', { command: commandToken.slice(0, 64) }));
  }
  return succeed({ cell, role, actor, command });
};

/** What became of a parked message of the inbox. */
export interface ParkedSettled {
  readonly verb: ParkedVerb;
  readonly sequence: number;
}

/** An operator's request about a parked message of the inbox, as its subject says. */
export interface ParkedAddress {
  readonly cell: string;
  readonly verb: ParkedVerb;
  readonly actor: string;
  /** Of the message. */
  readonly sequence: number;
}

/** Reads who asks for what from a subject; `INVALID_SUBJECT` otherwise. */
export const parseParkedSubject = (subject: string): Result<ParkedAddress, FleetbookError> => {
  const tokens = subject.split('.');
  const [product, version, cell = '', kind, verbToken, actorToken = '', sequence = ''] = tokens;
  const verb = PARKED_VERBS.find((name) => name === verbToken);
  const actor = decodeToken(actorToken);
  const isAddress = tokens.length === 7 && product === 'fleetbook' && version === 'v1' && kind === 'parked';
  if (!isAddress || verb === undefined || actor === undefined || !isId(actor) || !SEQUENCE.test(sequence)) {
    return invalidSubject(subject, 'fleetbook.v1.<cell>.parked.<retry|discard>.<actor>.<sequence>');
  }
  return succeed({ cell, verb, actor, sequence: Number(sequence) });
};
