import {
  type ErrorCode,
  errorReply,
  type FleetbookError,
  fleetbookError,
  type OutgoingReply,
} from '@fleetbook/contracts';
import {
  type Actor,
  apply,
  type Change,
  type CommandMessage,
  type DecidedEvent,
  type InboxState,
} from '@fleetbook/domain';
import type { CommandInbox, InboxMessage } from '@fleetbook/event-log';
import type { Clock, Logger, Metrics, Timers } from '@fleetbook/operations';
import type { CommitPipeline } from '../commit/commit-pipeline.ts';
import type { PutFacts } from '../gate/check-time.ts';
import type { Reply } from '../gate/command-gate.ts';
import { draftOwnDecision } from '../gate/draft-timed-decision.ts';
import { encodeReplyWithin } from '../gate/encode-replies.ts';
import { ledgerTime, type WriterState } from '../office/writer-state.ts';
import type { TrackerBus } from '../ports.ts';
import { InboxReader } from './inbox-reader.ts';
import { givenUpBefore, isPutOff, MOST_PUT_OFF, PUT_OFF, PutOffLanes } from './put-off.ts';
import { readMessage } from './read-message.ts';
import { isInboxOf } from './reply-subject.ts';

/** Messages decided at one turn of the office: those who wait for an answer come next. */
const MESSAGES_PER_TURN = 16;

/** Time between two rounds through what waits for space. */
const ROUND_MS = 1_000;

/** What a reason in the log is cut to. */
const REASON_CHARACTERS = 256;

/** Nothing is wrong with the command: it waits, and those behind it. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['OVERLOADED', PUT_OFF, 'RETRY_LATER', 'UNAVAILABLE']);

const NOTHING_READ: InboxState = { upTo: 0, parked: [] };

export interface InboxSettings {
  readonly pollMs: number;
  readonly retryMs: number;
  /** Time between two times that what has been dealt with is deleted. */
  readonly trimMs: number;
}

export interface InboxDrainOptions {
  readonly inbox: CommandInbox;
  readonly settings: InboxSettings;
  readonly writer: string;
  readonly state: WriterState;
  readonly pipeline: Pick<CommitPipeline, 'add' | 'isFull' | 'whenProven'>;
  readonly bus: Pick<TrackerBus, 'publish' | 'maximumPayloadBytes'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly submit: (message: CommandMessage, reply: Reply, put: PutFacts) => void;
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Called when there is something to decide or to append. */
  readonly onWork: () => void;
  /** Called when a throw has left the state between two decisions: it must not be used any more. */
  readonly onBroken: (cause: unknown) => void;
}

/**
 * Works off the inbox while in office: one message after the other, each of which leaves one decision in the log with
 * its sequence. What the log does not have is read again by whoever comes next.
 */
export class InboxDrain {
  readonly #options: InboxDrainOptions;
  readonly #reader: InboxReader;
  /** Being judged, or waiting for better times: nothing behind it is decided before. */
  #inHand: InboxMessage | undefined;
  #isFetching = false;
  readonly #putOff = new PutOffLanes();
  /** The last of those that wait for space to be tried, each once, before what is new; then after a while again. */
  #tried = 0;
  #isRoundDue = false;
  #isOver = false;
  #trimmed: InboxState | undefined;
  #cancelTrim: () => void = () => undefined;

  constructor(options: InboxDrainOptions) {
    this.#options = options;
    const { settings, onWork } = options;
    this.#reader = new InboxReader({ ...options, ...settings, upTo: this.#inbox.upTo, onMessage: onWork });
    this.#startTrimming();
  }

  get trouble(): string | undefined {
    return this.#reader.trouble;
  }

  /** Takes nothing more in. */
  stop(): void {
    this.#isOver = true;
    this.#cancelTrim();
    this.#reader.stop();
  }

  /** Decides some messages. True when more of them wait for no other reason than that it is another's turn. */
  work(): boolean {
    const { pipeline } = this.#options;
    for (let taken = 0; taken < MESSAGES_PER_TURN; taken += 1) {
      if (this.#inHand !== undefined || this.#isFetching || this.#isOver || pipeline.isFull) {
        return false;
      }
      const again = this.#reader.isUnfit ? undefined : this.#again();
      const message = again === undefined ? this.#reader.take() : this.#fetch(again);
      if (message === undefined) {
        return false;
      }
      this.#handle(message);
    }
    return true;
  }

