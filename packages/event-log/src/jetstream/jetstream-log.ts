import type { NatsConnection } from 'nats';
import { MAX_COMMIT_BYTES } from '../encode.ts';
import { type DamagedCopy, type EventLog, LogUnavailableError, ORIGIN, type Subscription } from '../port.ts';
import { append } from './append.ts';
import { createContext, type JetStreamLogOptions } from './context.ts';
import { askDurability } from './durability.ts';
import { Follower } from './follower.ts';
import { readBatches } from './read.ts';
import { endRestore, examineRestore, restoreMark } from './restore-mark.ts';
import { JetStreamSetupError } from './setup-error.ts';
import { askStorage } from './storage.ts';
import { askEnd, createStream, inspectStream, streamInfo } from './stream.ts';
import { watchReconnects } from './watch-reconnects.ts';

/** What goes on the wire besides the commit: headers and subject. */
const MESSAGE_OVERHEAD_BYTES = 1024;

/**
 * The cell's log as a JetStream stream, one message per commit.
 * Throws LogUnavailableError (no server, no stream, LogUnfinishedError while it is restored), JetStreamSetupError (a
 * stream or server that does not keep what it acknowledges) or LogDamageError (messages are missing).
 */
export async function openJetStreamLog(options: JetStreamLogOptions): Promise<EventLog> {
  const { connection, restoration } = options;
  const subscriptions = new Set<Subscription>();
  let isClosed = false;
  let damagedCopy: DamagedCopy | undefined;
  const context = createContext(
    options,
    () => isClosed || connection.isClosed(),
    (copy) => {
      damagedCopy = copy;
    },
  );
  checkServer(connection);
  if (options.create) {
    await createStream(context, options.replicas ?? 1, restoration === undefined ? {} : restoreMark(restoration));
  }
  await inspectStream(context, ORIGIN);
  const isRestored = await examineRestore(context, await streamInfo(context), restoration);
  const verifyDurability = () => askDurability(connection, options.monitoringUrl, context.requestTimeoutMs);
  let durability = await verifyDurability();
  const stopWatching = watchReconnects(connection, context.reconnectListeners);

  return {
    adapter: 'jetstream',
    get durability() {
      return durability;
    },
    ...(options.monitoringUrl === undefined
      ? {}
      : {
          async verifyDurability() {
            durability = await verifyDurability();
            return durability;
          },
        }),
    append: (expected, commit) => append(context, expected, commit),
    read: (after, needed) => readBatches(context, after, needed),
    async subscribe(after, handler) {
      const follower = new Follower(context, after, handler);
      const stop = async () => {
        subscriptions.delete(follower);
        await follower.stop();
      };
      subscriptions.add(follower);
      try {
        await follower.open();
      } catch (error) {
        await stop();
        throw error;
      }
      return { stop };
    },
    end: () => askEnd(context),
    ...(isRestored ? { finishRestore: () => endRestore(context) } : {}),
    storage: () => askStorage(context, options.monitoringUrl),
    get damagedCopy() {
      return damagedCopy;
    },
    async close() {
      isClosed = true;
      stopWatching();
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
    },
  };
}

function checkServer(connection: NatsConnection): void {
  const { info } = connection;
  if (info === undefined) {
    throw new LogUnavailableError('the connection to the server is closed');
  }
  const needed = MAX_COMMIT_BYTES + MESSAGE_OVERHEAD_BYTES;
  if (info.max_payload < needed) {
    throw new JetStreamSetupError(`the server takes messages of ${info.max_payload} bytes, a log needs ${needed}`);
  }
}
