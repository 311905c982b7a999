import type { ChargeLine, CommandResult, HeldOnNode, HeldSide } from '@fleetbook/domain';
import type { FleetbookError } from '../errors/error.ts';

/** An instance held on a node. */
export type HeldView = HeldOnNode;

/** What a reply says of an accepted or unchanged command: the domain's result, and what a registered node holds. */
export type ReplyResult =
  | Exclude<CommandResult, { readonly type: 'RegisterNode' }>
  | (Extract<CommandResult, { readonly type: 'RegisterNode' }> & {
      /** What the ledger says this node holds, read when the answer was made. */
      readonly held: readonly HeldView[];
      /** What moves hold on it besides: a host that returns has to destroy what they left behind. */
      readonly sides: readonly HeldSide[];
      /** How many of each a message had no room for; absent when all are listed. */
      readonly more?: { readonly held: number; readonly sides: number };
    });

/** The result of a claim: its id and the allocations charged. */
export type ClaimResult = Extract<CommandResult, { readonly charge: readonly ChargeLine[] }>;

interface DecidedReply {
  readonly commandId: string;
  /** Recorded: the decision's last event. Unchanged: the event it was judged at. `<historyId>.<number>`. */
  readonly token: string;
  /** The ledger's time of the decision, epoch milliseconds. */
  readonly at: number;
}

export interface AcceptedReply extends DecidedReply {
  readonly outcome: 'accepted';
  readonly result: ReplyResult;
}

export interface RefusedReply extends DecidedReply {
  readonly outcome: 'refused';
  readonly error: FleetbookError;
}

export interface UnchangedReply extends DecidedReply {
  readonly outcome: 'unchanged';
  readonly result: ReplyResult;
}

/** Nothing was recorded. `at` is the ledger's time where the tracker knew it. */
export interface ErrorReply {
  readonly outcome: 'error';
  readonly commandId?: string;
  readonly at?: number;
  readonly error: FleetbookError;
}

/** Outcomes that stand in the log: a repeat of the command id gets the same again. */
export type RecordedReply = AcceptedReply | RefusedReply;

export type CommandReply = RecordedReply | UnchangedReply | ErrorReply;

/** The reply to an accepted command, written already. */
export interface WrittenReply {
  readonly outcome: 'accepted';
  /** Its JSON. */
  readonly text: string;
}

/** A reply on its way to the sender of the command. */
export type OutgoingReply = CommandReply | WrittenReply;

/** One reply per command of the batch, in its order. */
export interface BatchReply {
  readonly outcomes: readonly CommandReply[];
}

/** Which instant of the past an answer is true at, and what vouches for it. */
export interface PastFacts {
  /** The last event of the decision at that instant. */
  readonly number: number;
  /** When that decision was recorded, epoch milliseconds. */
  readonly at: number;
  /** When its command was issued, by its sender's clock; absent where no command caused it. */
  readonly issuedAt?: number;
  /**
   * Every event was folded from the log (`log`); or the fold began with a saved state, whose last commit stands in the
   * log with the same hash (`snapshot`), and whose digest besides is the one that the log itself states (`checkpoint`).
   */
  readonly proof: PastProof;
  /** The event at which the saved state stands; absent where none was used. */
  readonly savedAt?: number;
  /**
   * Present where of the events after the saved state only those were folded that concern this node: which these are,
   * the index beside the log says.
   */
  readonly node?: string;
}

export type PastProof = 'log' | 'snapshot' | 'checkpoint';

export interface AnswerReply<Answer> {
  readonly outcome: 'answer';
  /** The answer is true at this event: `<historyId>.<number>`. */
  readonly token: string;
  /** The time of that event, epoch milliseconds. */
  readonly at: number;
  /** Present while the projection cannot fold what follows, or not fast enough: true at its token, maybe outdated. */
  readonly stale?: true;
  /** Why it is stale, for people. */
  readonly staleReason?: string;
  /** Present where the query named an instant. */
  readonly past?: PastFacts;
  readonly answer: Answer;
}

export interface QueryErrorReply {
  readonly outcome: 'error';
  readonly error: FleetbookError;
}

export type QueryReply<Answer> = AnswerReply<Answer> | QueryErrorReply;

const plainError = ({ code, message, retry, details }: FleetbookError): FleetbookError => ({
  code,
  message,
  retry,
  details,
});

/** The reply to a message that was not decided. */
export const errorReply = (
  error: FleetbookError,
  facts: { readonly commandId?: string | undefined; readonly at?: number } = {},
): ErrorReply => ({
  outcome: 'error',
  ...(facts.commandId === undefined ? {} : { commandId: facts.commandId }),
  ...(facts.at === undefined ? {} : { at: facts.at }),
  error: plainError(error),
});

export const queryErrorReply = (error: FleetbookError): QueryErrorReply => ({
  outcome: 'error',
  error: plainError(error),
});

/**
 * The reply to an accepted claim, whose result is that of its event besides what is named here. Claims are nearly all
 * of the load, and the text of their events is there.
 * @param dataText the JSON text of the event's data.
 */
export const writeClaimReply = (
  { commandId, token, at, instance }: DecidedReply & { readonly instance: string },
  dataText: string,
): WrittenReply => {
  const id = JSON.stringify(commandId);
  const result = `{"type":"ClaimInstance","instance":${JSON.stringify(instance)},"claimId":${id},${dataText.slice(1)}`;
  return {
    outcome: 'accepted',
    text: `{"outcome":"accepted","commandId":${id},"token":"${token}","at":${at},"result":${result}}`,
  };
};

const textOf = (reply: OutgoingReply): string => ('text' in reply ? reply.text : JSON.stringify(reply));

export const encodeCommandReply = (reply: OutgoingReply): Uint8Array => Buffer.from(textOf(reply), 'utf8');

/** The `BatchReply` of these, which are in the order of the batch. */
export const encodeBatchReply = (replies: readonly OutgoingReply[]): Uint8Array =>
  Buffer.from(`{"outcomes":[${replies.map(textOf).join(',')}]}`, 'utf8');

export const encodeQueryReply = <Answer>(reply: QueryReply<Answer>): Uint8Array =>
  Buffer.from(JSON.stringify(reply), 'utf8');