  /** The sequence of a message that comes before those that are new. */
  #again(): number | undefined {
    const { parked } = this.#inbox;
    if (parked.length === 0) {
      return undefined;
    }
    const retried = parked.find(({ isRetried = false }) => isRetried);
    const next = retried?.sequence ?? this.#putOff.next(this.#inbox, this.#tried);
    if (next === undefined && !this.#isRoundDue && parked.some(isPutOff)) {
      this.#isRoundDue = true;
      this.#options.timers.after(ROUND_MS, () => this.#guard(() => this.#beginRound()));
    }
    return next;
  }

  #beginRound(): void {
    this.#isRoundDue = false;
    this.#tried = 0;
  }

  /** Decides once more, or gives up, what was parked; an error when no such message is. */
  settle(verb: 'retry' | 'discard', sequence: number, actor: Actor): FleetbookError | undefined {
    const found = this.#inbox.parked.find((message) => message.sequence === sequence);
    if (found === undefined) {
      return fleetbookError('NOT_FOUND', { kind: 'parked message', id: String(sequence) });
    }
    const type = verb === 'retry' ? 'InboxRetried' : 'InboxDiscarded';
    this.#record({ type, schemaVersion: 1, data: { sequence } }, actor);
    return undefined;
  }

  get #inbox(): InboxState {
    return this.#options.state.ledger.cell?.inbox ?? NOTHING_READ;
  }

  /** Whether the message is still to be dealt with. */
  #isOpen(sequence: number): boolean {
    const { upTo, parked } = this.#inbox;
    const found = parked.find((message) => message.sequence === sequence);
    return sequence > upTo || found?.isRetried === true || (found !== undefined && isPutOff(found));
  }

  #handle(message: InboxMessage): void {
    const { sequence, storedAt } = message;
    if (!this.#isOpen(sequence)) {
      return;
    }
    const reading = readMessage(message, this.#options.logger);
    if (!reading.ok) {
      this.#close(message, errorReply(reading.error));
      return;
    }
    this.#inHand = message;
    if (this.#putOff.isBlocked(sequence, reading.value, this.#inbox) && this.#putsOff(message)) {
      this.#putOff.note(sequence, reading.value);
      return;
    }
    const onReply = (reply: OutgoingReply) => this.#answered(message, reply, reading.value);
    this.#options.submit(reading.value, onReply, { sequence, storedAt });
    this.#letGo(message);
  }

  /** Of what is recorded when it is durable, of everything else when office is proved. */
  #answered(message: InboxMessage, reply: OutgoingReply, command: CommandMessage): void {
    if (this.#isOpen(message.sequence)) {
      const isShed = reply.outcome === 'error' && reply.error.code === PUT_OFF;
      if (isShed && !this.#isOver && this.#putsOff(message)) {
        this.#putOff.note(message.sequence, command);
        this.#options.onWork();
        return;
      }
      this.#close(message, reply);
    } else {
      this.#count('decided');
      this.#reply(message, reply);
    }
  }

  /** What the command itself did not record is recorded of its message. */
  #close(message: InboxMessage, reply: OutgoingReply): void {
    if (this.#isOver) {
      return;
    }
    if (reply.outcome === 'error' && PASSING.has(reply.error.code)) {
      const { settings, timers } = this.#options;
      timers.after(settings.retryMs, () => this.#guard(() => this.#handle(message)));
      return;
    }
    const { sequence } = message;
    if (reply.outcome === 'error') {
      this.#park(sequence, reply.error);
    } else {
      const outcome = reply.outcome === 'unchanged' ? 'unchanged' : 'repeated';
      this.#record({ type: 'InboxPassed', schemaVersion: 1, data: { sequence, outcome } });
      this.#count('passed');
    }
    this.#options.pipeline.whenProven(() => this.#reply(message, reply));
    this.#letGo(message);
    this.#options.onWork();
  }

  /** Lets others pass a message that waits for space; false when too many are passed by already. */
  #putsOff({ sequence }: InboxMessage): boolean {
    const { parked } = this.#inbox;
    const found = parked.find((message) => message.sequence === sequence);
    if (found === undefined || !isPutOff(found)) {
      if (parked.filter(isPutOff).length >= MOST_PUT_OFF) {
        return false;
      }
      this.#recordParked(sequence, PUT_OFF, 'it waits until there is more space for the log');
      this.#count('put-off');
    }
    this.#inHand = undefined;
    this.#tried = Math.max(this.#tried, sequence);
    return true;
  }

  #park(sequence: number, { code, message }: FleetbookError): void {
    const reason = message.slice(0, REASON_CHARACTERS);
    this.#options.logger.warn('message parked', { sequence, errCode: code, reason });
    this.#recordParked(sequence, code, reason);
    this.#count('parked');
  }

  #recordParked(sequence: number, code: ErrorCode, reason: string): void {
    const givenUp = givenUpBefore(sequence, this.#inbox);
    if (givenUp !== undefined) {
      this.#record({ type: 'InboxDiscarded', schemaVersion: 1, data: { sequence: givenUp } });
    }
    this.#record({ type: 'InboxParked', schemaVersion: 1, data: { sequence, code, reason } });
  }

  #letGo({ sequence }: InboxMessage): void {
    if (!this.#isOpen(sequence)) {
      this.#inHand = undefined;
    }
  }

  /** A parked message is not among those to come: it is fetched alone, and handled when it is there. */
  #fetch(sequence: number): undefined {
    const { inbox, timers, settings, logger } = this.#options;
    this.#isFetching = true;
    inbox.next(sequence - 1).then(
      (message) => {
        this.#isFetching = false;
        this.#guard(() => this.#handleFetched(sequence, message));
      },
      (error: unknown) => {
        logger.debug('a parked message cannot be read yet', { sequence, err: error });
        timers.after(settings.retryMs, () => {
          this.#isFetching = false;
          this.#options.onWork();
        });
      },
    );
  }

  #handleFetched(sequence: number, message: InboxMessage | undefined): void {
    if (message?.sequence === sequence) {
      this.#handle(message);
    } else if (this.#isOpen(sequence)) {
      this.#park(sequence, fleetbookError('NOT_FOUND', { kind: 'message of the inbox', id: String(sequence) }));
    }
  }

  /** For work that comes from outside a turn of the office. */
  #guard(work: () => void): void {
    if (this.#isOver) {
      return;
    }
    try {
      work();
    } catch (cause) {
      this.#options.onBroken(cause);
      return;
    }
    this.#options.onWork();
  }

  #record(decided: DecidedEvent, actor: Actor = { role: 'system', id: this.#options.writer }): void {
    const { state, clock, pipeline, onChanges } = this.#options;
    const at = ledgerTime(state, clock);
    const draft = draftOwnDecision(actor, decided, state.lastNumber + 1, at);
    const changes = apply(state.ledger, draft.events[0]);
    state.lastNumber += 1;
    state.lastAt = at;
    onChanges(changes);
    pipeline.add({ ...draft, nodes: [], holdings: undefined, reply: undefined });
  }

  #reply({ subject, replyTo }: InboxMessage, reply: OutgoingReply): void {
    if (replyTo === undefined || !isInboxOf(subject, replyTo)) {
      return;
    }
    try {
      const { bus } = this.#options;
      bus.publish(replyTo, encodeReplyWithin(reply, bus.maximumPayloadBytes));
    } catch (error) {
      this.#options.logger.warn('an outcome could not be sent', { err: error });
    }
  }

  #count(outcome: 'decided' | 'passed' | 'parked' | 'put-off'): void {
    this.#options.metrics.counter('fleetbook_inbox_messages_total', { outcome }).add();
  }

  #startTrimming(): void {
    const { timers, settings } = this.#options;
    this.#cancelTrim = timers.after(settings.trimMs, () => {
      const dealtWith = this.#inbox;
      if (dealtWith !== this.#trimmed && dealtWith.upTo > 0) {
        // Only what the log has is deleted: this state may be ahead of it.
        this.#options.pipeline.whenProven(() => this.#trim(dealtWith));
        this.#options.onWork();
      }
      this.#startTrimming();
    });
  }

  #trim(dealtWith: InboxState): void {
    const { inbox, logger } = this.#options;
    const kept = dealtWith.parked.map(({ sequence }) => sequence);
    inbox.trim(dealtWith.upTo, kept).then(
      () => {
        this.#trimmed = dealtWith;
      },
      (error: unknown) => logger.debug('the inbox cannot be trimmed yet', { err: error }),
    );
  }
}
