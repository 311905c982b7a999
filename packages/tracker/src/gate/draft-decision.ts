import type { CommandMessage, DecidedEvent, LedgerEvent } from '@fleetbook/domain';
import { encodeEvent, hashCommand } from '@fleetbook/event-log';

/** A decision with its place in the log and its stored bytes, not yet applied. */
export interface DraftDecision {
  readonly events: readonly [LedgerEvent, ...LedgerEvent[]];
  readonly eventTexts: readonly string[];
  /** Sum of the texts' lengths in UTF-8. */
  readonly eventBytes: number;
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
  const commandHash = hashCommand(message, commandText);
  const [firstDecided, ...restDecided] = decided;
  const first: LedgerEvent = {
    ...firstDecided,
    ...envelopeOf(message, firstNumber, at, 0, decided.length),
    command: message.command,
    commandHash,
    issuedAt: message.issuedAt,
    ...(inboxSequence === undefined ? {} : { inboxSequence }),
  };
  const rest = restDecided.map(
    (event, offset): LedgerEvent => ({
      ...event,
      ...envelopeOf(message, firstNumber + offset + 1, at, offset + 1, decided.length),
    }),
  );
  const eventTexts = [encodeEvent(first, commandText), ...rest.map((event) => encodeEvent(event))];
  const eventBytes = eventTexts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { events: [first, ...rest], eventTexts, eventBytes };
}

function envelopeOf(message: CommandMessage, number: number, at: number, index: number, count: number) {
  const { commandId, actor, correlationId } = message;
  const envelope = { number, at, commandId, index, count, actor };
  return correlationId === undefined || correlationId === commandId ? envelope : { ...envelope, correlationId };
}
