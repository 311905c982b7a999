import type { ErrorEntry, ExitCode, Retry } from './entry.ts';

const invalid = (message: string, about: string, facts: readonly string[] = []): ErrorEntry => ({
  message,
  category: 'validation',
  retry: 'never',
  isRecorded: false,
  exitCode: 2,
  about,
  facts,
});

const conflict = (retry: Retry, message: string, about: string, facts: readonly string[] = []): ErrorEntry => ({
  message,
  category: 'conflict',
  retry,
  isRecorded: false,
  exitCode: 3,
  about,
  facts,
});

const unavailable = (message: string, about: string, exitCode: ExitCode = 4): ErrorEntry => ({
  message,
  category: 'unavailable',
  retry: 'same-id',
  isRecorded: false,
  exitCode,
  about,
});

const broken = (exitCode: ExitCode, message: string, about: string): ErrorEntry => ({
  message,
  category: 'internal',
  retry: 'never',
  isRecorded: false,
  exitCode,
  about,
});

const setup = (exitCode: ExitCode, message: string, about: string): ErrorEntry => ({
  message,
  category: 'unavailable',
  retry: 'never',
  isRecorded: false,
  exitCode,
  about,
});

/** Faults of a message: found before anything is decided, in this order. */
const INPUT_ENTRIES = {
  INVALID_SUBJECT: invalid('The subject is not one of ours: {rule}.', 'The subject of the message cannot be read.', [
    'subject',
  ]),
  UNKNOWN_COMMAND: invalid('There is no command {command}.', 'The subject or batch entry names no known command.'),
  UNKNOWN_QUERY: invalid('There is no query {query}.', 'The subject names no known query.'),
  BODY_TOO_LARGE: invalid(
    'The body has {bytes} bytes, more than {limit}.',
    'A message body is at most 256 KiB; one that the NATS server does not take is not sent, and the limit is its own.',
  ),
  MALFORMED_JSON: invalid('The body is not JSON: {reason}.', 'The body is not valid UTF-8 or not one JSON value.'),
  TOO_DEEP: invalid('The body is nested deeper than {limit} levels.', 'Objects and arrays nest at most 32 levels.'),
  DUPLICATE_KEY: invalid('The key {path} is there twice.', 'An object has the same key more than once.'),
  UNKNOWN_FIELD: invalid('There is no field {path} here.', 'The body has a field that this message does not have.'),
  INVALID_FIELD: invalid(
    'The field {path} breaks the rule: {rule}.',
    'A field is missing or its value is not allowed.',
  ),
  TOO_LARGE: invalid('The decision needs {bytes} bytes, more than {limit}.', 'A decision must fit one commit.'),
  USAGE: invalid('{reason}.', 'The command line cannot be understood.'),
  CONFIG_INVALID: invalid('Setting {name}: {rule}.', 'A setting is unknown or its value is not allowed.'),
} as const;

/** Answers of a tracker that decided nothing. */
const UNDECIDED_ENTRIES = {
  COMMAND_TOO_OLD: conflict(
    'new-id',
    'The command was issued at {issuedAt}, before {horizon}.',
    'The command is older than the time for which outcomes are remembered; ask for its outcome, then send a new one.',
    ['at'],
  ),
  CLOCK_AHEAD: conflict(
    'new-id',
    'The command was issued at {issuedAt}, ahead of the ledger at {at}.',
    "The sender's clock is too far ahead of the ledger's; correct it by the time in the answer.",
    ['clockSkewMs'],
  ),
  COMMAND_ID_REUSED: conflict(
    'new-id',
    'Command id {commandId} already belongs to another command.',
    'The same actor has sent this command id with another body.',
  ),
  CLAIM_ID_TAKEN: conflict(
    'new-id',
    'Command id {commandId} is the id of a claim that another actor made.',
    'The id of the command that makes a claim or a move is its id, and no two of one retention have the same.',
  ),
  NOT_IN_OFFICE: unavailable(
    'This tracker is not the writer of the cell.',
    'The tracker lost its office before it could prove the answer; the new writer will answer.',
  ),
  OVERLOADED: unavailable(
    'Too many commands are waiting[; try again in {retryAfterMs} ms].',
    'The queue of the tracker is full, or the share of it that the actor may have; wait and send it again.',
  ),
  RETRY_LATER: unavailable(
    'Too many refusals; try again in {retryAfterMs} ms.',
    'The actor has been refused so often that its commands are not decided for a while, except releases.',
  ),
  STORAGE_LOW: unavailable(
    'Only {freePercent} % of the space for the log is left: {shedding} wait; try again in {retryAfterMs} ms.',
    'Below 10 % free new claims are not decided, below 5 % nothing but releases is; make room.',
  ),
  DEADLINE_EXCEEDED: unavailable(
    'There was no time left to decide it.',
    'The message waited for longer than its sender said it would wait for an answer.',
  ),
  OUTCOME_UNKNOWN: unavailable(
    'It is not known yet whether the command was recorded.',
    'The log has not said whether the append took place; the same command id will tell.',
  ),
} as const;

