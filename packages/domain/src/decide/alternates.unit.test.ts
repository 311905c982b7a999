import { describe, expect, it } from 'vitest';
import { canonicalRecords } from '../canonical.ts';
import { AGENT, codeOf, OPERATOR, SCHEDULER } from '../testing/scenario.ts';
import { DESTINATION, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';

const claim = (vcpus: number, alternates: readonly string[]) =>
  ({
    type: 'ClaimInstance',
    node: SOURCE,
    instance: 'i-1',
    request: { resources: { VCPU: vcpus } },
    alternates,
  }) as const;

describe('a claim with alternates', () => {
  it('goes to the first node that fits, and says why the others did not', () => {
    const scenario = withTwoNodes();
    scenario.given(OPERATOR, { type: 'DisableNode', node: SOURCE, reason: 'service' });
    expect(scenario.ask(SCHEDULER, claim(2, ['node-9', DESTINATION]), 'claim-1')).toMatchObject({
      events: [
        {
          type: 'InstanceClaimed',
          data: {
            node: DESTINATION,
            passedOver: [
              { node: SOURCE, code: 'NODE_DISABLED' },
              { node: 'node-9', code: 'NODE_NOT_FOUND' },
            ],
          },
        },
      ],
    });
    expect(scenario.ask(SCHEDULER, claim(2, ['node-9', DESTINATION]))).toMatchObject({
      kind: 'unchanged',
      result: { claimId: 'claim-1', node: DESTINATION },
    });
  });

  it('is refused once for all of them, with the reasons of each', () => {
    const scenario = withTwoNodes();
    scenario.given(OPERATOR, { type: 'DisableNode', node: DESTINATION, reason: 'service' });
    expect(scenario.ask(SCHEDULER, claim(9, [DESTINATION]))).toMatchObject({
      rejection: {
        code: 'NO_CAPACITY',
        details: {
          node: SOURCE,
          nodes: [
            { node: SOURCE, code: 'NO_CAPACITY', rules: [{ class: 'VCPU', requested: 9, headroom: 8 }] },
            { node: DESTINATION, code: 'NODE_DISABLED' },
          ],
        },
      },
    });
  });

  it('says of each node where the search for room reached its limit', () => {
    const scenario = withTwoNodes();
    const { cell } = scenario.ledger;
    if (cell === undefined) throw new Error('no cell');
    scenario.ledger.cell = { ...cell, policies: { ...cell.policies, fitWorkLimit: 0 } };
    const groups = ['a', 'b'].map((name) => ({ name, resources: { VCPU: 3 } }));
    const code = 'REQUEST_TOO_COMPLEX';
    expect(scenario.ask(SCHEDULER, { ...claim(1, [DESTINATION]), request: { groups } })).toMatchObject({
      rejection: {
        code,
        details: {
          node: SOURCE,
          workLimit: 0,
          nodes: [SOURCE, DESTINATION].map((node) => ({ node, code, workLimit: 0, rules: [] })),
        },
      },
    });
  });

  it('passes over a first node that nobody knows, and asks each node once', () => {
    const scenario = withTwoNodes();
    const unknown = { ...claim(2, [SOURCE]), node: 'node-9' };
    expect(scenario.ask(SCHEDULER, unknown)).toMatchObject({
      events: [{ data: { node: SOURCE, passedOver: [{ node: 'node-9', code: 'NODE_NOT_FOUND' }] } }],
    });
    const other = { ...unknown, instance: 'i-2' };
    expect(scenario.ask(SCHEDULER, { ...other, alternates: ['node-8'] })).toMatchObject({
      rejection: {
        code: 'NODE_NOT_FOUND',
        details: {
          node: 'node-9',
          nodes: [
            { node: 'node-9', code: 'NODE_NOT_FOUND' },
            { node: 'node-8', code: 'NODE_NOT_FOUND' },
          ],
        },
      },
    });
    expect(scenario.ask(SCHEDULER, { ...claim(9, [SOURCE]), instance: 'i-2' })).toMatchObject({
      rejection: { details: { nodes: [{ node: SOURCE, code: 'NO_CAPACITY' }] } },
    });
  });

  it('is for nodes of its own when an agent asks, and names the one that is not', () => {
    const scenario = withTwoNodes();
    expect(scenario.ask(AGENT, claim(9, [DESTINATION]))).toMatchObject({
      rejection: { code: 'NOT_AUTHORISED', details: { node: DESTINATION } },
    });
    expect(codeOf(scenario.ask(AGENT, { ...claim(9, [SOURCE]), node: DESTINATION }))).toBe('NOT_AUTHORISED');
  });
});

it('a claim records the groups it names, and keeps them through a shelving', () => {
  const scenario = withTwoNodes();
  const groups = [{ id: 'web', rule: 'anti-affinity', maxPerNode: 1 }] as const;
  const claimId = scenario.given(SCHEDULER, { ...claim(1, []), groups });
  const text = '["groups","i-1",[["web","anti-affinity",1]]]';
  expect([...canonicalRecords(scenario.ledger)]).toContain(text);
  scenario.given(AGENT, { type: 'ConfirmClaim', node: SOURCE, instance: 'i-1', claimId });
  scenario.given(AGENT, { type: 'ShelveOffload', node: SOURCE, instance: 'i-1', claimId });
  expect([...canonicalRecords(scenario.ledger)]).toContain(text);
});
