/** At least 0, below 1. */
export type Random = () => number;

/** Answers one message, or lets go of it: without a payload it gets no answer from here. Called once for each. */
export type Respond = (payload?: Uint8Array) => void;

/** `deadlineMs`: how long the sender waits for an answer from now on, where it says so. */
export type MessageHandler = (subject: string, payload: Uint8Array, respond: Respond, deadlineMs?: number) => void;

/** What the tracker needs of a message bus. */
export interface TrackerBus {
  /** What the server takes in one message. */
  readonly maximumPayloadBytes: number;
  publish(subject: string, payload: Uint8Array | string): void;
  /** Hands on every message that matches, in no queue group; resolves when the server knows of it. */
  subscribe(subject: string, handler: MessageHandler): Promise<BusSubscription>;
  /**
   * What everybody else answers within the time, in any order; where nobody has by then, the first answer if it comes
   * until `patienceMs`. Nothing when there is nobody else, or the question does not get through.
   */
  askAll(subject: string, payload: Uint8Array, waitMs: number, patienceMs: number): Promise<readonly Uint8Array[]>;
  /** What is answered first; undefined once nobody can answer, or nobody has within the time. */
  askFirst(subject: string, payload: Uint8Array, waitMs: number): Promise<Uint8Array | undefined>;
}

export interface BusSubscription {
  /** After it resolves, the handler is not called any more. */
  stop(): Promise<void>;
}
