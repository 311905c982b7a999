import type { EventLog } from '@fleetbook/event-log';
import { addNode, claimOf, foundHistory, SCHEDULER } from '@fleetbook/projector/testing';

const NODES = 10_000;
const EVENTS_PER_COMMIT = 256;
/** Decisions queued before they are appended: enough for many commits, little for the memory. */
const FLUSH_DECISIONS = 8_192;
const TENANTS = 100;

export interface BuildOptions {
  readonly cell: string;
  readonly claims: number;
  readonly signal: AbortSignal;
  /** Called when the nodes are there, and no claim. */
  readonly onNodes: () => Promise<void>;
}

/** Writes a history of so many live claims on 10,000 nodes, decided by the rules of the product. Its last event. */
export async function buildLog(log: EventLog, { cell, claims, signal, onNodes }: BuildOptions): Promise<number> {
  const writer = await foundHistory(log, { cell, eventsPerCommit: EVENTS_PER_COMMIT });
  const roomPerNode = Math.ceil(claims / NODES);
  for (let node = 0; node < NODES; node += 1) {
    const id = nodeName(node);
    const inventories = [
      { class: 'VCPU', total: roomPerNode * 2 },
      { class: 'MEMORY_MB', total: roomPerNode * 2_048 },
    ];
    addNode(writer, id, [{ id: `${id}-root`, inventories }]);
  }
  await writer.flush();
  await onNodes();
  for (let claim = 0; claim < claims; claim += 1) {
    const tenant = `tenant-${(claim * 7) % TENANTS}`;
    const made = claimOf(nodeName(claim % NODES), `instance-${claim}`, undefined, tenant);
    const decision = writer.decide(SCHEDULER, made, `claim-${claim}`);
    if (decision.kind !== 'accepted') {
      throw new Error(`claim ${claim} was not accepted: ${JSON.stringify(decision)}`);
    }
    if (claim % FLUSH_DECISIONS === 0) {
      signal.throwIfAborted();
      await writer.flush();
    }
  }
  await writer.flush();
  return writer.bookmark.number;
}

function nodeName(node: number): string {
  return `compute-${String(node).padStart(5, '0')}`;
}
