import type { Bus, Service } from '@fleetbook/messaging';
import type { TrackerBus } from '@fleetbook/tracker';

/** The tracker's side of NATS: each of its subscriptions is an endpoint of its micro service, in no queue group. */
export function trackerBus(bus: Bus, service: Service): TrackerBus {
  return {
    publish: (subject, text) => void bus.publish(subject, text),
    async subscribe(subject, handler) {
      const name = subject.replaceAll(/[^A-Za-z0-9_-]/g, '-').replaceAll(/^-+|-+$/g, '');
      const subscription = service.addEndpoint({ name, subject }, (received, payload, respond) =>
        handler(received, payload, respond),
      );
      await bus.flush();
      return subscription;
    },
  };
}
