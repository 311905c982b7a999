import { describe, expect, it } from 'vitest';
import type { Actor } from '../actor.ts';
import { decideSilence, silenceLimitMs } from '../audit/silence.ts';
import {
  AGENT,
  type Ask,
  codeOf,
  OPERATOR,
  report,
  SCHEDULER,
  type Scenario,
  startScenario,
  TREE,
  withNode,
} from '../testing/scenario.ts';
import {
  INVENTORY_TABLE,
  type InventoryInput,
  NODE_TABLE,
  type NodeCommandType,
  type NodeState,
} from './node-table.ts';

const CLAIM: Ask = {
  type: 'ClaimInstance',
  node: 'node-1',
  instance: 'i-1',
  request: { resources: { VCPU: 1, GPU_MILLI: 500 } },
};

const node = 'node-1';

/** For each command one that says something new to a node of TREE, in every status. */
const NEWS: Readonly<Record<NodeCommandType, readonly [Actor, Ask]>> = {
  RegisterNode: [AGENT, { type: 'RegisterNode', node, bootId: 'boot-2' }],
  ReportInventory: [AGENT, report(TREE.slice(0, 2), 2)],
  TransferNode: [OPERATOR, { type: 'TransferNode', node, owner: 'agent-2' }],
  SetInventoryPolicy: [
    OPERATOR,
    { type: 'SetInventoryPolicy', node, policies: [{ provider: 'root', class: 'VCPU', reserved: 1 }] },
  ],
  SetAggregates: [OPERATOR, { type: 'SetAggregates', node, provider: 'root', aggregates: ['zone-1'] }],
  SetOverlay: [OPERATOR, { type: 'SetOverlay', node, targets: [{ inventories: [{ class: 'CUSTOM_A', total: 1 }] }] }],
  SetDriftPolicy: [OPERATOR, { type: 'SetDriftPolicy', node, policy: 'heal-safe' }],
  Reshape: [
    AGENT,
    { type: 'Reshape', node, incarnation: 1, rules: [{ class: 'GPU_MILLI', from: 'gpu-0', to: 'gpu-1' }] },
  ],
  ReportBuildResult: [AGENT, { type: 'ReportBuildResult', node, instance: 'i-9', result: 'failed' }],
  ReportInstanceState: [
    AGENT,
    { type: 'ReportInstanceState', node, instance: 'i-1', claimId: 'claim-1', state: { vm: 'active' } },
  ],
  ReportGuests: [
    AGENT,
    { type: 'ReportGuests', node, incarnation: 1, complete: true, takenAt: 0, guests: [{ instance: 'stranger' }] },
  ],
  EnableNode: [OPERATOR, { type: 'EnableNode', node }],
  DisableNode: [OPERATOR, { type: 'DisableNode', node, reason: 'other' }],
  MarkNodeDown: [OPERATOR, { type: 'MarkNodeDown', node, reason: 'other', fenced: false }],
  RetireNode: [OPERATOR, { type: 'RetireNode', node }],
  ClaimInstance: [SCHEDULER, { ...CLAIM, instance: 'i-2' }],
};

const INTO: Readonly<Record<NodeState, Ask | undefined>> = {
  enabled: undefined,
  disabled: { type: 'DisableNode', node, reason: 'disk' },
  down: { type: 'MarkNodeDown', node, reason: 'power', fenced: true },
  retired: { type: 'RetireNode', node },
};

/** Commands that need somebody on the node; nobody is on a retired one. */
const NEED_A_CLAIM: readonly NodeCommandType[] = ['Reshape', 'ReportInstanceState'];

const inState = (state: NodeState, isHeld: boolean): Scenario => {
  const scenario = withNode();
  if (isHeld) scenario.given(AGENT, CLAIM, 'claim-1');
  const into = INTO[state];
  if (into !== undefined) scenario.given(OPERATOR, into);
  return scenario;
};

const STATES: readonly NodeState[] = ['enabled', 'disabled', 'down', 'retired'];

const isCommand = (name: string): name is NodeCommandType => name in NODE_TABLE.enabled;

const CELLS = STATES.flatMap((state) =>
  Object.keys(NODE_TABLE[state])
    .filter(isCommand)
    .map((type): [NodeState, NodeCommandType] => [state, type]),
);

describe('every cell of the node table is what the decider does', () => {
  it.each(CELLS)('%s × %s', (state, type) => {
    const scenario = inState(state, state !== 'retired' && NEED_A_CLAIM.includes(type));
    const cell = NODE_TABLE[state][type];
    const [actor, ask] = NEWS[type];
    const code = codeOf(scenario.ask(actor, ask));
    expect(code).toBe(cell.kind === 'refuse' ? cell.code : cell.kind === 'reach' ? 'accepted' : 'unchanged');
    const reached = cell.kind === 'reach' ? cell.state : state;
    expect(scenario.ledger.nodes.get('node-1')?.status.kind).toBe(reached);
  });
});

type InventoryState = keyof typeof INVENTORY_TABLE;

const withInventory = (state: InventoryState): Scenario => {
  const scenario = startScenario();
  scenario.given(AGENT, { type: 'RegisterNode', node, bootId: 'boot-1' });
  if (state !== 'unknown') scenario.given(AGENT, report(TREE));
  if (state === 'stale') {
    scenario.given(AGENT, {
      type: 'ReportInventory',
      node,
      incarnation: 1,
      sequence: 2,
      mode: 'unsupported',
      reason: 'driver timed out',
    });
  }
  return scenario;
};

const unsupported: Ask = {
  type: 'ReportInventory',
  node,
  incarnation: 1,
  sequence: 5,
  mode: 'unsupported',
  reason: 'no such call',
};

const INPUTS: Readonly<Record<InventoryInput, (scenario: Scenario) => string>> = {
  ReportInventory: (scenario) => codeOf(scenario.ask(AGENT, report(TREE.slice(0, 2), 5))),
  Unsupported: (scenario) => codeOf(scenario.ask(AGENT, unsupported)),
  ClaimInstance: (scenario) => codeOf(scenario.ask(SCHEDULER, CLAIM)),
  Silence: (scenario) => {
    const decided = decideSilence(scenario.ledger, () => scenario.ledger.nodes.keys(), silenceLimitMs(scenario.ledger));
    scenario.record(decided);
    return decided.length === 0 ? 'unchanged' : 'accepted';
  },
};

const isInput = (name: string): name is InventoryInput => name in INPUTS;

const INVENTORY_STATES: readonly InventoryState[] = ['unknown', 'reported', 'stale'];

const INVENTORY_CELLS = INVENTORY_STATES.flatMap((state) =>
  Object.keys(INVENTORY_TABLE[state])
    .filter(isInput)
    .map((input): [InventoryState, InventoryInput] => [state, input]),
);

describe('every cell of the inventory table is what the decider does', () => {
  it.each(INVENTORY_CELLS)('%s × %s', (state, input) => {
    const scenario = withInventory(state);
    const cell = INVENTORY_TABLE[state][input];
    const code = INPUTS[input](scenario);
    expect(code).toBe(cell.kind === 'refuse' ? cell.code : cell.kind === 'reach' ? 'accepted' : 'unchanged');
    const reached = cell.kind === 'reach' ? cell.state : state;
    expect(scenario.ledger.nodes.get('node-1')?.inventoryStatus.kind).toBe(reached);
  });
});
