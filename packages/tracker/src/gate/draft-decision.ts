import type { CommandMessage, DecidedEvent, LedgerEvent, Mutable } from '@fleetbook/domain';
import { encodeEvent, hashCommand } from '@fleetbook/event-log';

/** A decision with its place in the log and its stored bytes, not yet applied. */
export interface DraftDecision {
  readonly events: readonly [LedgerEvent, ...LedgerEvent[]];
  readonly eventTexts: readonly string[];
  /** That of the first event's data; absent for what the writer decided by itself. */
  readonly dataText?: string;
  /** Sum of the texts' lengths in UTF-8. */
  readonly eventBytes: number;
}

interface Place {
  readonly number: number;
  readonly at: number;
  readonly index: number;
  readonly count: number;
}

/** Numbers the events from `firstNumber` on and encodes them, once for their whole life. */
export function draftDecision(
  message: CommandMessage,
  decided: readonly [DecidedEvent, ...DecidedEvent[]],
  firstNumber: number,
  at: number,
  inboxSequence?: number,
): DraftDecision {
  const commandText = JSON.stringify(message.command);
  const count = decided.length;
  const first = firstEvent(message, decided[0], { number: firstNumber, at, index: 0, count }, commandText);
  if (inboxSequence !== undefined) {
    first.inboxSequence = inboxSequence;
  }
  const dataText = JSON.stringify(first.data);
  const firstText = encodeEvent(first, commandText, dataText);
  const firstBytes = Buffer.byteLength(firstText);
  if (count === 1) {
    return { events: [first], eventTexts: [firstText], dataText, eventBytes: firstBytes };
  }
  const rest = decided
    .slice(1)
    .map((event, offset) =>
      laterEvent(message, event, { number: firstNumber + offset + 1, at, index: offset + 1, count }),
    );
  const texts = rest.map((event) => encodeEvent(event));
  const eventBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), firstBytes);
  return { events: [first, ...rest], eventTexts: [firstText, ...texts], dataText, eventBytes };
}

/** Fields are listed, and what few events have is set afterwards: spreads cost most of what a claim costs here. */
function firstEvent(
  message: CommandMessage,
  decided: DecidedEvent,
  { number, at, index, count }: Place,
  commandText: string,
): Mutable<LedgerEvent> {
  const { commandId, actor, command, issuedAt } = message;
  const commandHash = hashCommand(message, commandText);
  const first = { number, at, commandId, index, count, actor, command, commandHash, issuedAt, ...decided };
  return withCorrelation(message, first);
}

function laterEvent(
  message: CommandMessage,
  decided: DecidedEvent,
  { number, at, index, count }: Place,
): Mutable<LedgerEvent> {
  const { commandId, actor } = message;
  return withCorrelation(message, { number, at, commandId, index, count, actor, ...decided });
}

function withCorrelation(
  { commandId, correlationId }: CommandMessage,
  event: Mutable<LedgerEvent>,
): Mutable<LedgerEvent> {
  if (correlationId !== undefined && correlationId !== commandId) {
    event.correlationId = correlationId;
  }
  return event;
}
