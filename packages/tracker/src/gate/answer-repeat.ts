import { errorReply, fleetbookError, type RecordedReply } from '@fleetbook/contracts';
import { type CommandMessage, isSameActor, type LedgerEvent } from '@fleetbook/domain';
import { hashCommand, LogDamageError, LogUnavailableError } from '@fleetbook/event-log';
import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import type { WriterState } from '../office/writer-state.ts';
import type { DecisionReader } from '../outcomes/decision-reader.ts';
import { givenClaimIds, wantedClaimIds } from './claim-ids.ts';
import type { AnswerRepeat, Reply } from './command-gate.ts';
import { idsOf, placeOf } from './command-ids.ts';
import { holdingsFor } from './holdings.ts';
import { partReply, recordedReply } from './replies.ts';

export interface AnswerRepeatOptions {
  readonly state: WriterState;
  readonly historyId: string;
  readonly pipeline: CommitPipeline;
  readonly decisions: DecisionReader;
  readonly onDamage: (cause: LogDamageError) => void;
}

type Recorded = readonly [LedgerEvent, ...LedgerEvent[]];

/**
 * Answers a repeated command with the reply its decision got, and refuses a claim under the id of another actor's.
 * A decision still on its way is answered when it is durable; what a node holds is read from the ledger of now, and
 * so waits for proof of office.
 */
export function createAnswerRepeat(options: AnswerRepeatOptions): AnswerRepeat {
  const { state, historyId, pipeline, decisions } = options;

  function answer(message: CommandMessage, recorded: Recorded, isDurable: boolean, reply: Reply): void {
    const { commandId } = message;
    const holdings = holdingsFor(state.ledger, message);
    const answered = isSame(message, recorded)
      ? replyTo(message, recordedReply(historyId, recorded, holdings), recorded)
      : errorReply(fleetbookError('COMMAND_ID_REUSED', { commandId }), { commandId, at: state.lastAt });
    if (isDurable && holdings === undefined) {
      reply(answered);
    } else {
      pipeline.whenProven(() => reply(answered));
    }
  }

  /** The claim that has the id may still be on its way to the log: the answer waits for proof of office. */
  function refuseTaken({ commandId }: CommandMessage, reply: Reply): void {
    const taken = fleetbookError('CLAIM_ID_TAKEN', { commandId });
    pipeline.whenProven(() => reply(errorReply(taken, { commandId, at: state.lastAt })));
  }

  return async (message, candidates, reply) => {
    try {
      let isTaken = false;
      for (const number of candidates) {
        const pending = pipeline.pending(number);
        const recorded = pending?.events ?? (await decisions.read(number));
        if (recorded !== undefined && isOf(message, recorded)) {
          answer(message, recorded, pending === undefined, reply);
          return true;
        }
        isTaken ||= recorded !== undefined && takesClaimIdOf(message, recorded);
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
        reply(errorReply(unavailable, { commandId: message.commandId, at: state.lastAt }));
        return true;
      }
      throw error;
    }
  };
}

/** Whether the decision answers one of the ids that this command would answer. */
function isOf(message: CommandMessage, recorded: readonly LedgerEvent[]): recorded is Recorded {
  const [first] = recorded;
  if (first === undefined || !isSameActor(first.actor, message.actor)) {
    return false;
  }
  const place = placeOf(message.commandId, first);
  if (place !== undefined && first.type === 'AtomicBatchApplied' && first.data.parts[place] === null) {
    return false;
  }
  const ids = idsOf(first);
  return idsOf(message).some((id) => ids.includes(id));
}

/** Whether the command would give a claim the id that another actor's claim has. */
function takesClaimIdOf(message: CommandMessage, recorded: readonly LedgerEvent[]): boolean {
  const given = givenClaimIds(recorded);
  return wantedClaimIds(message).some((id) => given.includes(id));
}

function isSame(message: CommandMessage, [first]: Recorded): boolean {
  const commandText = JSON.stringify(message.command);
  if (first.commandId === message.commandId) {
    return first.commandHash === hashCommand(message, commandText);
  }
  const place = placeOf(message.commandId, first);
  const part = place === undefined || first.command?.type !== 'AtomicBatch' ? undefined : first.command.commands[place];
  return part !== undefined && JSON.stringify(part) === commandText && first.issuedAt === message.issuedAt;
}

function replyTo(message: CommandMessage, reply: RecordedReply, [first]: Recorded): RecordedReply {
  const place = placeOf(message.commandId, first);
  return place === undefined ? reply : partReply(reply, message.commandId, place);
}
