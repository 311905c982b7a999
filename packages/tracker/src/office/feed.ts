import { eventSubject } from '@fleetbook/contracts';
import type { PendingDecision } from '../commit/pending-decision.ts';
import type { TrackerBus } from '../ports.ts';

/** Publishes durable events on the live feed, once for each node they concern. Whoever misses one reads the log. */
export function publishFeed(bus: TrackerBus, cell: string, decisions: readonly PendingDecision[]): void {
  for (const { nodes, events, eventTexts } of decisions) {
    const subjectNodes = nodes.length === 0 ? [undefined] : nodes;
    for (const [index, event] of events.entries()) {
      for (const node of subjectNodes) {
        bus.publish(eventSubject(cell, node, event.type), eventTexts[index] ?? '');
      }
    }
  }
}
