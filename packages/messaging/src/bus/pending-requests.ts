import type { Reply } from './bus.ts';

/** Time-outs fall due in steps of this length, so that one timer serves all requests. */
const STEP_MS = 20;

type OnReply = (reply: Reply) => void;

/** Requests sent and not answered yet, by their token in the inbox. */
export class PendingRequests {
  readonly #pending = new Map<string, OnReply>();
  readonly #due = new Map<number, string[]>();
  readonly #onThrow: (error: unknown) => void;
  #given = 0;
  #step = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onThrow: (error: unknown) => void) {
    this.#onThrow = onThrow;
  }

  /** Gives the token under which the answer will come. */
  add(timeoutMs: number, onReply: OnReply): string {
    const token = (this.#given++).toString(36);
    if (this.#timer === undefined) {
      this.#step = currentStep();
      this.#timer = setInterval(() => this.#expire(), STEP_MS);
    }
    const step = Math.max(currentStep() + Math.ceil(timeoutMs / STEP_MS), this.#step + 1);
    const due = this.#due.get(step);
    if (due === undefined) {
      this.#due.set(step, [token]);
    } else {
      due.push(token);
    }
    this.#pending.set(token, onReply);
    return token;
  }

  /** Ignores an answer nobody waits for: a second one, or one that came too late. */
  settle(token: string, reply: Reply): void {
    const onReply = this.#pending.get(token);
    if (onReply === undefined) {
      return;
    }
    this.#pending.delete(token);
    if (this.#pending.size === 0) {
      this.#rest();
    }
    try {
      onReply(reply);
    } catch (error) {
      this.#onThrow(error);
    }
  }

  settleAll(reply: Reply): void {
    for (const token of [...this.#pending.keys()]) {
      this.settle(token, reply);
    }
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#due.clear();
  }

  #expire(): void {
    const now = currentStep();
    while (this.#step < now && this.#timer !== undefined) {
      this.#step += 1;
      const tokens = this.#due.get(this.#step) ?? [];
      this.#due.delete(this.#step);
      for (const token of tokens) {
        this.settle(token, { status: 'timeout' });
      }
    }
  }
}

function currentStep(): number {
  return Math.floor(performance.now() / STEP_MS);
}
