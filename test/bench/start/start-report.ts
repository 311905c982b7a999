/** What a process that has started as a service would tells of it, as one line of JSON. */
export interface StartReport {
  /** Until it could begin its work. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Of its main thread meanwhile. */
  readonly longestPauseMs: number;
  /** Of the state, after a collection of garbage. */
  readonly stateBytes: number;
  readonly residentBytes: number;
  /** Of what it saved, if anything. */
  readonly savedPath?: string;
}
