import { errorReply, fleetbookError, type OutgoingReply } from '@fleetbook/contracts';
import {
  type Change,
  type CommandMessage,
  type Decider,
  type Ledger,
  policiesOf,
  type ReportInventory,
} from '@fleetbook/domain';
import type { Clock, Logger } from '@fleetbook/operations';
import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import { ledgerTime, rememberOutcome, type WriterState } from '../office/writer-state.ts';
import type { CommandKey } from '../outcomes/command-key.ts';
import type { Admission } from './admission.ts';
import { checkPutTime, checkTime, type PutFacts } from './check-time.ts';
import { wantedClaimIds } from './claim-ids.ts';
import { idsOf } from './command-ids.ts';
import { type Judgement, judge } from './judge.ts';
import { nodesConcerned } from './nodes-concerned.ts';
import type { Quarantine } from './quarantine.ts';
import { internalErrorReply } from './replies.ts';

export type Reply = (reply: OutgoingReply) => void;

/** A command on its way through the gate. */
interface Submission {
  readonly message: CommandMessage;
  readonly key: CommandKey;
  readonly reply: Reply;
  /** Where it came through the inbox. */
  readonly put: PutFacts | undefined;
}

/** Answers a command whose id may have been decided before, or given to a claim; false when it has not been. */
export type AnswerRepeat = (message: CommandMessage, candidates: readonly number[], reply: Reply) => Promise<boolean>;

export interface CommandGateOptions {
  readonly state: WriterState;
  readonly historyId: string;
  readonly pipeline: CommitPipeline;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly decide: Decider<Ledger>;
  readonly answerRepeat: AnswerRepeat;
  readonly admission: Admission;
  /** Repeats that may be in hand at once; beyond it OVERLOADED, to be tried again after `retryAfterMs`. */
  readonly repeatLimit: number;
  readonly retryAfterMs: number;
  /** Told of every change the speculative ledger keeps. */
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Told of a report that was right, whether or not it said something new. */
  readonly onReport: (report: ReportInventory) => void;
  /** The highest sequence of those it was told of, of the same start of the node; 0 for none. */
  readonly newestReport: (report: ReportInventory) => number;
  readonly onQuarantined: () => void;
  /** Called when a repeat has been dealt with: it may have left work for the pipeline. */
  readonly onRepeatDone: () => void;
  /** Called when a throw has left the state between two decisions: it must not be used any more. */
  readonly onBroken: (cause: unknown) => void;
}

/**
 * Judges commands one by one on the speculative state. What is recorded is answered when it is durable, every other
 * judgement when office is proved.
 */
export class CommandGate {
  readonly #options: CommandGateOptions;
  #repeatsInHand = 0;

  constructor(options: CommandGateOptions) {
    this.#options = options;
  }

  /** Commands whose earlier decision is being read from the log. */
  get repeatsInHand(): number {
    return this.#repeatsInHand;
  }

  /** Throws when the state must not be used any more. `put`: of a command that came through the inbox. */
  submit(message: CommandMessage, reply: Reply, put?: PutFacts): void {
    const key = this.#options.state.keys.keyOf(message);
    const submission = { message, key, reply, put };
    const candidates = this.#candidates(message, key);
    if (candidates.length === 0) {
      this.#decide(submission);
      return;
    }
    if (this.#repeatsInHand >= this.#options.repeatLimit) {
      const { retryAfterMs } = this.#options;
      reply(errorReply(fleetbookError('OVERLOADED', { retryAfterMs }), { commandId: message.commandId }));
      return;
    }
    this.#repeatsInHand += 1;
    this.#repeat(submission, candidates)
      .catch(this.#options.onBroken)
      .finally(() => {
        this.#repeatsInHand -= 1;
        this.#options.onRepeatDone();
      });
  }

  /**
   * Another command under the same key leads to another question, until every decision with the key is ruled out. No
   * wait may come between the last look at the outcomes and the decision: another copy would be decided in it.
   */
  async #repeat(submission: Submission, first: readonly number[]): Promise<void> {
    const { message, key, reply } = submission;
    const ruledOut = new Set<number>();
    for (let candidates = first; candidates.length > 0; ) {
      if (await this.#isDealtWith(message, candidates, reply)) {
        return;
      }
      for (const candidate of candidates) {
        ruledOut.add(candidate);
      }
      candidates = this.#candidates(message, key).filter((number) => !ruledOut.has(number));
    }
    this.#decide(submission);
  }

