import type { DurationFlag, Flag, SwitchFlag, TextFlag, WholeFlag } from './verb.ts';

export function textFlag(name: string, value: string, about: string): TextFlag {
  return { kind: 'text', name, value, about };
}

export function repeatedFlag(name: string, value: string, about: string): TextFlag {
  return { kind: 'text', name, value, about, isRepeatable: true };
}

/** The choices stand for the value in the help, unless there are too many. */
export function choiceFlag(name: string, among: readonly string[], about: string): TextFlag {
  const choices = among.join('|');
  return { kind: 'text', name, value: choices.length > WIDEST_CHOICE ? name.toUpperCase() : choices, about, among };
}

const WIDEST_CHOICE = 28;

export function wholeFlag(name: string, least: number, most: number, about: string): WholeFlag {
  return { kind: 'whole', name, value: 'N', least, most, about };
}

export function switchFlag(name: string, about: string): SwitchFlag {
  return { kind: 'switch', name, about };
}

export const durationFlag = (
  name: string,
  about: string,
  limit: Pick<DurationFlag, 'mostHours'> = {},
): DurationFlag => ({
  kind: 'duration',
  name,
  value: 'DURATION',
  about,
  ...limit,
});

/** Within what a timer can wait for: a longer one would be over at once. */
const LONGEST_TIMEOUT = { mostHours: 24 };

export const JSON_FLAG = switchFlag('json', 'one JSON document on stdout instead of tables');
export const NDJSON_FLAG = switchFlag('json', 'one JSON document per line on stdout');
const DATA_FLAG = textFlag(
  'data',
  'DIR',
  'read this data directory, also when nothing runs on it, or this incident file',
);
const SERVICES_DATA_FLAG = textFlag('data', 'DIR', 'the data directory of the services, also when nothing runs on it');
export const RUN_DATA_FLAG = textFlag('data', 'DIR', 'the data directory (default .fleetbook)');

/** How to reach the services. */
const serverFlags = (usualTimeout: string): readonly Flag[] => [
  textFlag('server', 'URL', 'NATS server (default FLEETBOOK_NATS_URL, the nearest .fleetbook, 127.0.0.1:4222)'),
  textFlag('cell', 'NAME', 'the cell to ask (default FLEETBOOK_CELL or that of the endpoint)'),
  durationFlag('timeout', `how long it may take in all: 500ms, 5s, 1m (default ${usualTimeout})`, LONGEST_TIMEOUT),
];
const SERVER_FLAGS = serverFlags('5s');

const AT_LEAST_FLAG = textFlag('at-least', 'TOKEN', 'an answer at least as new as this token of an earlier one');

/** Of every question about the services. */
export const SERVICE_FLAGS: readonly Flag[] = [...SERVER_FLAGS, SERVICES_DATA_FLAG, AT_LEAST_FLAG, JSON_FLAG];

export const AS_OF_FLAG = textFlag(
  'as-of',
  'INSTANT',
  'as it was: event number, RFC 3339 time, 15m (ago), [after:]command:ID',
);

/** Of every question that can be asked of the past. */
export const READ_FLAGS: readonly Flag[] = [
  ...serverFlags('5s, with --as-of 1m'),
  DATA_FLAG,
  AT_LEAST_FLAG,
  JSON_FLAG,
  AS_OF_FLAG,
];

/** Of questions that are asked of the past alone. */
export const PAST_FLAGS: readonly Flag[] = [...serverFlags('1m'), DATA_FLAG, JSON_FLAG];

/** Of what is done to the services. */
export const OPERATING_FLAGS: readonly Flag[] = [...SERVER_FLAGS, SERVICES_DATA_FLAG, JSON_FLAG];

/** Of everything that reads the log itself. */
export const LOG_FLAGS: readonly Flag[] = [...SERVER_FLAGS, DATA_FLAG];

/** Of every command. */
export const WRITE_FLAGS: readonly Flag[] = [
  ...SERVER_FLAGS,
  textFlag('actor', 'ID', 'who acts (default your login name)'),
  textFlag('command-id', 'ID', 'repeat an earlier command by its id: it is never done twice'),
  textFlag('file', 'FILE', 'the fields of the command as a JSON object, - for stdin; flags override it'),
  switchFlag('enqueue', 'leave it in the inbox, to be decided in its turn, and wait only until it is there'),
  switchFlag('dry-run', 'check it here, show the subject and the body, send nothing'),
  JSON_FLAG,
];

/** What a claim, a candidate search or a capacity question asks for. */
export const REQUEST_FLAGS: readonly Flag[] = [
  repeatedFlag('resource', 'CLASS=AMOUNT', 'an amount of a resource class; repeat it for more classes'),
  repeatedFlag('trait', 'TRAIT', 'a trait the node must have; !TRAIT one it must not have'),
];
