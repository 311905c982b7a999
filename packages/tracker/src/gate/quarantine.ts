/** Keys of commands that made the code throw: not decided again, so that none can do it twice. Forgets the oldest. */
export class Quarantine {
  readonly #keys = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#keys.size;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
    for (const oldest of this.#keys) {
      if (this.#keys.size <= this.#limit) {
        return;
      }
      this.#keys.delete(oldest);
    }
  }
}
