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

/** The ledger recorded nothing and says what time it has: the same command may go again with a corrected time. */
const ledgerTimeIn = (reply: CommandReply): number | undefined =>
  reply.outcome === 'error' && OF_ANOTHER_TIME.includes(reply.error.code) ? reply.at : undefined;

/** Sends a command, and once more with the ledger's time where its own was wrong. */
export const sendAtLedgerTime = async (
  sender: Sender,
  clock: LedgerClock,
  message: CommandMessage,
  { endsAtMs, isTimeGiven }: Terms,
): Promise<CommandReply> => {
  const reply = await sender.send(message, endsAtMs);
  const ledgerAt = ledgerTimeIn(reply);
  if (ledgerAt === undefined) return reply;
  clock.correct(ledgerAt);
  return isTimeGiven ? reply : sender.send({ ...message, issuedAt: clock.now() }, endsAtMs);
};

/** The same for a batch. Commands that have their outcome have it under the time they were issued at: they stay. */
export const sendBatchAtLedgerTime = async (
  sender: Sender,
  clock: LedgerClock,
  messages: readonly CommandMessage[],
  { endsAtMs, isTimeGiven }: Terms,
): Promise<BatchReply | BatchFailure> => {
  const reply = await sender.sendBatch(messages, endsAtMs);
  if (!('outcomes' in reply)) return reply;
  const ledgerTimes = reply.outcomes.map(ledgerTimeIn);
  const ledgerAt = ledgerTimes.find((at) => at !== undefined);
  if (ledgerAt === undefined) return reply;
  clock.correct(ledgerAt);
  if (isTimeGiven) return reply;
  const issuedAt = clock.now();
  const left = messages.filter((_, place) => ledgerTimes[place] !== undefined);
  const again = await sender.sendBatch(
    left.map((message) => ({ ...message, issuedAt })),
    endsAtMs,
  );
  if (!('outcomes' in again)) return again;
  const outcomes = again.outcomes.values();
  const merge = (outcome: CommandReply, place: number) =>
    ledgerTimes[place] === undefined ? outcome : (outcomes.next().value ?? outcome);
  return { outcomes: reply.outcomes.map(merge) };
};
