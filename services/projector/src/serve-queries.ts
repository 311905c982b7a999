import { querySubject } from '@fleetbook/contracts';
import type { Service, Subscription } from '@fleetbook/messaging';
import { type HandleQuery, type ProjectorQuery, SHARED_QUERIES } from '@fleetbook/projector';

export interface QueryEndpoints {
  /** Joins or leaves the queue group. Changes follow each other in the order they were asked for. */
  setAnswering(isAnswering: boolean): void;
  /** Whether the server sends questions here. */
  readonly isJoined: boolean;
  /** Leaves for good. Afterwards no question is taken any more. */
  stop(): Promise<void>;
}

/** Replicas in it share the questions. */
const QUEUE = 'projector';

export interface QueryServing {
  readonly service: Pick<Service, 'addEndpoint'>;
  readonly cell: string;
  readonly handle: HandleQuery;
  /** Resolves once the server knows of what has been subscribed to. */
  readonly flush: () => Promise<void>;
}

/**
 * Puts the queries of a cell on NATS. A replica that should not be asked is in the queue group for `health` only, so
 * that somebody says what is wrong when no replica is well. Each answers `projection` for itself.
 */
export function serveQueries({ service, cell, handle, flush }: QueryServing): QueryEndpoints {
  let joined: readonly Subscription[] = [];
  let isWanted = false;
  let isStopped = false;
  let isKnown = false;
  let changes = Promise.resolve();

  function take(query: ProjectorQuery, group: { readonly queue?: string }): Subscription {
    const endpoint = { name: query, subject: querySubject(cell, query), ...group };
    return service.addEndpoint(endpoint, (_subject, payload, respond) => handle(query, payload, respond));
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
    },
  };
}
