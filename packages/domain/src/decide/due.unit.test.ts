import { describe, expect, it } from 'vitest';
import { AGENT, chargedOn, codeOf, SCHEDULER, type Scenario } from '../testing/scenario.ts';
import { advanceTo, claimMoveOf, DESTINATION, hold, SOURCE, withTwoNodes } from '../testing/two-nodes.ts';
import { dueDecisions } from './due.ts';

const claimFor = (scenario: Scenario, instance: string, ttlMs: number): number => {
  const request = { resources: { VCPU: 1 } };
  scenario.given(SCHEDULER, { type: 'ClaimInstance', node: SOURCE, instance, request, ttlMs }, `claim-${instance}`);
  return scenario.events.at(-1)?.at ?? 0;
};

describe('a claim with a time to live', () => {
  it('expires by a recorded decision at its time, and is forgotten', () => {
    const scenario = withTwoNodes();
    const claimedAt = claimFor(scenario, 'i-1', 5_000);
    expect(dueDecisions(scenario.ledger, claimedAt + 4_999, 0)).toEqual([]);
    const due = dueDecisions(scenario.ledger, claimedAt + 5_000, 0);
    expect(due).toEqual([
      { type: 'ClaimExpired', schemaVersion: 1, data: { node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } },
    ]);
    scenario.record(due);
    expect(chargedOn(scenario.ledger)).toEqual({});
    expect(scenario.ledger.instances.size + scenario.ledger.expiring.size).toBe(0);
  });

  it('is confirmed by the order of the log, late or not, and never expires then', () => {
    const scenario = withTwoNodes();
    const claimedAt = claimFor(scenario, 'i-1', 5_000);
    scenario.pass(9_000);
    const confirm = { type: 'ConfirmClaim', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
    expect(codeOf(scenario.ask(AGENT, confirm))).toBe('accepted');
    expect(dueDecisions(scenario.ledger, claimedAt + 90_000, 0)).toEqual([]);
  });

  it('refuses a confirmation after its expiry: log order decides', () => {
    const scenario = withTwoNodes();
    const claimedAt = claimFor(scenario, 'i-1', 5_000);
    scenario.record(dueDecisions(scenario.ledger, claimedAt + 5_000, 0));
    const confirm = { type: 'ConfirmClaim', node: SOURCE, instance: 'i-1', claimId: 'claim-i-1' } as const;
    expect(codeOf(scenario.ask(AGENT, confirm))).toBe('CLAIM_NOT_FOUND');
  });

  it.each([
    { ttlMs: 5_000, graceMs: 5_000 },
    { ttlMs: 600_000, graceMs: 60_000 },
  ])('of $ttlMs ms expires no earlier than $graceMs ms after an election', ({ ttlMs, graceMs }) => {
    const scenario = withTwoNodes();
    const electedAt = claimFor(scenario, 'i-1', ttlMs) + ttlMs;
    expect(dueDecisions(scenario.ledger, electedAt + graceMs - 1, electedAt)).toEqual([]);
    expect(dueDecisions(scenario.ledger, electedAt + graceMs, electedAt)).toHaveLength(1);
  });

  it('waits its turn: the oldest 64 in one call', () => {
    const scenario = withTwoNodes(200);
    for (let index = 0; index < 70; index += 1) claimFor(scenario, `i-${index}`, 90_000 - index * 1_000);
    const due = dueDecisions(scenario.ledger, 1_000_000, 0);
    expect(due).toHaveLength(64);
    expect(due[0]).toMatchObject({ data: { instance: 'i-69' } });
  });
});

describe('a finished move', () => {
  it('is confirmed after the configured window, its source releasing until its agent drops it', () => {
    const scenario = withTwoNodes();
    hold(scenario, 'i-1', { VCPU: 2 });
    claimMoveOf(scenario, 'resize');
    advanceTo(scenario, 'resize', 'finished');
    const finishedAt = scenario.events.at(-1)?.at ?? 0;
    const { cell } = scenario.ledger;
    if (cell === undefined) throw new Error('no cell');
    expect(dueDecisions(scenario.ledger, finishedAt + 900_000, 0)).toEqual([]);
    scenario.ledger.cell = { ...cell, policies: { ...cell.policies, autoConfirmAfterMs: 60_000 } };
    expect(dueDecisions(scenario.ledger, finishedAt + 59_999, 0)).toEqual([]);
    const due = dueDecisions(scenario.ledger, finishedAt + 60_000, 0);
    expect(due).toEqual([
      {
        type: 'MoveAutoConfirmed',
        schemaVersion: 1,
        data: { instance: 'i-1', moveId: 'move-1', other: 'releasing' },
      },
    ]);
    scenario.record(due);
    expect(scenario.ledger.instances.get('i-1')).toMatchObject({ claim: { claimId: 'move-1', node: DESTINATION } });
    expect(scenario.ledger.finished.size).toBe(0);
  });

  it('does not wait behind claims that expire', () => {
    const scenario = withTwoNodes(200);
    hold(scenario, 'i-1', { VCPU: 2 });
    claimMoveOf(scenario, 'resize');
    advanceTo(scenario, 'resize', 'finished');
    for (let index = 0; index < 70; index += 1) claimFor(scenario, `ttl-${index}`, 5_000);
    const { cell } = scenario.ledger;
    if (cell === undefined) throw new Error('no cell');
    scenario.ledger.cell = { ...cell, policies: { ...cell.policies, autoConfirmAfterMs: 60_000 } };
    const due = dueDecisions(scenario.ledger, (scenario.events.at(-1)?.at ?? 0) + 900_000, 0);
    expect(due.map(({ type }) => type)).toEqual([...Array(64).fill('ClaimExpired'), 'MoveAutoConfirmed']);
  });
});
