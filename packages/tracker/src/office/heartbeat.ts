import { type HighWaterMark, type WriterHeartbeat, writerSubject } from '@fleetbook/contracts';
import type { TrackerBus } from '../ports.ts';

/** Another writer's sign of life: who it is, and what it knows to be durable where it says so. */
export interface HeardWriter extends Pick<WriterHeartbeat, 'writer' | 'epoch'> {
  readonly mark: HighWaterMark | undefined;
}

/** Undefined for anything that is no heartbeat. */
export function readHeartbeat(payload: Uint8Array): HeardWriter | undefined {
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
  return typeof writer === 'string' && typeof epoch === 'number' ? { writer, epoch, mark: markIn(value) } : undefined;
}

function markIn(value: object): HighWaterMark | undefined {
  const { historyId, number, hash } = { historyId: undefined, number: undefined, hash: undefined, ...value };
  return typeof historyId === 'string' &&
    Number.isSafeInteger(number) &&
    typeof number === 'number' &&
    typeof hash === 'string'
    ? { historyId, number, hash }
    : undefined;
}

export function publishHeartbeat(bus: TrackerBus, cell: string, heartbeat: WriterHeartbeat): void {
  bus.publish(writerSubject(cell), JSON.stringify(heartbeat));
}
