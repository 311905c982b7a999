import {
  allCommandsSubject,
  type ErrorCode,
  type ErrorDetails,
  encodeCommandReply,
  errorReply,
  fleetbookError,
} from '@fleetbook/contracts';
import type { Clock, Counter, Metrics } from '@fleetbook/operations';
import type { Respond } from '../ports.ts';
import { Inbox, type InboxItem, type InboxLimits } from './inbox.ts';
import type { Unanswered } from './unanswered.ts';

/** Messages looked at before other work of the process gets its turn. */
const MESSAGES_PER_TURN = 512;

export interface IntakeOptions {
  readonly cell: string;
  readonly limits: InboxLimits;
  /** What an OVERLOADED answer advises. */
  readonly retryAfterMs: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly unanswered: Unanswered;
  readonly handle: (item: InboxItem) => void;
}

/** Takes messages in and hands them on when they are next. What there is no room or no time for is answered unread. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #inbox: Inbox;
  readonly #overloaded: UnreadAnswer;
  readonly #late: UnreadAnswer;

  constructor(options: IntakeOptions) {
    const { cell, limits, retryAfterMs, metrics } = options;
    this.#options = options;
    this.#inbox = new Inbox(limits, allCommandsSubject(cell).slice(0, -1));
    this.#overloaded = unreadAnswer(metrics, 'OVERLOADED', { retryAfterMs });
    this.#late = unreadAnswer(metrics, 'DEADLINE_EXCEEDED', {});
  }

  /** Messages not looked at yet. */
  get waiting(): number {
    return this.#inbox.size;
  }

  /** When the oldest of them arrived, monotonic milliseconds; undefined when none waits. */
  get oldestMs(): number | undefined {
    return this.#inbox.oldestMs;
  }

  /** False when it was answered instead. `deadlineMs`: how long its sender waits from now on. */
  take(subject: string, payload: Uint8Array, respond: Respond, deadlineMs = Infinity): boolean {
    const { clock, unanswered } = this.#options;
    const arrivedMs = clock.monotonicMs();
    const item = { subject, payload, respond: unanswered.add(respond), arrivedMs, endsMs: arrivedMs + deadlineMs };
    if (this.#inbox.offer(item)) {
      return true;
    }
    answerUnread(item, this.#overloaded);
    return false;
  }

  /** Hands messages on until `isFull`. True when others wait for no other reason than that it is another's turn. */
  workOff(isFull: () => boolean): boolean {
    const nowMs = this.#options.clock.monotonicMs();
    for (let taken = 0; !isFull(); taken += 1) {
      if (taken === MESSAGES_PER_TURN) {
        return true;
      }
      const item = this.#inbox.take();
      if (item === undefined) {
        return false;
      }
      if (item.endsMs < nowMs) {
        answerUnread(item, this.#late);
      } else {
        this.#options.handle(item);
      }
    }
    return false;
  }
}

/** The same for every message that meets it, and how many did. */
interface UnreadAnswer {
  readonly payload: Uint8Array;
  readonly counter: Counter;
}

function unreadAnswer(metrics: Metrics, code: ErrorCode, details: ErrorDetails): UnreadAnswer {
  const payload = encodeCommandReply(errorReply(fleetbookError(code, details)));
  return { payload, counter: metrics.counter('fleetbook_messages_unread_total', { code }) };
}

function answerUnread({ respond }: InboxItem, { payload, counter }: UnreadAnswer): void {
  respond(payload);
  counter.add();
}
