/** The server or the stream is not set up so that an acknowledged commit is safe. */
export class JetStreamSetupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'JetStreamSetupError';
  }
}
