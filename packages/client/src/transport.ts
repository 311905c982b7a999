import type { FleetbookError } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';

/**
 * What the SDK needs of a connection. Errors: TIMEOUT when the request may have arrived;
 * NO_RESPONDERS, UNAVAILABLE and BODY_TOO_LARGE when it has not.
 */
export interface Transport {
  /** Sends one request; `onReply` is called exactly once. With `headers`: with these and no others. */
  send(
    subject: string,
    payload: Uint8Array,
    timeoutMs: number,
    onReply: (reply: Result<Uint8Array, FleetbookError>) => void,
    headers?: Readonly<Record<string, string>>,
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
