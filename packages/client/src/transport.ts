import type { FleetbookError } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';

export interface TransportOptions {
  /** With these headers and no others. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether an answer that comes after TIMEOUT is of use still: it is handed on by another call of `onReply`. */
  readonly isAwaited?: () => boolean;
}

/**
 * What the SDK needs of a connection. Errors: TIMEOUT when the request may have arrived;
 * NO_RESPONDERS, UNAVAILABLE and BODY_TOO_LARGE when it has not. UNAVAILABLE with the reason `closed` is for good.
 */
export interface Transport {
  /** Sends one request; `onReply` is called once, and once more with an answer that is late and awaited. */
  send(
    subject: string,
    payload: Uint8Array,
    timeoutMs: number,
    onReply: (reply: Result<Uint8Array, FleetbookError>) => void,
    options?: TransportOptions,
  ): void;
}

/** The surroundings of a client: replaced in tests. */
export interface Surroundings {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds of a clock that is never set: for waiting. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`. */
  after(delayMs: number, callback: () => void): void;
  /** At least 0, below 1. */
  random(): number;
  newId(): string;
}

export const realSurroundings: Surroundings = {
  now: Date.now,
  monotonicMs: () => performance.now(),
  after: (delayMs, callback) => {
    setTimeout(callback, delayMs);
  },
  random: Math.random,
  newId: () => crypto.randomUUID(),
};
