import { Worker } from 'node:worker_threads';
import type { Commit } from '@fleetbook/event-log';
import { foldReference, type ReferenceState, referenceDigest, referenceViolations } from '@fleetbook/reference';
import type { FromReference, ReferenceFound, ToReference } from './reference-messages.ts';

/** To load a thread takes as long as to fold as much here. */
const ALONE_UP_TO_COMMITS = 128;

/** Commits on their way to the thread, before the reading waits for it. */
const FULL_AT_COMMITS = 64;

/**
 * The naive fold of a whole log, beside the product's own: in this thread, or of a long log in one of its own, which is
 * given the stored bytes and reads them for itself.
 */
export class ReferenceFold {
  readonly #aloneUpTo: number;
  /** Until it is known how long the log is. */
  #waiting: { readonly commit: Commit; readonly to: number }[] | undefined = [];
  #thread: ReferenceThread | undefined;

  constructor(aloneUpToCommits = ALONE_UP_TO_COMMITS) {
    this.#aloneUpTo = aloneUpToCommits;
  }

  /** Of a commit the events up to `to`. Rejects with what broke the thread. */
  async take(commit: Commit, to: number): Promise<void> {
    if (this.#waiting === undefined) {
      return this.#thread?.take(commit, to);
    }
    this.#waiting.push({ commit, to });
    if (this.#waiting.length > this.#aloneUpTo) {
      const waiting = this.#waiting;
      this.#waiting = undefined;
      this.#thread = new ReferenceThread();
      for (const each of waiting) {
        await this.#thread.take(each.commit, each.to);
      }
    }
  }

  /** After what was taken so far. */
  async found(): Promise<ReferenceFound> {
    return this.#thread?.found() ?? foundIn(foldHere(this.#waiting ?? []));
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }
}

function foldHere(taken: readonly { readonly commit: Commit; readonly to: number }[]): ReferenceState {
  const events = taken.flatMap(({ commit, to }) => commit.events.filter(({ number }) => number <= to));
  return foldReference(events);
}

export function foundIn(state: ReferenceState): ReferenceFound {
  return { digest: referenceDigest(state), violations: referenceViolations(state) };
}

class ReferenceThread {
  readonly #worker = new Worker(new URL('./reference-thread.ts', import.meta.url));
  readonly #asked: ((found: ReferenceFound) => void)[] = [];
  readonly #broken: Promise<never>;
  #underWay = 0;
  #wake = (): void => undefined;

  constructor() {
    this.#worker.on('message', (message: FromReference) => this.#hear(message));
    this.#broken = new Promise((_resolve, reject) => {
      this.#worker.on('error', reject);
      this.#worker.on('exit', () => reject(new Error('the thread of the naive fold ended')));
    });
    // Who waits for something hears of it.
    this.#broken.catch(() => undefined);
  }

  async take({ bytes, bookmark }: Commit, to: number): Promise<void> {
    this.#underWay += 1;
    // They are copied on the way, and with them the whole buffer that they are part of, which may hold other messages.
    const stored = bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
    this.#say({ kind: 'commit', stored, bookmark, to });
    while (this.#underWay >= FULL_AT_COMMITS) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await Promise.race([woken, this.#broken]);
    }
  }

  found(): Promise<ReferenceFound> {
    const found = new Promise<ReferenceFound>((resolve) => void this.#asked.push(resolve));
    this.#say({ kind: 'found' });
    return Promise.race([found, this.#broken]);
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #say(message: ToReference): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromReference): void {
    if (message.kind === 'found') {
      this.#asked.shift()?.(message.found);
    } else {
      this.#underWay -= message.commits;
      this.#wake();
    }
  }
}
