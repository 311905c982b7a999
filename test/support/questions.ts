import { setTimeout as delay } from 'node:timers/promises';
import { parseToken, querySubject } from '@fleetbook/contracts';
import type { Bus } from '@fleetbook/messaging';
import { onTestFinished } from 'vitest';
import { until } from './until.ts';

export interface Questions {
  /** Answers so far that were right. */
  readonly answered: number;
  /** Resolves once so many more have been answered. */
  more(count: number): Promise<void>;
  /** Asks no more and resolves with what was refused, not answered or answered below its token. */
  finish(): Promise<readonly string[]>;
}

export interface QuestionOptions {
  readonly bus: Bus;
  readonly cell: string;
  /** The newest token that somebody was given. */
  readonly seen: () => string | undefined;
  readonly askers?: number;
  /** Of one question, which is never asked again. */
  readonly timeoutMs?: number;
}

/** Of an asker between two questions: tests look at which are answered, not at how many a machine can answer. */
const PAUSE_MS = 8;

/** Asks on and on for an answer at least as new as the newest that is known, without the patience of a client. */
export function startQuestions({ bus, cell, seen, askers = 4, timeoutMs = 30_000 }: QuestionOptions): Questions {
  const wrong: string[] = [];
  let answered = 0;
  let isFinishing = false;
  // A test that fails before it says so ends it too.
  onTestFinished(() => {
    isFinishing = true;
  });

  async function askOnce(): Promise<void> {
    const atLeast = seen();
    const body = { limit: 1, deadlineMs: timeoutMs, ...(atLeast === undefined ? {} : { atLeast }) };
    const reply = await bus.request(querySubject(cell, 'nodes'), JSON.stringify(body), timeoutMs);
    if (reply.status !== 'reply') {
      wrong.push(reply.status);
      return;
    }
    const { outcome, token, stale, error } = JSON.parse(reply.payload.toString('utf8'));
    if (outcome !== 'answer' || stale !== undefined || numberOf(token) < numberOf(atLeast)) {
      wrong.push(`asked for ${atLeast}: ${outcome} ${token} ${JSON.stringify(error)}`);
    } else {
      answered += 1;
    }
  }

  async function work(): Promise<void> {
    while (!isFinishing) {
      await askOnce();
      await delay(PAUSE_MS);
    }
  }

  const working = Promise.all(Array.from({ length: askers }, work));
  return {
    get answered() {
      return answered;
    },
    async more(count) {
      const goal = answered + count;
      await until(`${goal} answers`, () => (answered >= goal ? true : undefined));
    },
    async finish() {
      isFinishing = true;
      await working;
      return wrong;
    },
  };
}

function numberOf(token: unknown): number {
  return typeof token === 'string' ? (parseToken(token)?.number ?? 0) : 0;
}
