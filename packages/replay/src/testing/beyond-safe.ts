import { createMemoryLog } from '@fleetbook/event-log/memory';
import { addNode, foundHistory } from '@fleetbook/projector/testing';

/** The log of a node `n` with more memory than a safe integer says: two providers with all that one of them says. */
export async function logBeyondSafeIntegers() {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  const most = { inventories: [{ class: 'MEMORY_MB', total: Number.MAX_SAFE_INTEGER }] };
  addNode(writer, 'n', [
    { id: 'n.root', ...most },
    { id: 'n.more', parent: 'n.root', ...most },
  ]);
  await writer.flush();
  return { log, writer };
}
