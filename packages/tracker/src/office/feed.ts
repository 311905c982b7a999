import { eventSubject } from '@fleetbook/contracts';
import type { PendingDecision } from '../commit/pending-decision.ts';
import type { TrackerBus } from '../ports.ts';

/** Publishes durable events on the live feed, under the node they concern. Whoever misses one reads the log. */
export function publishFeed(bus: TrackerBus, cell: string, decisions: readonly PendingDecision[]): void {
  for (const { message, events, eventTexts } of decisions) {
    for (const [index, event] of events.entries()) {
      bus.publish(eventSubject(cell, message.command.node, event.type), eventTexts[index] ?? '');
    }
  }
}
