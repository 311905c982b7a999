import type { Command } from './command.ts';
import type { CommandResult } from './decision.ts';
import type { LedgerEvent } from './event.ts';

const guestsResult = (node: string, events: readonly LedgerEvent[]): CommandResult => {
  const counts = { found: 0, cleared: 0, healed: 0 };
  for (const { type, data } of events) {
    if (type === 'DriftFound') {
      counts.found += data.found.length;
      counts.cleared += data.cleared.length;
    }
    if (type === 'DriftHealed') counts.healed += data.healed.length;
  }
  return { type: 'ReportGuests', node, ...counts };
};

/** The result of an accepted command about a node; undefined when the event does not answer it. */
export const nodeResultOf = (
  command: Command,
  first: LedgerEvent,
  events: readonly LedgerEvent[],
): CommandResult | undefined => {
  switch (command.type) {
    case 'RegisterNode':
      return first.type === 'NodeRegistered'
        ? { type: command.type, node: command.node, incarnation: first.data.incarnation }
        : undefined;
    case 'ReportBuildResult':
      return first.type === 'BuildRecorded'
        ? { type: command.type, node: command.node, failedBuilds: first.data.failedBuilds }
        : undefined;
    case 'ReportGuests':
      return guestsResult(command.node, events);
    case 'ReportInstanceState':
      return { type: command.type, node: command.node, instance: command.instance };
    case 'ReportInventory':
    case 'EnableNode':
    case 'DisableNode':
    case 'RetireNode':
    case 'MarkNodeDown':
    case 'TransferNode':
    case 'SetInventoryPolicy':
    case 'SetAggregates':
    case 'SetOverlay':
    case 'SetDriftPolicy':
    case 'Reshape':
      return { type: command.type, node: command.node };
    default:
      return undefined;
  }
};
