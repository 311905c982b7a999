import { describe, expect, it } from 'vitest';
import type { Actor } from '../actor.ts';
import { canonicalRecords } from '../canonical.ts';
import { AGENT, type Ask, codeOf, OPERATOR, SCHEDULER, type Scenario } from '../testing/scenario.ts';
import { claimMoveOf, DESTINATION, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';
import { CLAIM_TABLE, type ClaimCommandType, type ClaimState, claimStateOf } from './claim-table.ts';

const NAMED = { node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
const REQUEST = { resources: { VCPU: 1 } } as const;

/** Brings `i-1` into a state. */
const SETUP: Readonly<Record<ClaimState, (scenario: Scenario) => void>> = {
  none: () => undefined,
  unconfirmed: (scenario) => {
    const claim = {
      type: 'ClaimInstance',
      node: SOURCE,
      instance: 'i-1',
      request: { resources: { VCPU: 2 } },
    } as const;
    scenario.given(SCHEDULER, claim, 'claim-i-1');
  },
  confirmed: (scenario) => {
    hold(scenario, 'i-1', { VCPU: 2 });
  },
  moving: (scenario) => {
    hold(scenario, 'i-1', { VCPU: 2 });
    claimMoveOf(scenario, 'resize');
  },
  releasing: (scenario) => {
    hold(scenario, 'i-1', { VCPU: 2 });
    scenario.given(OPERATOR, { type: 'ShelveOffload', ...NAMED });
  },
  offloaded: (scenario) => {
    hold(scenario, 'i-1', { VCPU: 2 });
    scenario.given(AGENT, { type: 'ShelveOffload', ...NAMED });
  },
  unshelving: (scenario) => {
    hold(scenario, 'i-1', { VCPU: 2 });
    claimMoveOf(scenario, 'unshelve');
  },
  ended: (scenario) => {
    hold(scenario, 'i-1', { VCPU: 2 });
    scenario.given(AGENT, { type: 'DropInstance', ...NAMED });
  },
};

const BODIES: Readonly<Record<ClaimCommandType, readonly [Actor, Ask]>> = {
  ClaimInstance: [SCHEDULER, { type: 'ClaimInstance', node: SOURCE, instance: 'i-1', request: REQUEST }],
  ConfirmClaim: [AGENT, { type: 'ConfirmClaim', ...NAMED }],
  AbortClaim: [AGENT, { type: 'AbortClaim', ...NAMED }],
  DropInstance: [AGENT, { type: 'DropInstance', ...NAMED }],
  ShelveOffload: [AGENT, { type: 'ShelveOffload', ...NAMED }],
  RebuildInstance: [AGENT, { type: 'RebuildInstance', ...NAMED, stage: 'before', request: { resources: { VCPU: 4 } } }],
  AdoptInstance: [
    OPERATOR,
    {
      type: 'AdoptInstance',
      node: SOURCE,
      instance: 'i-1',
      charge: [{ provider: `${SOURCE}-root`, class: 'VCPU', amount: 1 }],
    },
  ],
  ForceDrop: [OPERATOR, { type: 'ForceDrop', ...NAMED, reason: 'test' }],
  ClaimMove: [
    SCHEDULER,
    {
      type: 'ClaimMove',
      kind: 'cold',
      instance: 'i-1',
      source: SOURCE,
      claimId: 'claim-i-1',
      destination: DESTINATION,
    },
  ],
  Unshelve: [
    SCHEDULER,
    { type: 'ClaimMove', kind: 'unshelve', instance: 'i-1', destination: DESTINATION, request: REQUEST },
  ],
};

const isState = (name: string): name is ClaimState => name in SETUP;
const isCommand = (name: string): name is ClaimCommandType => name in BODIES;

const CELLS = Object.keys(CLAIM_TABLE)
  .filter(isState)
  .flatMap((state) =>
    Object.keys(BODIES)
      .filter(isCommand)
      .map((type) => ({ state, type, transition: CLAIM_TABLE[state][type] })),
  );

describe('the table of claims', () => {
  it.each(CELLS)('$state × $type is decided as the table says', ({ state, type, transition }) => {
    const scenario = withTwoNodes();
    SETUP[state](scenario);
    expect(claimStateOf(scenario.ledger.instances.get('i-1'))).toBe(state);
    const before = [...canonicalRecords(scenario.ledger)];
    const [actor, body] = BODIES[type];
    const decision = scenario.ask(actor, body);
    const after = claimStateOf(scenario.ledger.instances.get('i-1'));
    if (transition.kind === 'reach') {
      expect(codeOf(decision)).toBe('accepted');
      expect(after).toBe(transition.state);
    } else {
      expect(codeOf(decision)).toBe(transition.kind === 'refuse' ? transition.code : 'unchanged');
      expect([...canonicalRecords(scenario.ledger)]).toEqual(before);
    }
  });
});
