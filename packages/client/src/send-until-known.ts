import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import { delayBefore } from './back-off.ts';
import type { Surroundings, Transport } from './transport.ts';

/** What one attempt came to: an answer to hand on, or a reason to send the same bytes again. */
export type Attempt<Reply> =
  | { readonly kind: 'final'; readonly reply: Reply }
  | { readonly kind: 'again'; readonly error: FleetbookError; readonly retryAfterMs?: number };

export interface Sending<Reply> {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** In all, milliseconds. */
  readonly timeoutMs: number;
  /** Of one attempt, milliseconds. */
  readonly attemptTimeoutMs: number;
  /** Of `timeoutMs`, how long it is sent again though nobody is there to answer; all of it unless given. */
  readonly vacantTimeoutMs?: number;
  /** It does not matter whether an attempt arrived: what was last said of it is told. */
  readonly changesNothing?: true;
  /** Hears why it is sent again. */
  readonly onAgain?: (error: FleetbookError) => void;
  /** Hears that an attempt may have arrived, though nobody has answered it. */
  readonly onUnanswered?: () => void;
  /** Reads an answer; throws nothing. */
  readonly judge: (answer: Uint8Array) => Attempt<Reply>;
}

/**
 * Sends the same bytes again and again until an answer is final or the time is up.
 * The error is that of the last attempt; TIMEOUT when any attempt may have arrived unanswered. Of what changes nothing
 * it is the last that somebody gave, and TIMEOUT only where there was none. An answer to an earlier attempt counts when
 * it comes: whoever reads more slowly than it sends would drop each, and send for ever.
 */
export const sendUntilKnown = <Reply>(
  transport: Transport,
  surroundings: Surroundings,
  sending: Sending<Reply>,
): Promise<Result<Reply, FleetbookError>> =>
  new Promise((resolve) => {
    const startsAt = surroundings.monotonicMs();
    const endsAt = startsAt + sending.timeoutMs;
    const vacantEndsAt = startsAt + (sending.vacantTimeoutMs ?? sending.timeoutMs);
    let times = 0;
    let isUnanswered = false;
    let isSettled = false;
    let lastSaid: FleetbookError | undefined;

    const end = (result: Result<Reply, FleetbookError>): void => {
      isSettled = true;
      resolve(result);
    };

    const giveUp = (error: FleetbookError, waitedMs: number): void => {
      const said = sending.changesNothing ? lastSaid : undefined;
      const timeout = isUnanswered ? fleetbookError('TIMEOUT', { timeoutMs: Math.round(waitedMs) }) : error;
      end({ ok: false, error: said ?? timeout });
    };

    const again = (error: FleetbookError, retryAfterMs: number): void => {
      lastSaid = error.code === 'TIMEOUT' ? lastSaid : error;
      const isVacant = error.code === 'NO_RESPONDERS';
      const leftMs = (isVacant ? vacantEndsAt : endsAt) - surroundings.monotonicMs();
      const delayMs = delayBefore({ times: times++, isVacant, retryAfterMs, leftMs }, surroundings.random);
      if (delayMs >= leftMs) {
        giveUp(error, sending.timeoutMs);
        return;
      }
      sending.onAgain?.(error);
      surroundings.after(delayMs, attempt);
    };

    const fail = (error: FleetbookError): void => {
      isUnanswered ||= error.code === 'TIMEOUT';
      if (isUnanswered) sending.onUnanswered?.();
      if (error.retry === 'never' || isForGood(error)) giveUp(error, surroundings.monotonicMs() - startsAt);
      else again(error, 0);
    };

    const hear = (answer: Uint8Array, isLate: boolean): void => {
      const judged = sending.judge(answer);
      if (judged.kind === 'final') end({ ok: true, value: judged.reply });
      else if (!isLate) again(judged.error, judged.retryAfterMs ?? 0);
    };

    const attempt = (): void => {
      if (isSettled) return;
      const leftMs = Math.max(1, endsAt - surroundings.monotonicMs());
      const waitMs = Math.min(sending.attemptTimeoutMs, leftMs);
      let isLate = false;
      const onReply = (answer: Result<Uint8Array, FleetbookError>): void => {
        if (isSettled) return;
        if (answer.ok) hear(answer.value, isLate);
        else if (!isLate) fail(answer.error);
        isLate = true;
      };
      const { subject, payload, headers } = sending;
      const isAwaited = (): boolean => !isSettled;
      transport.send(subject, payload, waitMs, onReply, headers === undefined ? { isAwaited } : { headers, isAwaited });
    };

    attempt();
  });

/** A connection that was closed is not opened again. */
const isForGood = ({ code, details }: FleetbookError): boolean =>
  code === 'UNAVAILABLE' && details['reason'] === 'closed';
