import type { Restoration } from '../port.ts';
import { encodeRestoration, requireRestoration } from '../restoration.ts';
import { fieldOf, requireReply } from './api.ts';
import type { JetStreamContext } from './context.ts';
import { call, streamInfo } from './stream.ts';

/** In the metadata of the stream, from its making on until the restore has ended. */
const KEY = 'fleetbook-restore';

export function restoreMark(restoration: Restoration): Readonly<Record<string, string>> {
  return { [KEY]: encodeRestoration(restoration) };
}

/**
 * Whether the log is open for the restore that is wanted: the stream says so, or is empty and says so from now on.
 * Throws LogUnfinishedError where it tells of another restore than is wanted.
 */
export async function examineRestore(
  context: JetStreamContext,
  info: unknown,
  wanted: Restoration | undefined,
): Promise<boolean> {
  const kept = fieldOf(info, 'config', 'metadata', KEY);
  if (typeof kept === 'string') {
    requireRestoration(kept, wanted);
    return true;
  }
  if (wanted === undefined || fieldOf(info, 'state', 'last_seq') !== 0) {
    return false;
  }
  await update(context, info, restoreMark(wanted));
  return true;
}

/** Throws LogUnavailableError. */
export async function endRestore(context: JetStreamContext): Promise<void> {
  await update(context, await streamInfo(context), {});
}

async function update(context: JetStreamContext, info: unknown, mark: Readonly<Record<string, string>>): Promise<void> {
  const config = Object(fieldOf(info, 'config'));
  const { [KEY]: _ended, ...others } = Object(config.metadata ?? {});
  const changed = { ...config, metadata: { ...others, ...mark } };
  requireReply(await call(context, `STREAM.UPDATE.${context.names.stream}`, changed));
}