  /** Numbers of decisions that may have answered this command or a part of it, or made a claim with its id. */
  #candidates(message: CommandMessage, key: CommandKey): readonly number[] {
    const { keyOf } = this.#options.state.keys;
    const wanted = wantedClaimIds(message);
    if (message.command.type !== 'AtomicBatch') {
      return this.#find(key, wanted.length > 0);
    }
    const { actor } = message;
    const found = idsOf(message).flatMap((commandId) =>
      this.#find(keyOf({ actor, commandId }), wanted.includes(commandId)),
    );
    return [...new Set(found)];
  }

  /** Claims are told apart by their ids, also those of different actors. */
  #find(key: CommandKey, isOfAnyActor: boolean): readonly number[] {
    const { outcomes } = this.#options.state;
    return isOfAnyActor ? outcomes.findId(key) : outcomes.find(key);
  }

  async #isDealtWith(message: CommandMessage, candidates: readonly number[], reply: Reply): Promise<boolean> {
    try {
      return await this.#options.answerRepeat(message, candidates, reply);
    } catch (cause) {
      this.#fail(message, cause, reply);
      return true;
    }
  }

  #decide(submission: Submission): void {
    const { message, reply, put } = submission;
    const { state, clock, pipeline, quarantine, admission } = this.#options;
    const at = ledgerTime(state, clock);
    if (quarantine.size > 0 && quarantine.has(quarantineKey(message))) {
      reply(internalErrorReply(message, at));
      return;
    }
    const policies = policiesOf(state.ledger);
    const late =
      put === undefined
        ? checkTime(policies, message.issuedAt, at)
        : checkPutTime(policies, message.issuedAt, put, { knownSince: state.knownSince, at });
    if (late !== undefined) {
      pipeline.whenProven(() => reply(errorReply(late, { commandId: message.commandId, at })));
      return;
    }
    const objection = put === undefined ? admission.objection(message) : admission.storageObjection(message);
    if (objection !== undefined) {
      reply(errorReply(objection, { commandId: message.commandId, at }));
      return;
    }
    this.#judge(submission, at);
  }

  #judge(submission: Submission, at: number): void {
    const { message, key, reply, put } = submission;
    const { state, pipeline, admission, onChanges, onReport } = this.#options;
    const judgement = this.#tryJudge(submission, at);
    if (judgement === undefined) {
      return;
    }
    if (judgement.kind === 'unrecorded') {
      pipeline.whenProven(() => reply(judgement.reply));
    } else {
      const { draft, changes, holdings } = judgement;
      const [first] = draft.events;
      rememberOutcome(state, first, key);
      state.lastNumber += draft.events.length;
      state.lastAt = at;
      onChanges(changes);
      if (first.type === 'CommandRejected' && put === undefined) {
        admission.noteRefused(message.actor);
      }
      const nodes = nodesConcerned(state.ledger, message.command, changes);
      pipeline.add({ ...draft, nodes, holdings, reply });
    }
    if (message.command.type === 'ReportInventory' && wasTaken(judgement)) {
      onReport(message.command);
    }
  }

  #tryJudge({ message, reply, put }: Submission, at: number): Judgement | undefined {
    const { state, historyId, decide, newestReport } = this.#options;
    const { ledger, lastNumber } = state;
    try {
      const inboxSequence = put?.sequence;
      return judge({ ledger, historyId, decide, message, lastNumber, at, inboxSequence, newestReport });
    } catch (cause) {
      this.#fail(message, cause, reply);
      return undefined;
    }
  }

  /** Only this command is affected: it changed nothing, and it is not tried again. */
  #fail(message: CommandMessage, cause: unknown, reply: Reply): void {
    const { quarantine, logger, clock, state, onQuarantined } = this.#options;
    const { commandId, command } = message;
    quarantine.add(quarantineKey(message));
    onQuarantined();
    logger.error('command quarantined', {
      commandId,
      commandType: command.type,
      errCode: 'INTERNAL_ERROR',
      err: cause,
    });
    reply(internalErrorReply(message, ledgerTime(state, clock)));
  }
}

function wasTaken(judgement: Judgement): boolean {
  return judgement.kind === 'recorded'
    ? judgement.draft.events[0].type !== 'CommandRejected'
    : judgement.reply.outcome === 'unchanged';
}

function quarantineKey({ actor, commandId }: CommandMessage): string {
  return `${actor.role} ${actor.id} ${commandId}`;
}
