import { createHash } from 'node:crypto';
import type { Chance } from './random.ts';
import { TaskHeap } from './task-heap.ts';

/** Whose turn a task is; without one it is the turn of the world itself. */
export interface Owner {
  readonly name: string;
  /** Gets no turns; they wait until it goes on. */
  readonly isPaused: boolean;
  /** Gets no turns any more. */
  readonly isDead: boolean;
}

export interface Task {
  readonly owner: Owner | undefined;
  atMs: number;
  /** Chance decides among tasks that are due at the same time. */
  readonly tie: number;
  readonly label: string;
  readonly run: () => void;
  isCancelled: boolean;
}

/** Lines of the trace that are kept for a report. */
const TAIL_LINES = 400;

/**
 * Time that moves only from one task to the next. Everything that happens in a simulation is a task here, and chance
 * orders what is due at once, so that one seed decides the whole run.
 */
export class Scheduler {
  /** Milliseconds since the simulation began. */
  nowMs = 0;
  steps = 0;
  readonly #heap = new TaskHeap();
  readonly #chance: Chance;
  readonly #hash = createHash('sha256');
  readonly #tail: string[] = [];
  readonly #waiting = new Map<Owner, Task[]>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Calls `run` after the delay, unless the function given back is called before. */
  schedule(owner: Owner | undefined, delayMs: number, label: string, run: () => void): () => void {
    const atMs = this.nowMs + Math.max(0, delayMs);
    const task: Task = { owner, atMs, tie: this.#chance.next(), label, run, isCancelled: false };
    this.#heap.push(task);
    return () => {
      task.isCancelled = true;
    };
  }

  /** Gives a process that was paused the turns it has missed. */
  resume(owner: Owner): void {
    for (const task of this.#waiting.get(owner) ?? []) {
      task.atMs = this.nowMs;
      this.#heap.push(task);
    }
    this.#waiting.delete(owner);
  }

  /** Runs the next task and everything that follows from it at once; false when there is none. */
  async step(): Promise<boolean> {
    const task = this.#take();
    if (task === undefined) {
      return false;
    }
    this.nowMs = Math.max(this.nowMs, task.atMs);
    this.steps += 1;
    this.note(`${task.owner?.name ?? 'world'}: ${task.label}`);
    task.run();
    // Promises are settled by the time the event loop comes round: nothing in here waits for anything real.
    await new Promise((resolve) => setImmediate(resolve));
    return true;
  }

  /** Adds a line to the trace that two runs of one seed must share. */
  note(line: string): void {
    const text = `${this.nowMs.toFixed(2)} ${line}`;
    this.#hash.update(text).update('\n');
    if (this.#tail.push(text) > 2 * TAIL_LINES) {
      this.#tail.splice(0, TAIL_LINES);
    }
  }

  /** The last lines of the trace. */
  tail(): readonly string[] {
    return this.#tail.slice(-TAIL_LINES);
  }

  /** Of the whole trace so far. */
  traceHash(): string {
    return this.#hash.copy().digest('hex');
  }

  #take(): Task | undefined {
    for (let task = this.#heap.pop(); task !== undefined; task = this.#heap.pop()) {
      const { owner } = task;
      if (task.isCancelled || owner?.isDead === true) {
        continue;
      }
      if (owner?.isPaused !== true) {
        return task;
      }
      const waiting = this.#waiting.get(owner) ?? [];
      waiting.push(task);
      this.#waiting.set(owner, waiting);
    }
    return undefined;
  }
}
