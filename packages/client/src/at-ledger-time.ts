import type { BatchReply, CommandReply, ErrorCode } from '@fleetbook/contracts';
import type { CommandMessage } from '@fleetbook/domain';
import type { BatchFailure } from './client.ts';
import type { LedgerClock } from './ledger-clock.ts';
import type { Sender } from './sender.ts';

/** How a command is sent: until when, and whether its time is the caller's own, which is never corrected. */
interface Terms {
  readonly endsAtMs: number;
  readonly isTimeGiven: boolean;
}

const OF_ANOTHER_TIME: readonly ErrorCode[] = ['CLOCK_AHEAD', 'COMMAND_TOO_OLD'];

/** The ledger's time, where it decided nothing because of the command's own. */
const ledgerTimeIn = (reply: CommandReply): number | undefined =>
  reply.outcome === 'error' && OF_ANOTHER_TIME.includes(reply.error.code) ? reply.at : undefined;

/**
 * Whether the same command may go again with a corrected time. Not where it is too old and may have been decided
 * before: what the ledger has forgotten of it would be decided once more.
 */
const goesAgain = (reply: CommandReply, { isTimeGiven }: Terms, mayBeDecided: boolean): boolean =>
  !isTimeGiven &&
  ledgerTimeIn(reply) !== undefined &&
  !(mayBeDecided && reply.outcome === 'error' && reply.error.code === 'COMMAND_TOO_OLD');

/** Sends a command, and once more with the ledger's time where its own was wrong. */
export const sendAtLedgerTime = async (
  sender: Sender,
  clock: LedgerClock,
  message: CommandMessage,
  terms: Terms,
): Promise<CommandReply> => {
  const { reply, mayBeDecided } = await sender.send(message, terms.endsAtMs);
  const ledgerAt = ledgerTimeIn(reply);
  if (ledgerAt === undefined) return reply;
  clock.correct(ledgerAt);
  if (!goesAgain(reply, terms, mayBeDecided)) return reply;
  const { reply: corrected } = await sender.send({ ...message, issuedAt: clock.now() }, terms.endsAtMs);
  return wasDecidedBefore(corrected) ? (await sender.send(message, terms.endsAtMs)).reply : corrected;
};

/**
 * While the writer changes, two may have heard the command: one that refused its time, and one that decided it. Its own
 * bytes are answered with that outcome.
 */
const wasDecidedBefore = (corrected: CommandReply): boolean =>
  corrected.outcome === 'error' && corrected.error.code === 'COMMAND_ID_REUSED';

/** The same for a batch. Commands that have their outcome have it under the time they were issued at: they stay. */
export const sendBatchAtLedgerTime = async (
  sender: Sender,
  clock: LedgerClock,
  messages: readonly CommandMessage[],
  terms: Terms,
): Promise<BatchReply | BatchFailure> => {
  const { reply, mayBeDecided } = await sender.sendBatch(messages, terms.endsAtMs);
  if (!('outcomes' in reply)) return reply;
  const ledgerAt = reply.outcomes.map(ledgerTimeIn).find((at) => at !== undefined);
  if (ledgerAt === undefined) return reply;
  clock.correct(ledgerAt);
  const isLeft = reply.outcomes.map((outcome) => goesAgain(outcome, terms, mayBeDecided));
  const issuedAt = clock.now();
  const resend = resendingWith(sender, terms);
  const corrected = await resend(
    messages.map((message) => ({ ...message, issuedAt })),
    reply,
    isLeft,
  );
  if (!('outcomes' in corrected)) return corrected;
  const isDecided = corrected.outcomes.map((outcome, place) => isLeft[place] === true && wasDecidedBefore(outcome));
  return resend(messages, corrected, isDecided);
};

/** Sends some of the messages, and gives all outcomes with those of these in their places. */
const resendingWith =
  (sender: Sender, { endsAtMs }: Terms) =>
  async (
    messages: readonly CommandMessage[],
    known: BatchReply,
    isSent: readonly boolean[],
  ): Promise<BatchReply | BatchFailure> => {
    const sent = messages.filter((_, place) => isSent[place]);
    if (sent.length === 0) return known;
    const { reply } = await sender.sendBatch(sent, endsAtMs);
    if (!('outcomes' in reply)) return reply;
    const outcomes = reply.outcomes.values();
    const merge = (outcome: CommandReply, place: number) =>
      isSent[place] ? (outcomes.next().value ?? outcome) : outcome;
    return { outcomes: known.outcomes.map(merge) };
  };
