/** A verified event that the fold cannot apply. Nothing of its commit has been applied. */
export class FoldError extends Error {
  readonly number: number;

  constructor(number: number, cause: unknown) {
    super(`event ${number} cannot be applied: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'FoldError';
    this.number = number;
  }
}
