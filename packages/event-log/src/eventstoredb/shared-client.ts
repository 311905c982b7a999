import { EventStoreDBClient } from '@eventstore/db-client';
import { within } from './unavailable.ts';

/** A use of the process's one client. */
export interface ClientLease {
  readonly client: EventStoreDBClient;
  /** Appends of all its users that the client has neither confirmed nor given up. */
  readonly appends: { unanswered: number };
  /** Disposes of the client when it was the last use. */
  release(): Promise<void>;
}

interface SharedClient {
  readonly connectionString: string;
  readonly client: EventStoreDBClient;
  readonly appends: { unanswered: number };
  uses: number;
}

const DISPOSAL_TIMEOUT_MS = 2_000;

/** A dead connection is given up after the client's interval of 10 s and this. */
const KEEP_ALIVE_TIMEOUT_MS = 3_000;

let shared: SharedClient | undefined;
let disposal: Promise<void> = Promise.resolve();

/**
 * The client keeps the pending appends of all its instances in one table, and a connection that fails rejects all
 * of them; an answer to a rejected append then ends the process. So there is one client per process.
 * Throws Error if the process already talks to another server.
 */
export async function leaseClient(connectionString: string): Promise<ClientLease> {
  await settledDisposal();
  shared ??= { connectionString, client: createClient(connectionString), appends: { unanswered: 0 }, uses: 0 };
  const mine = shared;
  if (mine.connectionString !== connectionString) {
    throw new Error('this process already uses another EventStoreDB server, and its client allows only one');
  }
  mine.uses += 1;
  let isReleased = false;
  return {
    client: mine.client,
    appends: mine.appends,
    async release() {
      if (!isReleased) {
        isReleased = true;
        mine.uses -= 1;
        if (mine.uses === 0) {
          shared = undefined;
          disposal = within(DISPOSAL_TIMEOUT_MS, 'disposal of the client', mine.client.dispose()).catch(() => {});
        }
      }
      await disposal;
    },
  };
}

async function settledDisposal(): Promise<void> {
  for (let seen: Promise<void> | undefined; seen !== disposal; ) {
    seen = disposal;
    await seen;
  }
}

/** Stated last, an option wins: without exceptions on failure, the batch path answers a wrong revision. */
function createClient(connectionString: string): EventStoreDBClient {
  const separator = connectionString.includes('?') ? '&' : '?';
  const stated = connectionString.toLowerCase().replaceAll(/[_-]/g, '');
  const keepAlive = stated.includes('keepalivetimeout=') ? '' : `&keepAliveTimeout=${KEEP_ALIVE_TIMEOUT_MS}`;
  return EventStoreDBClient.connectionString(`${connectionString}${separator}throwOnAppendFailure=true${keepAlive}`);
}
