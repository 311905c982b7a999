import { hostname } from 'node:os';
import { isCellName, isId, type SenderRole } from '@fleetbook/contracts';
import { type ConnectOptions, connectBus, isInbox } from '@fleetbook/messaging';
import { busTransport } from './bus-transport.ts';
import type { FleetbookClient } from './client.ts';
import { createClient } from './create-client.ts';
import { realSurroundings } from './transport.ts';

export interface FleetbookOptions
  extends Pick<ConnectOptions, 'user' | 'password' | 'credentials' | 'nkey' | 'tls' | 'inboxPrefix'> {
  /** `nats://host:port`, one or more of a cluster. */
  readonly servers: readonly string[];
  /** Default `main`. */
  readonly cell?: string;
  /** The program that asks: stands in the log beside each of its commands. */
  readonly client: { readonly name: string; readonly version: string };
  /** Of a command or query in all, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** Of one attempt, milliseconds. Default 1,000. */
  readonly attemptTimeoutMs?: number;
}

/** A connection to one cell, shared by any number of actors. */
export interface Fleetbook {
  readonly cell: string;
  /** An actor's door to the cell. Throws a RangeError when `actor` is not an id. */
  as(role: SenderRole, actor: string): FleetbookClient;
  /** For good. What is under way ends at once: TIMEOUT then means that its outcome is not known. */
  close(): Promise<void>;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Longer than any answer takes, shorter than a change of office: who died with a request in hand is not waited for. */
const DEFAULT_ATTEMPT_TIMEOUT_MS = 1_000;

/**
 * Connects to a cell. Throws messaging's ConnectError when no server answers or the credentials are refused, and a
 * RangeError where `cell` or `inboxPrefix` cannot be one.
 */
export const connectFleetbook = async (options: FleetbookOptions): Promise<Fleetbook> => {
  const {
    servers,
    cell = 'main',
    client,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    attemptTimeoutMs = DEFAULT_ATTEMPT_TIMEOUT_MS,
    ...access
  } = options;
  if (!isCellName(cell)) {
    throw new RangeError(`not a cell name: ${JSON.stringify(cell)}`);
  }
  // Nothing is ever answered elsewhere: commands would be recorded, and each end as TIMEOUT.
  if (access.inboxPrefix !== undefined && !isInbox(`${access.inboxPrefix}.1`)) {
    throw new RangeError(`not a prefix of inboxes, which begin with _: ${JSON.stringify(access.inboxPrefix)}`);
  }
  const bus = await connectBus({ servers, name: client.name, ...access });
  const transport = busTransport(bus);
  const origin = { client: client.name, version: client.version, host: hostname() };
  return {
    cell,
    as: (role, actor) => {
      if (!isId(actor)) {
        throw new RangeError(`not an id: ${JSON.stringify(actor)}`);
      }
      return createClient({ cell, role, actor, origin, timeoutMs, attemptTimeoutMs }, transport, realSurroundings);
    },
    close: async () => {
      await bus.close();
    },
  };
};
