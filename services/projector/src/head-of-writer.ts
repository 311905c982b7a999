import type { WriterHeartbeat } from '@fleetbook/contracts';

/** The end of the log as the writer in office states it; undefined when the payload is no heartbeat. */
export function headOfWriter(payload: Uint8Array): Pick<WriterHeartbeat, 'historyId' | 'number'> | undefined {
  const value = parseJson(payload);
  if (typeof value !== 'object' || value === null || !('historyId' in value) || !('number' in value)) {
    return undefined;
  }
  const { historyId, number } = value;
  return typeof historyId === 'string' && typeof number === 'number' && Number.isSafeInteger(number)
    ? { historyId, number }
    : undefined;
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch {
    return undefined;
  }
}
