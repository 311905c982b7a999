import type { FleetbookError } from '@fleetbook/contracts';
import type { Result } from '@fleetbook/domain';

/** What the SDK needs of a connection. Errors: NO_RESPONDERS, TIMEOUT, UNAVAILABLE. */
export interface Transport {
  /** Sends one request; `onReply` is called exactly once. */
  send(
    subject: string,
    payload: Uint8Array,
    timeoutMs: number,
    onReply: (reply: Result<Uint8Array, FleetbookError>) => void,
  ): void;
  close(): Promise<void>;
}

/** The surroundings of a client: replaced in tests. */
export interface Surroundings {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back once after `delayMs`. */
  after(delayMs: number, callback: () => void): void;
  /** At least 0, below 1. */
  random(): number;
  newId(): string;
}

export const realSurroundings: Surroundings = {
  now: Date.now,
  after: (delayMs, callback) => {
    setTimeout(callback, delayMs);
  },
  random: Math.random,
  newId: () => crypto.randomUUID(),
};
