import { type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';
import { backOffMs, spread } from './back-off.ts';
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
  /** Reads an answer; throws nothing. */
  readonly judge: (answer: Uint8Array) => Attempt<Reply>;
}

/**
 * Sends the same bytes again and again until an answer is final or the time is up.
 * The error is that of the last attempt; TIMEOUT when any attempt may have arrived unanswered. Of what changes nothing
 * it is the last that somebody gave, and TIMEOUT only where there was none.
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
    let attempts = 0;
    let isUnanswered = false;
    let lastSaid: FleetbookError | undefined;

    const giveUp = (error: FleetbookError): void => {
      const said = sending.changesNothing ? lastSaid : undefined;
      const timeout = isUnanswered ? fleetbookError('TIMEOUT', { timeoutMs: Math.round(sending.timeoutMs) }) : error;
      resolve({ ok: false, error: said ?? timeout });
    };

    const again = (error: FleetbookError, retryAfterMs: number): void => {
      lastSaid = error.code === 'TIMEOUT' ? lastSaid : error;
      const delayMs = Math.max(spread(retryAfterMs, surroundings.random), backOffMs(attempts, surroundings.random));
      attempts += 1;
      if (surroundings.monotonicMs() + delayMs >= (error.code === 'NO_RESPONDERS' ? vacantEndsAt : endsAt)) {
        giveUp(error);
        return;
      }
      sending.onAgain?.(error);
      surroundings.after(delayMs, attempt);
    };

    const settle = (answer: Result<Uint8Array, FleetbookError>): void => {
      if (!answer.ok) {
        isUnanswered ||= answer.error.code === 'TIMEOUT';
        if (answer.error.retry === 'never') {
          giveUp(answer.error);
        } else {
          again(answer.error, 0);
        }
        return;
      }
      const judged = sending.judge(answer.value);
      if (judged.kind === 'final') resolve({ ok: true, value: judged.reply });
      else again(judged.error, judged.retryAfterMs ?? 0);
    };

    const attempt = (): void => {
      const leftMs = Math.max(1, endsAt - surroundings.monotonicMs());
      const waitMs = Math.min(sending.attemptTimeoutMs, leftMs);
      transport.send(sending.subject, sending.payload, waitMs, settle, sending.headers);
    };

    attempt();
  });
