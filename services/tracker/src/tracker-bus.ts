import { setTimeout as delay } from 'node:timers/promises';
import { DEADLINE_HEADER, readDeadline } from '@fleetbook/contracts';
import type { Bus, Service } from '@fleetbook/messaging';
import type { TrackerBus } from '@fleetbook/tracker';

const RETRY_MS = 50;

/** The tracker's side of NATS: each of its subscriptions is an endpoint of its micro service, in no queue group. */
export function trackerBus(bus: Bus, service: Service, stopping: AbortSignal): TrackerBus {
  return {
    get maximumPayloadBytes() {
      return bus.maximumPayloadBytes;
    },
    publish: (subject, text) => void bus.publish(subject, text),
    askAll: (subject, payload, waitMs, patienceMs) => bus.requestAll(subject, payload, waitMs, patienceMs),
    async askFirst(subject, payload, waitMs) {
      const reply = await bus.request(subject, payload, waitMs);
      return reply.status === 'reply' ? reply.payload : undefined;
    },
    async subscribe(subject, handler) {
      const name = subject.replaceAll(/[^A-Za-z0-9_-]/g, '-').replaceAll(/^-+|-+$/g, '');
      const subscription = service.addEndpoint({ name, subject }, (received, payload, respond, headers) =>
        handler(received, payload, respond, readDeadline(headers?.get(DEADLINE_HEADER))),
      );
      await untilKnown(bus, stopping);
      return subscription;
    },
  };
}

/** The client subscribes again by itself when it reconnects: only the server's word for it is waited for. */
async function untilKnown(bus: Bus, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    try {
      await bus.flush();
      return;
    } catch {
      await delay(RETRY_MS, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
}
