/** The server or the stream is not set up so that an acknowledged commit is safe. */
export class JetStreamSetupError extends Error {
  /** Of the error catalogue. */
  readonly code: 'LOG_UNUSABLE' | 'WEAK_DURABILITY';

  /** @param code WEAK_DURABILITY where it acknowledges before it has synced. */
  constructor(message: string, code: JetStreamSetupError['code'] = 'LOG_UNUSABLE') {
    super(message);
    this.name = 'JetStreamSetupError';
    this.code = code;
  }
}
