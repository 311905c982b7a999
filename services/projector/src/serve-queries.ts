import { querySubject } from '@fleetbook/contracts';
import type { Service, Subscription } from '@fleetbook/messaging';
import type { Timers } from '@fleetbook/operations';
import { type HandleQuery, type ProjectorQuery, SHARED_QUERIES } from '@fleetbook/projector';

export interface QueryEndpoints {
  /** Joins or leaves the queue group. Changes follow each other in the order they were asked for. */
  setAnswering(isAnswering: boolean): void;
  /** Whether the server sends questions here. */
  readonly isJoined: boolean;
  /** Leaves for good and answers what it was asked. Afterwards no question is taken any more. */
  stop(): Promise<void>;
}

/** Replicas in it share the questions. */
const QUEUE = 'projector';

/** An event that a question waits for comes within moments, or not at all: then it is refused like any other. */
const LAST_ANSWERS_MS = 2_000;

export interface QueryServing {
  readonly service: Pick<Service, 'addEndpoint'>;
  readonly cell: string;
  readonly handle: HandleQuery;
  /** Resolves once the server knows of what has been subscribed to. */
  readonly flush: () => Promise<void>;
  readonly timers: Pick<Timers, 'after'>;
}

/**
 * Puts the queries of a cell on NATS. A replica that should not be asked is in the queue group for `health` only, so
 * that somebody says what is wrong when no replica is well. Each answers `projection` for itself.
 */
export function serveQueries({ service, cell, handle, flush, timers }: QueryServing): QueryEndpoints {
  let joined: readonly Subscription[] = [];
  let isWanted = false;
  let isStopped = false;
  let isKnown = false;
  let changes = Promise.resolve();
  let openQuestions = 0;
  let whenAnswered = (): void => undefined;

  function take(query: ProjectorQuery, group: { readonly queue?: string }): Subscription {
    const endpoint = { name: query, subject: querySubject(cell, query), ...group };
    return service.addEndpoint(endpoint, (_subject, payload, respond) => {
      openQuestions += 1;
      handle(query, payload, (reply) => {
        respond(reply);
        openQuestions -= 1;
        if (openQuestions === 0) {
          whenAnswered();
        }
      });
    });
  }

  async function settle(): Promise<void> {
    const isJoined = joined.length > 0;
    if (isWanted && !isStopped && !isJoined) {
      joined = SHARED_QUERIES.map((query) => take(query, { queue: QUEUE }));
      // A connection that breaks meanwhile tells the server by itself when it is there again.
      await flush().catch(() => undefined);
      isKnown = true;
    } else if (isJoined && (!isWanted || isStopped)) {
      const left = joined;
      joined = [];
      isKnown = false;
      await Promise.all(left.map((subscription) => subscription.stop()));
    }
  }

  function lastAnswers(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timers.after(LAST_ANSWERS_MS, resolve);
      whenAnswered = () => {
        cancel();
        resolve();
      };
      if (openQuestions === 0) {
        whenAnswered();
      }
    });
  }

  const always = [take('health', { queue: QUEUE }), take('projection', {})];
  return {
    get isJoined() {
      return isKnown;
    },
    setAnswering(isAnswering) {
      isWanted = isAnswering;
      changes = changes.then(settle);
    },
    async stop() {
      isStopped = true;
      changes = changes.then(settle);
      await changes;
      await Promise.all(always.map((subscription) => subscription.stop()));
      await lastAnswers();
    },
  };
}
