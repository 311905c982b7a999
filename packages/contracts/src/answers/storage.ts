/** Where the log is kept. Of several limits, such as disk and account, the one that is nearest to being reached. */
export interface StorageFacts {
  /** Which commands are `STORAGE_LOW`. */
  readonly shedding: 'nothing' | 'new-claims' | 'all-but-releases';
  /** What the log takes. */
  readonly logBytes?: number;
  readonly freeBytes?: number;
  readonly totalBytes?: number;
  /** How much it grows, measured over the last `windowMs`: since the process started, at most a day. */
  readonly bytesPerDay?: number;
  readonly windowMs?: number;
  /** At that rate. */
  readonly daysToFull?: number;
}
