import {
  encodeQueryReply,
  type FleetbookError,
  fleetbookError,
  type QueryReply,
  queryErrorReply,
} from '@fleetbook/contracts';
import type { Cell } from '@fleetbook/domain';
import type { EventLog } from '@fleetbook/event-log';
import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import type { Unanswered } from '../gate/unanswered.ts';
import type { ProgressWatch } from '../health/progress-watch.ts';
import type { TrackerHealth } from '../health/tracker-health.ts';
import type { InboxDrain } from '../inbox/inbox-drain.ts';
import { settleParked } from '../inbox/settle-parked.ts';
import type { Respond } from '../ports.ts';
import type { TrackerSettings } from '../settings.ts';
import type { Tally } from './meters.ts';
import { writerAnswer } from './writer-answer.ts';
import type { WriterState } from './writer-state.ts';

export interface ProvenAnswersOptions {
  readonly settings: TrackerSettings;
  readonly state: WriterState;
  readonly cell: Cell;
  readonly log: EventLog;
  readonly pipeline: CommitPipeline;
  readonly progress: ProgressWatch;
  readonly unanswered: Unanswered;
  readonly tally: Tally;
  readonly health: () => TrackerHealth;
  readonly drain: InboxDrain | undefined;
  /** There is something to prove. */
  readonly onWork: () => void;
}

/** Answers that are sent once the log has proved that this writer is still in office. */
export class ProvenAnswers {
  readonly #options: ProvenAnswersOptions;

  constructor(options: ProvenAnswersOptions) {
    this.#options = options;
  }

  /** Asks the log whether this writer is still in office; if not, the office ends. */
  prove(): void {
    const { pipeline, onWork } = this.#options;
    // A full pipeline waits for an answer of the log that will prove it anyway.
    if (!pipeline.isFull) {
      pipeline.whenProven(() => undefined);
      onWork();
    }
  }

  answerWriter(payload: Uint8Array, respond: Respond): void {
    const { state, cell, unanswered } = this.#options;
    const objection = this.#objection();
    if (objection !== undefined) {
      respond(encodeQueryReply(queryErrorReply(objection)));
      return;
    }
    const { epoch, historyId } = cell;
    const reply = writerAnswer({ ...this.#options, historyId, epoch, health: this.#options.health() }, payload);
    const send = unanswered.add(respond);
    if (reply.outcome === 'error') {
      this.#send(reply, send);
    } else {
      state.digest.take((digest) => this.#send({ ...reply, answer: { ...reply.answer, digest } }, send));
    }
  }

  /** An operator's word about a parked message of the inbox. */
  settleParked(subject: string, respond: Respond): void {
    const { state, cell, drain, unanswered } = this.#options;
    const send = unanswered.add(respond);
    this.#send(settleParked(subject, { drain, state, historyId: cell.historyId }), send);
  }

  #send<Answer>(reply: QueryReply<Answer>, send: Respond): void {
    const payload = encodeQueryReply(reply);
    this.#options.pipeline.whenProven(() => send(payload));
    this.#options.onWork();
  }

  /** Why a question cannot be answered: nothing proves at present that this writer is in office. */
  #objection(): FleetbookError | undefined {
    const { settings, pipeline, progress } = this.#options;
    const reason = progress.standstill();
    if (reason !== undefined) {
      return fleetbookError('UNAVAILABLE', { service: 'The tracker', reason });
    }
    return pipeline.isFull ? fleetbookError('OVERLOADED', { retryAfterMs: settings.retryAfterMs }) : undefined;
  }
}
