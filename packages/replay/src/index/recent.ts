interface Kept<Value> {
  readonly value: Promise<Value>;
  readonly bytes: number;
}

/** Keeps what was asked for last, up to so many bytes of it. */
export class Recent<Value> {
  readonly #mostBytes: number;
  /** The one asked for last comes last. */
  readonly #kept = new Map<string, Kept<Value>>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** What `make` gave for the key, now or earlier; `bytes`: what it takes in memory, about. */
  get(key: string, bytes: number, make: () => Promise<Value>): Promise<Value> {
    const known = this.#kept.get(key);
    if (known !== undefined) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.value;
    }
    const made = { value: make(), bytes };
    this.#kept.set(key, made);
    this.#bytes += bytes;
    made.value.catch(() => {
      if (this.#kept.get(key) === made) {
        this.#drop(key, made);
      }
    });
    this.#dropOldest();
    return made.value;
  }

  #dropOldest(): void {
    for (const [key, kept] of this.#kept) {
      if (this.#bytes <= this.#mostBytes || this.#kept.size === 1) {
        return;
      }
      this.#drop(key, kept);
    }
  }

  #drop(key: string, { bytes }: Kept<Value>): void {
    this.#kept.delete(key);
    this.#bytes -= bytes;
  }
}
