/** The index cannot be used as it stands. Nothing is wrong with the log: the index is made anew from it. */
export class IndexError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'IndexError';
  }
}
