import { eventSubject } from '@fleetbook/contracts';
import { eventBytesOf } from '@fleetbook/event-log';
import type { DurableCommit } from '../commit/commit-pipeline.ts';
import type { TrackerBus } from '../ports.ts';

/** Publishes durable events on the live feed, once for each node they concern. Whoever misses one reads the log. */
export function publishFeed(
  bus: TrackerBus,
  cell: string,
  { commit, decisions }: Pick<DurableCommit, 'commit' | 'decisions'>,
): void {
  const stored = eventBytesOf(commit);
  let place = 0;
  for (const { nodes, events } of decisions) {
    const subjectNodes = nodes.length === 0 ? [undefined] : nodes;
    for (const event of events) {
      const payload = stored[place] ?? '';
      place += 1;
      for (const node of subjectNodes) {
        bus.publish(eventSubject(cell, node, event.type), payload);
      }
    }
  }
}
