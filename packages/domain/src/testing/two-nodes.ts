import type { Actor } from '../actor.ts';
import type { MoveKind, MoveState } from '../ledger.ts';
import { AGENT, OPERATOR, OTHER_AGENT, report, SCHEDULER, type Scenario, startScenario } from './scenario.ts';

export const SOURCE = 'node-1';
export const DESTINATION = 'node-2';

/** `node-1` of AGENT and `node-2` of OTHER_AGENT, each with 8 VCPU, 1,024 MEMORY_MB and slots 0 to 3. */
export const withTwoNodes = (vcpus = 8): Scenario => {
  const scenario = startScenario();
  const nodes: readonly [string, Actor][] = [
    [SOURCE, AGENT],
    [DESTINATION, OTHER_AGENT],
  ];
  for (const [node, agent] of nodes) {
    scenario.given(agent, { type: 'RegisterNode', node, bootId: 'boot-1' });
    const inventories = [
      { class: 'VCPU', total: vcpus },
      { class: 'MEMORY_MB', total: 1_024 },
      { class: 'SLOT', total: 4, units: ['0', '1', '2', '3'] },
    ];
    scenario.given(agent, report([{ id: `${node}-root`, inventories }], 1, 1, node));
  }
  return scenario;
};

/** Claims and confirms; returns the claim id. */
export const hold = (
  scenario: Scenario,
  instance: string,
  resources: Readonly<Record<string, number>>,
  node = SOURCE,
): string => {
  const claimId = scenario.given(
    SCHEDULER,
    { type: 'ClaimInstance', node, instance, request: { resources } },
    `claim-${instance}`,
  );
  scenario.given(SCHEDULER, { type: 'ConfirmClaim', node, instance, claimId });
  return claimId;
};

const shelve = (scenario: Scenario, instance: string): void => {
  const claimId = `claim-${instance}`;
  scenario.given(AGENT, { type: 'ShelveOffload', node: SOURCE, instance, claimId });
};

/** The move `move-1` of `i-1`, which holds 2 VCPU, from `node-1` to 3 VCPU on `node-2` unless told otherwise. */
export const claimMoveOf = (
  scenario: Scenario,
  kind: MoveKind,
  fields: { readonly destination?: string; readonly replace?: boolean; readonly vcpus?: number } = {},
): string => {
  const { destination = DESTINATION, replace, vcpus = 3 } = fields;
  if (kind === 'evacuation') {
    scenario.given(OPERATOR, { type: 'MarkNodeDown', node: SOURCE, reason: 'power', fenced: false });
  }
  if (kind === 'unshelve') shelve(scenario, 'i-1');
  return scenario.given(
    SCHEDULER,
    {
      type: 'ClaimMove',
      kind,
      instance: 'i-1',
      ...(kind === 'unshelve' ? {} : { source: SOURCE, claimId: 'claim-i-1' }),
      destination,
      request: { resources: { VCPU: vcpus } },
      ...(replace === undefined ? {} : { replace }),
    },
    'move-1',
  );
};

const MOVE = { instance: 'i-1', moveId: 'move-1' } as const;

const STEPS: Readonly<Record<MoveKind, readonly ('prepared' | 'running' | 'switched' | 'finished' | 'completed')[]>> = {
  resize: ['prepared', 'running', 'switched', 'finished'],
  cold: ['prepared', 'running', 'switched', 'finished'],
  live: ['prepared', 'running', 'switched', 'completed'],
  evacuation: ['running', 'switched', 'completed'],
  unshelve: ['running', 'completed'],
};

/** Takes `move-1` from one of its states through the next up to another; the destination's agent says so. */
export const advanceTo = (scenario: Scenario, kind: MoveKind, state: MoveState, from: MoveState = 'claimed'): void => {
  if (state === from) return;
  let isAhead = from === 'claimed';
  for (const to of STEPS[kind]) {
    const isPassed = !isAhead;
    isAhead ||= to === from;
    if (isPassed) continue;
    scenario.given(OTHER_AGENT, { type: 'AdvanceMove', ...MOVE, to });
    if (to === state) return;
  }
};

/** Takes `move-1` into a state, by the way its kind has; false when it has none. */
export const bringTo = (scenario: Scenario, kind: MoveKind, state: MoveState): boolean => {
  const isTwoStep = kind === 'resize' || kind === 'cold';
  switch (state) {
    case 'confirmed':
    case 'reverted':
      if (!isTwoStep) return false;
      advanceTo(scenario, kind, 'finished');
      scenario.given(OPERATOR, { type: state === 'confirmed' ? 'ConfirmMove' : 'RevertMove', ...MOVE });
      return true;
    case 'completed':
      if (isTwoStep) return false;
      advanceTo(scenario, kind, 'completed');
      return true;
    case 'cancelled':
      scenario.given(OPERATOR, { type: 'CancelMove', ...MOVE });
      return true;
    case 'failed':
      scenario.given(OPERATOR, { type: 'FailMove', ...MOVE, reason: 'test' });
      return true;
    case 'dropped': {
      const isShelved = kind === 'unshelve';
      const agent = isShelved ? AGENT : OPERATOR;
      scenario.given(agent, { type: 'DropInstance', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' });
      return true;
    }
    default:
      if (state !== 'claimed' && !STEPS[kind].some((step) => step === state)) return false;
      advanceTo(scenario, kind, state);
      return true;
  }
};
