import { Worker } from 'node:worker_threads';
import { fleetbookError, type QueryReply, queryErrorReply } from '@fleetbook/contracts';
import { systemTimers } from '@fleetbook/operations';
import type { AnswerPast } from '@fleetbook/projector';
import type { Program } from '@fleetbook/service';
import type { PastAnswer, PastPlace, PastQuestion } from './messages.ts';

export interface PastThread {
  readonly ask: AnswerPast;
  /** Ends the thread; questions that wait are answered UNAVAILABLE. */
  stop(): Promise<void>;
}

/** Nobody has asked for so long: the thread ends and gives its memory back. */
const IDLE_MS = 600_000;

/** Of the thread's heap: a question about the past must not take the present down with it. */
const MAX_HEAP_MB = 1_536;

/** A fold of a whole state makes much that lives on: a small young heap would copy it again and again. */
const YOUNG_HEAP_MB = 192;

/**
 * Answers about the past in a thread of their own, with a connection of their own: folding a past again takes longer
 * than any question about the present may wait. It begins with the first such question.
 */
export function startPast(program: Program, where: Pick<PastPlace, 'access' | 'directory'>): PastThread {
  const { config, version, processId, logger } = program;
  const waiting = new Map<number, (reply: QueryReply<unknown>) => void>();
  let worker: Worker | undefined;
  let questions = 0;
  let endIdle = (): void => undefined;

  function open(): Worker {
    const place: PastPlace = { config, version, processId, ...where };
    const opened = new Worker(new URL('./past-thread.ts', import.meta.url), {
      workerData: place,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
    });
    opened.on('message', ({ id, reply }: PastAnswer) => {
      waiting.get(id)?.(reply);
      waiting.delete(id);
    });
    opened.on('error', (err) => logger.error('the thread for the past failed', { err }));
    opened.on('exit', () => {
      if (worker === opened) {
        worker = undefined;
        giveUp('its thread has ended');
      }
    });
    return opened;
  }

  function giveUp(reason: string): void {
    for (const answer of waiting.values()) {
      answer(queryErrorReply(fleetbookError('UNAVAILABLE', { service: 'replay', reason })));
    }
    waiting.clear();
  }

  async function stop(): Promise<void> {
    endIdle();
    const ended = worker;
    worker = undefined;
    giveUp('it is stopping');
    await ended?.terminate();
  }

  return {
    ask: (query, payload) =>
      new Promise((resolve) => {
        endIdle();
        endIdle = systemTimers.after(IDLE_MS, () => void stop());
        questions += 1;
        waiting.set(questions, resolve);
        worker ??= open();
        worker.postMessage({ id: questions, query, payload } satisfies PastQuestion);
      }),
    stop,
  };
}
