import type {
  DisableNode,
  EnableNode,
  MarkNodeDown,
  ReportBuildResult,
  ReportGuests,
  ReportInstanceState,
  ReportInventory,
  Reshape,
  RetireNode,
  SetAggregates,
  SetDriftPolicy,
  SetInventoryPolicy,
  SetOverlay,
  TransferNode,
} from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import type { Ledger, Node } from '../ledger.ts';
import { NODE_TABLE } from '../tables/node-table.ts';
import { reject } from './answer.ts';
import { decideBuild } from './build.ts';
import { decideDriftPolicy, decideGuests } from './guests.ts';
import { decideState } from './instance-state.ts';
import { decideStatus, decideTransfer } from './node.ts';
import { decideReport } from './report.ts';
import { decideReshape } from './reshape.ts';
import { decideAggregates, decideOverlay, decidePolicies } from './settings.ts';

export type NodeCommand =
  | ReportInventory
  | EnableNode
  | DisableNode
  | RetireNode
  | MarkNodeDown
  | TransferNode
  | SetInventoryPolicy
  | SetAggregates
  | SetOverlay
  | SetDriftPolicy
  | Reshape
  | ReportBuildResult
  | ReportInstanceState
  | ReportGuests;

/** Judges a command about a known node that its actor may give. */
export const decideNodeCommand = (ledger: Ledger, node: Node, command: NodeCommand, judgedAt: JudgedAt): Decision => {
  const transition = NODE_TABLE[node.status.kind][command.type];
  if (transition.kind === 'refuse') return reject(transition.code, judgedAt, { node: node.id });
  switch (command.type) {
    case 'ReportInventory':
      return decideReport(ledger, node, command, judgedAt);
    case 'EnableNode':
    case 'DisableNode':
    case 'RetireNode':
    case 'MarkNodeDown':
      return decideStatus(ledger, node, command, judgedAt);
    case 'TransferNode':
      return decideTransfer(node, command);
    case 'SetInventoryPolicy':
      return decidePolicies(node, command, judgedAt);
    case 'SetAggregates':
      return decideAggregates(node, command, judgedAt);
    case 'SetOverlay':
      return decideOverlay(node, command, judgedAt);
    case 'SetDriftPolicy':
      return decideDriftPolicy(node, command);
    case 'Reshape':
      return decideReshape(ledger, node, command, judgedAt);
    case 'ReportBuildResult':
      return decideBuild(node, command);
    case 'ReportInstanceState':
      return decideState(ledger, node, command, judgedAt);
    case 'ReportGuests':
      return decideGuests(ledger, node, command, judgedAt);
  }
};
