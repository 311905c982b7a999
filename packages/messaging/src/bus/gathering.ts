/** Answers to a question that goes to everybody. */
export class Gathering {
  readonly #answers: Buffer[] = [];
  readonly #isSettled = Promise.withResolvers<void>();
  #isTimeUp = false;

  /** @param answer undefined: the server says that nobody listens. */
  take(answer: Buffer | undefined): void {
    if (answer !== undefined) {
      this.#answers.push(answer);
    }
    if (answer === undefined || this.#isTimeUp) {
      this.#isSettled.resolve();
    }
  }

  /** Those that come in time; where none does, the first one if it comes until `patienceMs`. Asked for once. */
  async answers(waitMs: number, patienceMs: number): Promise<readonly Buffer[]> {
    const timers = [
      setTimeout(() => {
        this.#isTimeUp = true;
        if (this.#answers.length > 0) {
          this.#isSettled.resolve();
        }
      }, waitMs),
      setTimeout(() => this.#isSettled.resolve(), patienceMs),
    ];
    await this.#isSettled.promise;
    timers.forEach(clearTimeout);
    return this.#answers;
  }
}
