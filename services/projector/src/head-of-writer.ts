import type { HighWaterMark } from '@fleetbook/contracts';
import { readMark } from '@fleetbook/operations';

/** The end of the log as the writer in office states it; undefined when the payload is no heartbeat. */
export function headOfWriter(payload: Uint8Array): HighWaterMark | undefined {
  try {
    return readMark(JSON.parse(Buffer.from(payload).toString('utf8')));
  } catch {
    return undefined;
  }
}
