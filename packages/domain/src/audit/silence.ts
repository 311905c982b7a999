import type { DecidedEvent } from '../event.ts';
import type { Ledger, Node } from '../ledger.ts';
import { MOST_DUE_OF_A_KIND } from '../most-due.ts';
import { policiesOf } from '../policies.ts';
import { INVENTORY_TABLE } from '../tables/node-table.ts';

const DEFAULT_REPORT_INTERVAL_MS = 60_000;
const SILENT_INTERVALS = 3;

/** How long a node may report no inventory before what is known of it is stale, milliseconds. */
export const silenceLimitMs = (ledger: Ledger): number =>
  SILENT_INTERVALS * (policiesOf(ledger).reportIntervalMs ?? DEFAULT_REPORT_INTERVAL_MS);

const staleBySilence = ({ id, inventoryStatus, status }: Node): DecidedEvent | undefined => {
  if (status.kind === 'retired' || inventoryStatus.kind === 'unknown') return undefined;
  if (INVENTORY_TABLE[inventoryStatus.kind].Silence.kind !== 'reach') return undefined;
  const { sequence } = inventoryStatus;
  return { type: 'InventoryStale', schemaVersion: 1, data: { node: id, sequence, reason: 'silent' } };
};

/**
 * The writer's timer: one event per node that last reported its inventory at least three intervals before `at`, at most
 * 64 in a call, the rest in the next one.
 * `unheardSince` gives the nodes that have not reported since a time, neither what changed something nor what did not;
 * epoch milliseconds. What else an agent sends says that it lives, but not what its node has.
 */
export const decideSilence = (
  ledger: Ledger,
  unheardSince: (time: number) => Iterable<string>,
  at: number,
): readonly DecidedEvent[] => {
  const events: DecidedEvent[] = [];
  for (const id of unheardSince(at - silenceLimitMs(ledger))) {
    if (events.length === MOST_DUE_OF_A_KIND) break;
    const node = ledger.nodes.look(id);
    const event = node === undefined ? undefined : staleBySilence(node);
    if (event !== undefined) events.push(event);
  }
  return events;
};
