import type { Bus, BusStatus, HandlerFailure } from './bus.ts';
import { type ConnectionSettings, connectNats, DEFAULT_INBOX_PREFIX } from './connection.ts';
import { NatsBus } from './nats-bus.ts';

export interface ConnectOptions extends ConnectionSettings {
  readonly onStatus?: (status: BusStatus) => void;
  readonly onHandlerFailure?: (failure: HandlerFailure) => void;
}

/** Connects to one of the servers. Throws ConnectError. */
export async function connectBus(options: ConnectOptions): Promise<Bus> {
  return new NatsBus(await connectNats(options), {
    inboxPrefix: options.inboxPrefix ?? DEFAULT_INBOX_PREFIX,
    onStatus: options.onStatus ?? (() => undefined),
    onHandlerFailure: options.onHandlerFailure ?? (() => undefined),
  });
}