/** Answers to queries. */
const QUERY_ENTRIES = {
  PROJECTION_BEHIND: {
    ...unavailable(
      'The answer needs event {wanted}; this projection is at {number}.',
      'The projection did not reach the token asked for within the deadline.',
    ),
    facts: ['token'],
  },
  HISTORY_CHANGED: conflict(
    'never',
    'The token is of history {wanted}; this is {historyId}.',
    'The token belongs to another history of the cell: forget it and look again.',
  ),
  NO_SUCH_INSTANT: {
    ...invalid(
      'There is no instant {asOf}: {reason}' +
        '[; events {first} to {last} are there, recorded {firstAt|time} to {lastAt|time}].',
      'An instant lies outside the log, or names an unknown command.',
    ),
    facts: ['first', 'last', 'firstAt', 'lastAt'],
  },
  PREDICATE_INVALID: invalid(
    'The predicate cannot be read at character {position}: {reason}.',
    'A predicate is not of the documented form.',
  ),
  NEVER_TRUE: {
    message:
      'Up to event {last}[ of a file that begins with event {first}, where counts begin,] it was never true' +
      '[; just before event {trueBefore} it was]: {predicate}.',
    category: 'not-found',
    retry: 'new-id',
    isRecorded: false,
    exitCode: 1,
    about: 'The predicate did not hold after any decision of the log.',
  },
  NOT_FOUND: {
    message: 'There is no {kind} {id}[: {reason}].',
    category: 'not-found',
    retry: 'new-id',
    isRecorded: false,
    exitCode: 1,
    about: 'What was asked for does not exist in the newest state known here.',
    facts: ['first'],
  },
} as const satisfies Readonly<Record<string, ErrorEntry>>;

/** What a client, the command line or a service meets around it. */
const SURROUNDING_ENTRIES = {
  UNAVAILABLE: unavailable('{service} is not available: {reason}.', 'A service is starting, stopping or unhealthy.'),
  NO_RESPONDERS: unavailable('Nobody answers on {subject}.', 'The server is there, but no service of this cell is.'),
  TIMEOUT: unavailable('No answer within {timeoutMs} ms.', 'No answer came in time; the command may be recorded.'),
  INTERNAL_ERROR: broken(70, 'The service failed on this message.', 'A bug: this message alone is affected.'),
  LOG_WENT_BACK: {
    ...broken(5, 'The log ends at {end}, before {expected}.', 'Acknowledged events are missing from the log.'),
    facts: ['historyId', 'from', 'to', 'reason'],
  },
  LOG_DAMAGED: broken(
    5,
    'The log is damaged ({kind})[ at event {number}].',
    'A commit is lost, altered or out of order.',
  ),
  OTHER_HISTORY: {
    ...broken(5, 'This is of {found}, not of {wanted}.', "The data are another cell's or another history's."),
    facts: ['reason'],
  },
  FORMAT_TOO_NEW: broken(
    5,
    '{what} has version {version}; newest known is {known}.',
    'A newer release wrote the data.',
  ),
  COPY_DAMAGED: broken(
    5,
    'The copy of the log is damaged at event {number}: {reason}.',
    'An archive or a backup lacks a commit, or holds an altered one.',
  ),
  BUNDLE_DAMAGED: broken(
    5,
    'The incident file {file} is damaged: {reason}.',
    'A file of an incident is cut short, altered, or none.',
  ),
  COPY_MISMATCH: broken(
    5,
    'The copy and the log do not fit together: {reason}.',
    'An archive or a backup is of another cell or history than the log, or they differ from some event on.',
  ),
  LOG_NOT_EMPTY: conflict(
    'never',
    'The log of cell {cell} holds events already.',
    'A backup is restored into an empty place only.',
  ),
  WRITER_IN_OFFICE: setup(
    4,
    'Tracker {writer} is in office: {reason}.',
    'A log is mended only while no tracker decides; stop all trackers of the cell first.',
  ),
  DATA_IN_USE: setup(4, '{directory} is in use by process {pid}.', 'Another process holds the data directory.'),
  DATA_UNUSABLE: setup(
    2,
    '{directory} cannot be used: {reason}.',
    'The data directory is no directory, or cannot be made, read or written.',
  ),
  DISK_FULL: setup(4, 'No space left in {directory}.', 'A file could not be saved; what was saved before is intact.'),
  PORT_IN_USE: setup(4, 'Port {port} on {host} is in use.', 'Another program listens on the port.'),
  NATS_SERVER_MISSING: setup(
    4,
    'No nats-server was found.',
    'There is no nats-server to start; the text says how to get one.',
  ),
  SERVER_TOO_OLD: setup(
    4,
    'nats-server {version} is older than {needed}.',
    'The server lacks settings that durability needs.',
  ),
  LOG_UNUSABLE: setup(
    4,
    'The log cannot be used: {reason}.',
    'The server of the log is set so that it will never take what has been decided.',
  ),
  ACCESS_REFUSED: setup(
    4,
    'NATS is closed to this program: {reason}.',
    'Credentials, key or certificate cannot be read, or are not those that the server asks for.',
  ),
  WEAK_DURABILITY: setup(
    4,
    'The server acknowledges before it syncs: {reason}.',
    'A server known to sync lazily is refused.',
  ),
} as const;

export const FAULT_ENTRIES = {
  ...INPUT_ENTRIES,
  ...UNDECIDED_ENTRIES,
  ...QUERY_ENTRIES,
  ...SURROUNDING_ENTRIES,
} as const;
