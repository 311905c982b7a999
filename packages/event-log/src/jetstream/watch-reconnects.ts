import { Events, type NatsConnection } from 'nats';

/** Calls the listeners each time the connection has been made again. Returns the function that ends it. */
export function watchReconnects(connection: NatsConnection, listeners: ReadonlySet<() => void>): () => void {
  const statuses = connection.status();
  async function watch(): Promise<void> {
    for await (const status of statuses) {
      if (status.type === Events.Reconnect) {
        for (const listener of [...listeners]) {
          listener();
        }
      }
    }
  }
  void watch();
  return () => {
    // The client's iterator can be stopped, though its declared type does not say so.
    if ('stop' in statuses && typeof statuses.stop === 'function') {
      statuses.stop();
    }
  };
}
