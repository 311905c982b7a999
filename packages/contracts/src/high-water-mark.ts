/** The highest commit that a process knows to be durable: acknowledged to it, or folded from the log. */
export interface HighWaterMark {
  readonly historyId: string;
  /** Of the last event of the commit. */
  readonly number: number;
  /** Of the commit, 64 lower-case hex digits. */
  readonly hash: string;
}
