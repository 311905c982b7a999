import { type WriterHeartbeat, writerSubject } from '@fleetbook/contracts';
import type { TrackerBus } from '../ports.ts';

/** What a follower needs of another writer's sign of life; undefined for anything that is none. */
export function readHeartbeat(payload: Uint8Array): Pick<WriterHeartbeat, 'writer' | 'epoch'> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('writer' in value) || !('epoch' in value)) {
    return undefined;
  }
  const { writer, epoch } = value;
  return typeof writer === 'string' && typeof epoch === 'number' ? { writer, epoch } : undefined;
}

export function publishHeartbeat(bus: TrackerBus, cell: string, heartbeat: WriterHeartbeat): void {
  bus.publish(writerSubject(cell), JSON.stringify(heartbeat));
}
