import type { Reply } from './bus.ts';

/** Time-outs fall due in steps of this length, so that one timer serves all requests. */
const STEP_MS = 20;

/** After its time is over a request is asked so often, in steps, whether an answer is awaited still. */
const LATE_STEPS = 50;

type OnReply = (reply: Reply) => void;

interface Request {
  readonly onReply: OnReply;
  readonly isAwaited: (() => boolean) | undefined;
  isLate: boolean;
}

/** Requests sent and not answered yet, by their token in the inbox. */
export class PendingRequests {
  readonly #pending = new Map<string, Request>();
  readonly #due = new Map<number, string[]>();
  readonly #onThrow: (error: unknown) => void;
  #given = 0;
  #step = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onThrow: (error: unknown) => void) {
    this.#onThrow = onThrow;
  }

  /** Gives the token under which the answer will come. While `isAwaited`, one that comes late is handed on as well. */
  add(timeoutMs: number, onReply: OnReply, isAwaited?: () => boolean): string {
    const token = (this.#given++).toString(36);
    if (this.#timer === undefined) {
      this.#step = currentStep();
      this.#timer = setInterval(() => this.#expire(), STEP_MS);
    }
    this.#dueAt(Math.max(currentStep() + Math.ceil(timeoutMs / STEP_MS), this.#step + 1), token);
    this.#pending.set(token, { onReply, isAwaited, isLate: false });
    return token;
  }

  /** Ignores an answer nobody waits for: a second one, or one too late. Of a late request only answers count. */
  settle(token: string, reply: Reply): void {
    const request = this.#pending.get(token);
    if (request === undefined) {
      return;
    }
    this.#pending.delete(token);
    if (this.#pending.size === 0) {
      this.#rest();
    }
    if (!request.isLate || reply.status === 'reply') {
      this.#tell(request, reply);
    }
  }

  settleAll(reply: Reply): void {
    for (const token of [...this.#pending.keys()]) {
      this.settle(token, reply);
    }
  }

  #tell({ onReply }: Request, reply: Reply): void {
    try {
      onReply(reply);
    } catch (error) {
      this.#onThrow(error);
    }
  }

  #dueAt(step: number, token: string): void {
    const due = this.#due.get(step);
    if (due === undefined) {
      this.#due.set(step, [token]);
    } else {
      due.push(token);
    }
  }

  #timeOut(token: string): void {
    const request = this.#pending.get(token);
    if (request?.isAwaited === undefined) {
      this.settle(token, { status: 'timeout' });
      return;
    }
    if (!request.isLate) {
      request.isLate = true;
      this.#tell(request, { status: 'timeout' });
    }
    if (request.isAwaited()) {
      this.#dueAt(this.#step + LATE_STEPS, token);
    } else {
      this.settle(token, { status: 'timeout' });
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
        this.#timeOut(token);
      }
    }
  }
}

function currentStep(): number {
  return Math.floor(performance.now() / STEP_MS);
}
