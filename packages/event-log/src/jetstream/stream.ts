import { verifyBookmark } from '../chain.ts';
import { type Bookmark, LogDamageError, LogMissingError, LogUnavailableError, type Position } from '../port.ts';
import { asPosition } from '../position.ts';
import { type ApiAnswer, callApi, fieldOf, numberOf, requireReply } from './api.ts';
import type { JetStreamContext } from './context.ts';
import type { LogNames } from './log-names.ts';
import { API_ERROR } from './names.ts';
import { JetStreamSetupError } from './setup-error.ts';

const DUPLICATE_WINDOW_NS = 120_000_000_000;

/** Settings by which a stream loses or rewrites nothing; any other value of one of these is refused. */
const SAFE_SETTINGS = {
  retention: 'limits',
  storage: 'file',
  discard: 'new',
  max_consumers: -1,
  max_msgs: -1,
  max_bytes: -1,
  max_age: 0,
  max_msgs_per_subject: -1,
  max_msg_size: -1,
  deny_delete: true,
  deny_purge: true,
  allow_rollup_hdrs: false,
  compression: 'none',
} as const;

/** Settings that a log must not have at all: they feed or change the stream from elsewhere. */
const FOREIGN_SETTINGS = ['mirror', 'sources', 'subject_transform', 'no_ack', 'sealed', 'allow_msg_ttl'] as const;

/** Makes the stream unless it is there. Throws JetStreamSetupError if the server refuses. */
export async function createStream(
  context: JetStreamContext,
  replicas: number,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  if ((await streamInfo(context)) !== undefined) {
    return;
  }
  const { stream, subject } = context.names;
  const answer = await call(context, `STREAM.CREATE.${stream}`, {
    ...{ name: stream, subjects: [subject], num_replicas: replicas },
    ...{ allow_direct: true, duplicate_window: DUPLICATE_WINDOW_NS },
    ...{ ...SAFE_SETTINGS, metadata },
  });
  if (!answer.ok) {
    throw new JetStreamSetupError(`stream ${stream} cannot be made: ${answer.description} (${answer.errorCode})`);
  }
}

/**
 * The end of the log for a reader that stands at `after`.
 * Throws JetStreamSetupError unless the stream keeps all it acknowledges, LogDamageError if it has not, if it ends
 * before `after` or holds another commit there.
 */
export async function inspectStream(context: JetStreamContext, after: Bookmark): Promise<Position> {
  const info = await streamInfo(context);
  if (info === undefined && after.position > 0) {
    throw new LogDamageError('went-back', `stream ${context.names.stream} is gone`, { number: after.number });
  }
  checkSettings(context.names, fieldOf(requireStream(context, info), 'config'));
  const end = checkState(fieldOf(info, 'state'));
  if (end < after.position) {
    const message = `the log ends at position ${end}, before ${after.position}, which has been read`;
    throw new LogDamageError('went-back', message, { position: end, number: after.number });
  }
  if (after.position > 0) {
    verifyBookmark(await requireCommit(context, after), after);
  }
  return end;
}

/**
 * The end of the log as its leader knows it. Asked once more when the connection has been made again meanwhile: what
 * went out over the one before is never answered.
 */
export async function askEnd(context: JetStreamContext): Promise<Position> {
  const { promise: reconnected, resolve } = Promise.withResolvers<void>();
  context.reconnectListeners.add(resolve);
  try {
    return await Promise.race([endNow(context), reconnected.then(() => endNow(context))]);
  } finally {
    context.reconnectListeners.delete(resolve);
  }
}

async function endNow(context: JetStreamContext): Promise<Position> {
  return lastSequence(fieldOf(requireStream(context, await streamInfo(context)), 'state'));
}

/** The bytes at a position as the leader has them; undefined where it has none. */
export async function leaderRead(context: JetStreamContext, position: Position): Promise<Uint8Array | undefined> {
  const answer = await call(context, `STREAM.MSG.GET.${context.names.stream}`, { seq: position });
  if (!answer.ok && answer.errorCode === API_ERROR.messageNotFound) {
    return undefined;
  }
  const data = fieldOf(requireReply(answer), 'message', 'data');
  return Buffer.from(typeof data === 'string' ? data : '', 'base64');
}

async function requireCommit(context: JetStreamContext, bookmark: Bookmark): Promise<Uint8Array> {
  const stored = await leaderRead(context, bookmark.position);
  if (stored === undefined) {
    throw new LogDamageError('gap', `the leader cannot give position ${bookmark.position}, read before`, bookmark);
  }
  return stored;
}

/** Undefined if there is no such stream. */
export async function streamInfo(context: JetStreamContext): Promise<unknown> {
  const answer = await call(context, `STREAM.INFO.${context.names.stream}`, undefined);
  const isMissing = !answer.ok && answer.errorCode === API_ERROR.streamNotFound;
  return isMissing ? undefined : requireReply(answer);
}

function requireStream(context: JetStreamContext, info: unknown): unknown {
  if (info === undefined) {
    throw new LogMissingError(`there is no stream ${context.names.stream}`);
  }
  return info;
}

/** A call of the JetStream API. Throws LogUnavailableError, also once the log is closed. */
export async function call(context: JetStreamContext, name: string, body: object | undefined): Promise<ApiAnswer> {
  if (context.isClosed()) {
    throw new LogUnavailableError('this log is closed');
  }
  return callApi(context.connection, name, body, context.requestTimeoutMs);
}

function checkSettings(names: LogNames, config: unknown): void {
  for (const [name, safe] of Object.entries(SAFE_SETTINGS)) {
    const found = fieldOf(config, name) ?? defaultOf(safe);
    if (found !== safe) {
      throw new JetStreamSetupError(`stream ${names.stream} is no safe log: ${name} is ${found}, not ${safe}`);
    }
  }
  for (const name of FOREIGN_SETTINGS) {
    if (fieldOf(config, name)) {
      throw new JetStreamSetupError(`stream ${names.stream} is no safe log: ${name} is set`);
    }
  }
  const subjects = JSON.stringify(fieldOf(config, 'subjects'));
  if (subjects !== JSON.stringify([names.subject])) {
    throw new JetStreamSetupError(`stream ${names.stream} stores ${subjects}, not only ${names.subject}`);
  }
}

/** The server leaves out of its answers what has the zero value of its type. */
function defaultOf(value: string | number | boolean): string | number | boolean {
  return typeof value === 'boolean' ? false : value === 'none' ? 'none' : 0;
}

function checkState(state: unknown): Position {
  const end = lastSequence(state);
  const first = numberOf(state, 'first_seq') ?? 0;
  const deleted = numberOf(state, 'num_deleted') ?? 0;
  const lost = fieldOf(state, 'lost') ?? undefined;
  if (end > 0 && first !== 1) {
    throw new LogDamageError('gap', `the stream begins with sequence ${first}, not with 1`);
  }
  if (deleted !== 0 || lost !== undefined) {
    const missing = lost === undefined ? '' : `, lost ${JSON.stringify(lost)}`;
    throw new LogDamageError('gap', `the stream lacks messages: ${deleted} deleted${missing}`);
  }
  return end;
}

function lastSequence(state: unknown): Position {
  const sequence = numberOf(state, 'last_seq');
  if (sequence === undefined) {
    throw new LogUnavailableError('the answer about the stream states no last sequence');
  }
  return asPosition(sequence);
}
