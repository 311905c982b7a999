import { type HighWaterMark, type WriterHeartbeat, writerSubject } from '@fleetbook/contracts';
import { readMark } from '@fleetbook/operations';
import type { TrackerBus } from '../ports.ts';
import { readFacts } from './read-facts.ts';

/** Another writer's sign of life: who it is, and what it knows to be durable where it says so. */
export interface HeardWriter extends Pick<WriterHeartbeat, 'writer' | 'epoch'> {
  readonly mark: HighWaterMark | undefined;
  /** It has left office, and this tracker is to follow. */
  readonly successor: string | undefined;
}

/** Undefined for anything that is no heartbeat. */
export function readHeartbeat(payload: Uint8Array): HeardWriter | undefined {
  const facts = readFacts(payload);
  if (facts === undefined) {
    return undefined;
  }
  const { writer, epoch, successor } = facts;
  return typeof writer === 'string' && typeof epoch === 'number'
    ? { writer, epoch, mark: readMark(facts), successor: typeof successor === 'string' ? successor : undefined }
    : undefined;
}

export function publishHeartbeat(bus: TrackerBus, cell: string, heartbeat: WriterHeartbeat): void {
  bus.publish(writerSubject(cell), JSON.stringify(heartbeat));
}
