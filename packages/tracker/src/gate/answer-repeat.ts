import { errorReply, fleetbookError, type RecordedReply } from '@fleetbook/contracts';
import type { CommandMessage, LedgerEvent } from '@fleetbook/domain';
import { LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import type { Clock } from '@fleetbook/operations';
import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import { ledgerTime, type WriterState } from '../office/writer-state.ts';
import type { DecisionReader } from '../outcomes/decision-reader.ts';
import type { AnswerRepeat, Reply } from './command-gate.ts';
import { placeOf } from './command-ids.ts';
import { earlierUse } from './earlier-use.ts';
import { holdingsFor } from './holdings.ts';
import { partReply, recordedReply } from './replies.ts';

export interface AnswerRepeatOptions {
  readonly state: WriterState;
  readonly clock: Clock;
  readonly historyId: string;
  readonly pipeline: CommitPipeline;
  readonly decisions: DecisionReader;
  readonly onDamage: (cause: LogDamageError) => void;
}

type Recorded = readonly [LedgerEvent, ...LedgerEvent[]];

interface Found {
  readonly isSame: boolean;
  readonly isDurable: boolean;
}

/**
 * Answers a repeated command with the reply its decision got, and refuses a claim under the id of another actor's.
 * A decision still on its way is answered when it is durable; what a node holds is read from the ledger of now, and
 * so waits for proof of office.
 */
export function createAnswerRepeat(options: AnswerRepeatOptions): AnswerRepeat {
  const { state, clock, historyId, pipeline, decisions } = options;
  /** By it a sender may correct its clock: the last decision may be hours ago. */
  const now = (): number => ledgerTime(state, clock);

  function answer(message: CommandMessage, recorded: Recorded, { isSame, isDurable }: Found, reply: Reply): void {
    const { commandId } = message;
    const holdings = holdingsFor(state.ledger, message);
    const answered = isSame
      ? replyTo(message, recordedReply(historyId, recorded, holdings), recorded)
      : errorReply(fleetbookError('COMMAND_ID_REUSED', { commandId }), { commandId, at: now() });
    if (isDurable && holdings === undefined) {
      reply(answered);
    } else {
      pipeline.whenProven(() => reply(answered));
    }
  }

  /** The claim that has the id may still be on its way to the log: the answer waits for proof of office. */
  function refuseTaken({ commandId }: CommandMessage, reply: Reply): void {
    const taken = fleetbookError('CLAIM_ID_TAKEN', { commandId });
    pipeline.whenProven(() => reply(errorReply(taken, { commandId, at: now() })));
  }

  return async (message, candidates, reply) => {
    try {
      let isTaken = false;
      for (const number of candidates) {
        const pending = pipeline.pending(number);
        const recorded = pending?.events ?? (await decisions.read(number));
        const use = recorded && earlierUse(message, recorded);
        if (isRecorded(recorded) && (use === 'repeated' || use === 'reused')) {
          answer(message, recorded, { isSame: use === 'repeated', isDurable: pending === undefined }, reply);
          return true;
        }
        isTaken ||= use === 'taken';
      }
      if (isTaken) {
        refuseTaken(message, reply);
      }
      return isTaken;
    } catch (error) {
      if (error instanceof LogDamageError) {
        options.onDamage(error);
        return true;
      }
      if (error instanceof LogUnavailableError) {
        const unavailable = fleetbookError('UNAVAILABLE', { service: 'log', reason: error.message });
        reply(errorReply(unavailable, { commandId: message.commandId, at: now() }));
        return true;
      }
      throw error;
    }
  };
}

function isRecorded(events: readonly LedgerEvent[] | undefined): events is Recorded {
  return events !== undefined && events.length > 0;
}

function replyTo(message: CommandMessage, reply: RecordedReply, [first]: Recorded): RecordedReply {
  const place = placeOf(message.commandId, first);
  return place === undefined ? reply : partReply(reply, message.commandId, place);
}
