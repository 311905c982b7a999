import type { NodeSummary } from '@fleetbook/contracts';

type Facts = Pick<NodeSummary, 'status' | 'inventoryStatus'> & Partial<Pick<NodeSummary, 'isSuspect' | 'owesReport'>>;

/** A node's status in a few words; one whose inventory takes no claims says so. */
export function statusText({ status, inventoryStatus, isSuspect = false, owesReport }: Facts): string {
  return [
    kindText(status),
    ...(inventoryStatus.kind === 'unknown' ? ['no inventory yet'] : []),
    ...(inventoryStatus.kind === 'stale' ? [`stale: ${inventoryStatus.reason}`] : []),
    ...(isSuspect ? ['suspect'] : []),
    ...(owesReport === undefined ? [] : ['owes a guest report']),
  ].join(', ');
}

function kindText(status: NodeSummary['status']): string {
  switch (status.kind) {
    case 'disabled':
      return `disabled: ${status.reason}`;
    case 'down':
      return `down${status.fenced ? ' and fenced' : ''}: ${status.reason}`;
    default:
      return status.kind;
  }
}
