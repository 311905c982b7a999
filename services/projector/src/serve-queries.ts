import { querySubject } from '@fleetbook/contracts';
import type { Service, Subscription } from '@fleetbook/messaging';
import { type HandleQuery, PROJECTOR_QUERIES, type ProjectorQuery } from '@fleetbook/projector';

export interface QueryEndpoints {
  /** Joins or leaves the queue group. Changes follow each other in the order they were asked for. */
  setServing(isServing: boolean): void;
  /** Leaves for good. Afterwards no question is taken any more. */
  stop(): Promise<void>;
}

/** Replicas in it share the questions. */
const QUEUE = 'projector';

/**
 * Puts the queries of a cell on NATS. A replica that should not be asked is in the queue group for `health` only, so
 * that somebody says what is wrong when no replica is well.
 */
export function serveQueries(service: Service, cell: string, handle: HandleQuery): QueryEndpoints {
  let joined: readonly Subscription[] = [];
  let isWanted = false;
  let isStopped = false;
  let changes = Promise.resolve();

  function join(query: ProjectorQuery): Subscription {
    const endpoint = { name: query, subject: querySubject(cell, query), queue: QUEUE };
    return service.addEndpoint(endpoint, (_subject, payload, respond) => handle(query, payload, respond));
  }

  async function settle(): Promise<void> {
    const isJoined = joined.length > 0;
    if (isWanted && !isStopped && !isJoined) {
      joined = PROJECTOR_QUERIES.filter((query) => query !== 'health').map(join);
    } else if (isJoined && (!isWanted || isStopped)) {
      const left = joined;
      joined = [];
      await Promise.all(left.map((subscription) => subscription.stop()));
    }
  }

  const health = join('health');
  return {
    setServing(isServing) {
      isWanted = isServing;
      changes = changes.then(settle);
    },
    async stop() {
      isStopped = true;
      changes = changes.then(settle);
      await changes;
      await health.stop();
    },
  };
}
