import { errorReply, fleetbookError } from '@fleetbook/contracts';
import { type CommandMessage, isSameActor, type LedgerEvent } from '@fleetbook/domain';
import { hashCommand, LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import type { WriterState } from '../office/writer-state.ts';
import type { DecisionReader } from '../outcomes/decision-reader.ts';
import type { AnswerRepeat, Reply } from './command-gate.ts';
import { heldOn } from './judge.ts';
import { recordedReply } from './replies.ts';

export interface AnswerRepeatOptions {
  readonly state: WriterState;
  readonly historyId: string;
  readonly pipeline: CommitPipeline;
  readonly decisions: DecisionReader;
  readonly onDamage: (cause: LogDamageError) => void;
}

type Recorded = readonly [LedgerEvent, ...LedgerEvent[]];

/**
 * Answers a repeated command with the reply its decision got. A decision still on its way is answered when it is
 * durable; what a node holds is read from the ledger of now, and so waits for proof of office.
 */
export function createAnswerRepeat(options: AnswerRepeatOptions): AnswerRepeat {
  const { state, historyId, pipeline, decisions } = options;

  function answer(message: CommandMessage, recorded: Recorded, isDurable: boolean, reply: Reply): void {
    const [first] = recorded;
    const isSame = first.commandHash === hashCommand(message, JSON.stringify(message.command));
    const { commandId } = message;
    const held = heldOn(state.ledger, message);
    const answered = isSame
      ? recordedReply(historyId, recorded, held)
      : errorReply(fleetbookError('COMMAND_ID_REUSED', { commandId }), { commandId, at: state.lastAt });
    if (isDurable && held === undefined) {
      reply(answered);
    } else {
      pipeline.whenProven(() => reply(answered));
    }
  }

  return async (message, candidates, reply) => {
    try {
      for (const number of candidates) {
        const pending = pipeline.pending(number);
        const recorded = pending?.events ?? (await decisions.read(number));
        if (recorded !== undefined && isOf(message, recorded)) {
          answer(message, recorded, pending === undefined, reply);
          return true;
        }
      }
      return false;
    } catch (error) {
      if (error instanceof LogDamageError) {
        options.onDamage(error);
        return true;
      }
      if (error instanceof LogUnavailableError) {
        const unavailable = fleetbookError('UNAVAILABLE', { service: 'log', reason: error.message });
        reply(errorReply(unavailable, { commandId: message.commandId, at: state.lastAt }));
        return true;
      }
      throw error;
    }
  };
}

function isOf(message: CommandMessage, recorded: readonly LedgerEvent[]): recorded is Recorded {
  const [first] = recorded;
  return first !== undefined && first.commandId === message.commandId && isSameActor(first.actor, message.actor);
}
