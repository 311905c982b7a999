// Entry of a process that answers each message with the message: what the generator and NATS can do at most.
import { connectBus } from '@fleetbook/messaging';
import { serveTasks } from './serve-tasks.ts';
import { type ConnectTask, ECHO_SUBJECT } from './tasks.ts';

let close = async (): Promise<void> => undefined;

await serveTasks<ConnectTask>(
  async ({ url, user, password }) => {
    const bus = await connectBus({ servers: [url], name: 'fleetbook-bench-echo', user, password });
    bus.subscribe(ECHO_SUBJECT, (_subject, payload, respond) => respond(payload));
    close = async () => void (await bus.close());
    await bus.flush();
  },
  () => close(),
);
