import { type CommandReply, errorEntry, errorReply, fleetbookError, formatToken } from '@fleetbook/contracts';
import {
  apply,
  type Change,
  type CommandMessage,
  type DecidedEvent,
  type Decider,
  type Ledger,
  type ReportInventory,
  revert,
} from '@fleetbook/domain';
import { MAX_EVENT_BYTES_PER_COMMIT, MAX_EVENTS_PER_COMMIT } from '@fleetbook/event-log';
import { type DraftDecision, draftDecision } from './draft-decision.ts';
import { type Holdings, holdingsFor } from './holdings.ts';
import { withHoldings } from './replies.ts';

/** What a command comes to on the speculative ledger. */
export type Judgement =
  /** To be appended; the ledger has been changed. */
  | {
      readonly kind: 'recorded';
      readonly draft: DraftDecision;
      readonly changes: readonly Change[];
      readonly holdings: Holdings | undefined;
    }
  /** Appends nothing; the ledger is as it was. */
  | { readonly kind: 'unrecorded'; readonly reply: CommandReply };

export interface JudgeInput {
  readonly ledger: Ledger;
  readonly historyId: string;
  readonly decide: Decider<Ledger>;
  readonly message: CommandMessage;
  /** Of the last event in the ledger. */
  readonly lastNumber: number;
  readonly at: number;
  /** Of the message that brought it through the inbox. */
  readonly inboxSequence?: number | undefined;
  /** The highest sequence of a report that this writer has heard, recorded or not, of the same start of the node. */
  readonly newestReport: (report: ReportInventory) => number;
}

/** Decides, encodes and applies one command. A throw on the way leaves the ledger as it was. */
export function judge(input: JudgeInput): Judgement {
  const { ledger, historyId, decide, message, lastNumber, at } = input;
  const decision = decide(ledger, message, { number: lastNumber, at });
  const { commandId } = message;
  switch (decision.kind) {
    case 'unchanged': {
      const token = formatToken(historyId, lastNumber);
      const result = withHoldings(decision.result, holdingsFor(ledger, message));
      return { kind: 'unrecorded', reply: { outcome: 'unchanged', commandId, token, at, result } };
    }
    case 'accepted':
      return outdatedReport(input) ?? record(input, decision.events);
    case 'rejected': {
      const { code, details } = decision.rejection;
      if (!errorEntry(code).isRecorded) {
        return { kind: 'unrecorded', reply: errorReply(fleetbookError(code, details), { commandId, at }) };
      }
      const rejected: DecidedEvent = { type: 'CommandRejected', schemaVersion: 1, data: { code, details } };
      return record(input, [rejected]);
    }
  }
}

/**
 * A report that comes after a newer one, of which the log has nothing because it said what the ledger has. It is not
 * recorded either: on the log alone it would be accepted. What waited in the inbox is as old as its place there says.
 */
function outdatedReport({ message, lastNumber, at, inboxSequence, newestReport }: JudgeInput): Judgement | undefined {
  const { command, commandId } = message;
  if (command.type !== 'ReportInventory' || inboxSequence !== undefined) {
    return undefined;
  }
  const { node, sequence } = command;
  const recordedSequence = newestReport(command);
  if (sequence >= recordedSequence) {
    return undefined;
  }
  const error = fleetbookError('STALE_REPORT', { judgedAt: lastNumber, node, sequence, recordedSequence });
  return { kind: 'unrecorded', reply: errorReply(error, { commandId, at }) };
}

function record(
  { ledger, message, lastNumber, at, inboxSequence }: JudgeInput,
  decided: readonly [DecidedEvent, ...DecidedEvent[]],
): Judgement {
  const draft = draftDecision(message, decided, lastNumber + 1, at, inboxSequence);
  if (draft.eventBytes > MAX_EVENT_BYTES_PER_COMMIT || draft.events.length > MAX_EVENTS_PER_COMMIT) {
    const error = fleetbookError('TOO_LARGE', { bytes: draft.eventBytes, limit: MAX_EVENT_BYTES_PER_COMMIT });
    return { kind: 'unrecorded', reply: errorReply(error, { commandId: message.commandId, at }) };
  }
  const changes = applyAll(ledger, draft);
  return { kind: 'recorded', draft, changes, holdings: holdingsFor(ledger, message) };
}

function applyAll(ledger: Ledger, { events }: DraftDecision): readonly Change[] {
  if (events.length === 1) {
    return apply(ledger, events[0]);
  }
  const changes: Change[] = [];
  try {
    for (const event of events) {
      changes.push(...apply(ledger, event));
    }
    return changes;
  } catch (error) {
    revert(ledger, changes);
    throw error;
  }
}
