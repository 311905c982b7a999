import { describe, expect, it } from 'vitest';
import type { Decision } from '../decision.ts';
import { REJECTION_CODES, type RejectionCode } from '../rejection.ts';
import {
  AGENT,
  type Ask,
  codeOf,
  OPERATOR,
  OTHER_AGENT,
  OTHER_SCHEDULER,
  report,
  SCHEDULER,
  type Scenario,
} from '../testing/scenario.ts';
import { advanceTo, claimMoveOf, DESTINATION, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';

/** What is answered when only the second rule is broken, and when both are. */
type Pair = readonly [
  what: string,
  first: RejectionCode,
  second: RejectionCode,
  ask: (isFirstBroken: boolean) => Decision,
];

const held = (): Scenario => {
  const scenario = withTwoNodes();
  hold(scenario, 'i-1', { VCPU: 2 });
  return scenario;
};

const disable = (scenario: Scenario, node: string): unknown =>
  scenario.given(OPERATOR, { type: 'DisableNode', node, reason: 'service' });

const markDown = (scenario: Scenario, node: string): unknown =>
  scenario.given(OPERATOR, { type: 'MarkNodeDown', node, reason: 'power', fenced: false });

const CLAIM = { instance: 'i-1', claimId: 'claim-i-1' } as const;
const COLD = { type: 'ClaimMove', kind: 'cold', ...CLAIM, source: SOURCE, destination: DESTINATION } as const;

const coldFrom = (isDown: boolean, prepare: (scenario: Scenario) => unknown, fields: Partial<typeof COLD> | object) => {
  const scenario = held();
  prepare(scenario);
  if (isDown) markDown(scenario, SOURCE);
  return scenario.ask(SCHEDULER, { ...COLD, ...fields });
};

const nothing = (): void => undefined;

const rebuild = (stage: 'before' | 'after', vcpus: number, fields: object = {}): Ask => {
  const wanted = { stage, request: { resources: { VCPU: vcpus } } } as const;
  return { type: 'RebuildInstance', node: SOURCE, ...CLAIM, ...wanted, ...fields };
};

const rebuildOn = (isDisabled: boolean, ask: Ask, prepare: (scenario: Scenario) => unknown = nothing): Decision => {
  const scenario = held();
  prepare(scenario);
  if (isDisabled) disable(scenario, SOURCE);
  return scenario.ask(AGENT, ask);
};

const claimOn = (lines: readonly (readonly [provider: string, name: string])[], amount = 1): Decision => {
  const charge = lines.map(([provider, name]) => ({ provider, class: name, amount }));
  return held().ask(SCHEDULER, { type: 'ClaimInstance', node: SOURCE, instance: 'i-2', charge });
};

const inventoryPolicy = (policies: readonly (readonly [provider: string, name: string])[]): Decision =>
  held().ask(OPERATOR, {
    type: 'SetInventoryPolicy',
    node: SOURCE,
    policies: policies.map(([provider, name]) => ({ provider, class: name, reserved: 1 })),
  });

const ROOT = `${SOURCE}-root`;

const IN_ORDER: readonly Pair[] = [
  [
    'a move to a disabled node',
    'NODE_DOWN',
    'NODE_DISABLED',
    (isDown) => coldFrom(isDown, (scenario) => disable(scenario, DESTINATION), {}),
  ],
  [
    'a move of another claim',
    'NODE_DOWN',
    'CLAIM_MISMATCH',
    (isDown) => coldFrom(isDown, nothing, { claimId: 'other' }),
  ],
  ['a move of nothing', 'NODE_DOWN', 'CLAIM_NOT_FOUND', (isDown) => coldFrom(isDown, nothing, { instance: 'i-9' })],
  [
    'a second move',
    'NODE_DOWN',
    'MOVE_OPEN',
    (isDown) => coldFrom(isDown, (scenario) => claimMoveOf(scenario, 'cold'), {}),
  ],
  [
    'a move of a claim not confirmed',
    'NODE_DOWN',
    'CLAIM_UNCONFIRMED',
    (isDown) =>
      coldFrom(
        isDown,
        (scenario) => {
          const claim = { type: 'ClaimInstance', node: SOURCE, instance: 'i-2' } as const;
          scenario.given(SCHEDULER, { ...claim, request: { resources: { VCPU: 1 } } }, 'claim-2');
        },
        { instance: 'i-2', claimId: 'claim-2' },
      ),
  ],
  [
    'a move to a node that is gone',
    'NODE_RETIRED',
    'NODE_DOWN',
    (isRetired) =>
      coldFrom(
        true,
        (scenario) => isRetired && scenario.given(OPERATOR, { type: 'RetireNode', node: DESTINATION }),
        {},
      ),
  ],
  [
    'a move to the node of another agent',
    'NOT_AUTHORISED',
    'NODE_NOT_FOUND',
    (isForeign) => held().ask(isForeign ? AGENT : OTHER_AGENT, { ...COLD, source: 'node-9' }),
  ],
  [
    'a rebuild with no room',
    'NODE_DISABLED',
    'NO_CAPACITY',
    (isDisabled) => rebuildOn(isDisabled, rebuild('before', 9)),
  ],
  [
    'a rebuild that grows during a move',
    'MOVE_OPEN',
    'REBUILD_GROWS',
    (isMoving) =>
      rebuildOn(false, rebuild('after', 3), (scenario) => isMoving && claimMoveOf(scenario, 'cold', { vcpus: 1 })),
  ],
  [
    'a rebuild that grows without a trait',
    'REBUILD_GROWS',
    'TRAIT_MISSING',
    (isGrowing) => {
      const groups = [{ name: 'gpu', resources: { VCPU: 1 }, traits: { required: ['A100'] } }];
      const request = { groups, ...(isGrowing ? { resources: { VCPU: 3 } } : {}) };
      return rebuildOn(false, rebuild('after', 1, { request }));
    },
  ],
  [
    'a line of an unknown provider and class',
    'UNKNOWN_PROVIDER',
    'UNKNOWN_CLASS',
    (isUnknown) => claimOn([[isUnknown ? 'elsewhere' : ROOT, 'FPGA']]),
  ],
  [
    'two lines, the second of an unknown provider',
    'UNKNOWN_PROVIDER',
    'UNKNOWN_CLASS',
    (isUnknown) => claimOn([[ROOT, 'FPGA'], ...(isUnknown ? [['elsewhere', 'VCPU'] as const] : [])]),
  ],
  [
    'two lines, the second of an unknown class',
    'UNKNOWN_CLASS',
    'NO_CAPACITY',
    (isUnknown) => claimOn([[ROOT, 'VCPU'], ...(isUnknown ? [[ROOT, 'FPGA'] as const] : [])], 7),
  ],
  [
    'two policies, the second of an unknown provider',
    'UNKNOWN_PROVIDER',
    'UNKNOWN_CLASS',
    (isUnknown) => inventoryPolicy([[ROOT, 'FPGA'], ...(isUnknown ? [['elsewhere', 'VCPU'] as const] : [])]),
  ],
  [
    'an old report with a fault',
    'STALE_REPORT',
    'INVALID_INVENTORY',
    (isOld) => held().ask(AGENT, report([{ id: 'a', parent: 'b', inventories: [] }], isOld ? 1 : 2)),
  ],
  [
    'an old report of an earlier start',
    'STALE_INCARNATION',
    'STALE_REPORT',
    (isEarlier) => held().ask(AGENT, report([{ id: ROOT, inventories: [] }], 1, isEarlier ? 9 : 1)),
  ],
  [
    'a drop of another claim by an earlier start',
    'STALE_INCARNATION',
    'CLAIM_MISMATCH',
    (isEarlier) => {
      const named = { node: SOURCE, ...CLAIM, claimId: 'other', incarnation: isEarlier ? 9 : 1 };
      return held().ask(AGENT, { type: 'DropInstance', ...named });
    },
  ],
  [
    'a claim of a held instance on a closed node',
    'NODE_DISABLED',
    'INSTANCE_ALREADY_HELD',
    (isDisabled) => {
      const wanted = { node: SOURCE, instance: 'i-1', request: { resources: { VCPU: 9 } } };
      return rebuildOn(isDisabled, { type: 'ClaimInstance', ...wanted });
    },
  ],
  [
    'a step of a move by somebody else',
    'NOT_AUTHORISED',
    'MOVE_STATE',
    (isForeign) => {
      const scenario = held();
      claimMoveOf(scenario, 'cold');
      const actor = isForeign ? OTHER_SCHEDULER : SCHEDULER;
      return scenario.ask(actor, { type: 'ConfirmMove', instance: 'i-1', moveId: 'move-1' });
    },
  ],
];

/** A rule is judged on what it is about: where that is not found, that is what is said. */
const OUT_OF_ORDER: readonly Pair[] = [
  [
    'a claim that is not found belongs to nobody',
    'CLAIM_MISMATCH',
    'NOT_AUTHORISED',
    (isOther) => {
      const named = { node: SOURCE, instance: 'i-1', claimId: isOther ? 'other' : 'claim-i-1' };
      return held().ask(OTHER_SCHEDULER, { type: 'DropInstance', ...named });
    },
  ],
  [
    'an agent that names an unknown node owns nothing of it',
    'NODE_NOT_FOUND',
    'NOT_AUTHORISED',
    (isUnknown) => {
      const node = isUnknown ? 'node-9' : SOURCE;
      return held().ask(OTHER_AGENT, { type: 'ReportBuildResult', node, instance: 'i-1', result: 'failed' });
    },
  ],
  [
    'whose claim it is shows on a claim of a node that has not started again',
    'STALE_INCARNATION',
    'NOT_AUTHORISED',
    (isOver) => {
      const named = { node: SOURCE, ...CLAIM, ...(isOver ? { incarnation: 9 } : {}) };
      return held().ask(OTHER_SCHEDULER, { type: 'DropInstance', ...named });
    },
  ],
  [
    'the incarnation is that of a side of the move',
    'MOVE_MISMATCH',
    'STALE_INCARNATION',
    (isOther) => {
      const scenario = held();
      claimMoveOf(scenario, 'cold');
      const instance = isOther ? 'i-2' : 'i-1';
      return scenario.ask(SCHEDULER, { type: 'CancelMove', instance, moveId: 'move-1', incarnation: 9 });
    },
  ],
  [
    'the incarnation is that of the charge to be freed, and a closed move may have none',
    'MOVE_STATE',
    'STALE_INCARNATION',
    (isClosed) => {
      const scenario = held();
      claimMoveOf(scenario, 'cold');
      advanceTo(scenario, 'cold', 'finished');
      const move = { instance: 'i-1', moveId: 'move-1' } as const;
      if (isClosed) scenario.given(AGENT, { type: 'ConfirmMove', ...move });
      const type = isClosed ? 'CancelMove' : 'ConfirmMove';
      return scenario.ask(AGENT, { type, ...move, incarnation: 9 });
    },
  ],
  [
    'what grows shows against the claim',
    'CLAIM_MISMATCH',
    'NODE_DISABLED',
    (isOther) => rebuildOn(true, rebuild('before', 3, isOther ? { claimId: 'other' } : {})),
  ],
  [
    'nothing is rebuilt during a move, whether it grows or not',
    'MOVE_OPEN',
    'NODE_DISABLED',
    (isMoving) => rebuildOn(true, rebuild('before', 3), (scenario) => isMoving && claimMoveOf(scenario, 'cold')),
  ],
  [
    'with alternates the instance is judged before the nodes',
    'INSTANCE_ALREADY_HELD',
    'NODE_DISABLED',
    (isHeld) => {
      const scenario = held();
      for (const node of [SOURCE, DESTINATION]) disable(scenario, node);
      const wanted = { node: SOURCE, alternates: [DESTINATION], request: { resources: { VCPU: 1 } } };
      return scenario.ask(SCHEDULER, { type: 'ClaimInstance', instance: isHeld ? 'i-1' : 'i-2', ...wanted });
    },
  ],
];

const placeOf = (code: RejectionCode): number => REJECTION_CODES.indexOf(code);

describe('of two broken rules', () => {
  it.each(IN_ORDER)('the first in the catalogue is named: %s, %s before %s', (_what, first, second, ask) => {
    expect(codeOf(ask(false))).toBe(second);
    expect(codeOf(ask(true))).toBe(first);
    expect(placeOf(first)).toBeLessThan(placeOf(second));
  });

  it.each(OUT_OF_ORDER)('only what can be judged is named: %s, %s before %s', (_what, first, second, ask) => {
    expect(codeOf(ask(false))).toBe(second);
    expect(codeOf(ask(true))).toBe(first);
    expect(placeOf(first)).toBeGreaterThan(placeOf(second));
  });
});
