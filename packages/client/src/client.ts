import type {
  BatchReply,
  CommandReply,
  FleetbookError,
  QueryAnswers,
  QueryBodies,
  QueryName,
  QueryReply,
  SenderRole,
} from '@fleetbook/contracts';
import type { BatchPart, Command, CommandType } from '@fleetbook/domain';

/** Of a choice: each of its shapes. */
type Without<Value, Key extends PropertyKey> = Value extends unknown ? Omit<Value, Key> : never;

/** A command of an atomic batch, which has no id, no time and no origin of its own. */
export type AtomicPart = Without<BatchPart, 'origin'>;

/** The fields of a command; the SDK adds its id, its time and where it comes from. */
export type CommandFields<Type extends CommandType> = Type extends 'AtomicBatch'
  ? { readonly commands: readonly AtomicPart[] }
  : Without<Extract<Command, { readonly type: Type }>, 'type' | 'origin'>;

export interface SendOptions {
  /** Kept across every retry. Make and store it yourself where a crash of yours must not send the command twice. */
  readonly commandId?: string;
  /**
   * Epoch milliseconds; by default now. Store it beside the id and give both again to repeat a command after a crash of
   * yours: the same id with another time is COMMAND_ID_REUSED. A time that is given is never corrected.
   */
  readonly issuedAt?: number;
  readonly correlationId?: string;
  /** In all, milliseconds. Default: that of the client. */
  readonly timeoutMs?: number;
}

export interface EnqueueOptions extends SendOptions {
  /**
   * A subject below the connection's own inbox prefix, to which the outcome is sent once there is one; INVALID_FIELD
   * for what is no inbox.
   */
  readonly replyTo?: string;
}

/** What became of putting a command into the inbox. */
export type EnqueueReply =
  /** It is kept until it is decided. `sequence`: its place in the inbox. */
  | { readonly outcome: 'enqueued'; readonly commandId: string; readonly sequence: number }
  | { readonly outcome: 'error'; readonly commandId: string; readonly error: FleetbookError };

/** One command of a batch. */
export type BatchEntry = {
  readonly [Type in CommandType]: { readonly type: Type; readonly commandId?: string } & CommandFields<Type>;
}[CommandType];

export interface AskOptions {
  /** Ask for nothing newer than what the service has, instead of at least what this client was told of. */
  readonly mayBeOlder?: boolean;
  /** In all, milliseconds. Default: that of the client. */
  readonly timeoutMs?: number;
  /** Of one attempt, milliseconds: longer for what takes long to answer. Default: that of the client. */
  readonly attemptTimeoutMs?: number;
  /** Of `timeoutMs`, how long it is asked again though nobody is there to answer. Default: all of it. */
  readonly vacantTimeoutMs?: number;
  /** Hears why the question is asked again. */
  readonly onAgain?: (error: FleetbookError) => void;
}

/**
 * One actor's door to a cell. Every answer is a value; nothing is thrown for an expected failure.
 * A command is sent again with the same id until its outcome is known or the time is up:
 * TIMEOUT then means that the outcome can be asked for with `ask('outcome', …)`.
 */
export interface FleetbookClient {
  readonly cell: string;
  readonly role: SenderRole;
  readonly actor: string;
  send<Type extends CommandType>(type: Type, fields: CommandFields<Type>, options?: SendOptions): Promise<CommandReply>;
  /**
   * Leaves a command in the durable inbox, to be decided in its turn, also when nobody is in office now. Resolves when
   * the inbox has it; what is decided then is asked for with `ask('outcome', …)`. The same command may be put again, or
   * sent: it is decided once.
   */
  enqueue<Type extends CommandType>(
    type: Type,
    fields: CommandFields<Type>,
    options?: EnqueueOptions,
  ): Promise<EnqueueReply>;
  /** Up to 64 commands in one message, each with its own outcome. A retry repeats the whole message. */
  sendBatch(
    entries: readonly BatchEntry[],
    options?: Omit<SendOptions, 'commandId'>,
  ): Promise<BatchReply | BatchFailure>;
  ask<Name extends QueryName>(
    name: Name,
    body: QueryBodies[Name],
    options?: AskOptions,
  ): Promise<QueryReply<QueryAnswers[Name]>>;
  /** The newest event this client was told of: `<historyId>.<number>`. */
  token(): string | undefined;
}

/** The whole message was refused, or its outcome is not known: `error.retry` says what to do. */
export interface BatchFailure {
  readonly outcome: 'error';
  readonly error: FleetbookError;
}
