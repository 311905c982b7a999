import type { NodeSummary } from '@fleetbook/contracts';

/** A node's status in a few words; one without inventory says so. */
export function statusText({ status, inventoryStatus }: Pick<NodeSummary, 'status' | 'inventoryStatus'>): string {
  const text = status.kind === 'disabled' ? `disabled: ${status.reason}` : status.kind;
  return inventoryStatus.kind === 'unknown' ? `${text}, no inventory yet` : text;
}
