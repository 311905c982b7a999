import { describe, expect, it } from 'vitest';
import { canonicalRecords } from '../canonical.ts';
import type { Guest } from '../command.ts';
import type { EventData } from '../event.ts';
import { AGENT, type Ask, codeOf, OPERATOR, report, SCHEDULER, type Scenario, withNode } from '../testing/scenario.ts';

const fork = (scenario: Scenario, changes: Partial<EventData['HistoryForked']> = {}): void => {
  const keptTo = scenario.events.length;
  const from = scenario.ledger.cell?.historyId ?? '';
  const data = { from, newHistoryId: `after-${keptTo}`, keptTo, lostTo: keptTo + 3, reason: 'a lost disk', ...changes };
  scenario.record([{ type: 'HistoryForked', schemaVersion: 1, data }]);
};

const claim = (instance: string, node = 'node-1'): Ask => ({
  type: 'ClaimInstance',
  node,
  instance,
  request: { resources: { VCPU: 1 } },
});

const guests = (
  scenario: Scenario,
  list: readonly Guest[],
  listed: Partial<{ complete: boolean; takenAt: number }> = {},
) =>
  scenario.ask(AGENT, {
    ...{ type: 'ReportGuests', node: 'node-1', incarnation: 1, complete: true },
    ...{ takenAt: scenario.events.length, guests: list, ...listed },
  });

const eventTypes = (scenario: Scenario, from: number): readonly string[] =>
  scenario.events.slice(from).map(({ type }) => type);

describe('a fork of the history', () => {
  it('gives the cell its new history and keeps what was before', () => {
    const scenario = withNode();
    const { length } = scenario.events;
    fork(scenario);
    expect(scenario.ledger.cell).toMatchObject({
      historyId: `after-${length}`,
      forks: [{ from: 'h1', newHistoryId: `after-${length}`, keptTo: length, lostTo: length + 3 }],
    });
    fork(scenario);
    expect(scenario.ledger.cell?.forks?.map(({ from }) => from)).toEqual(['h1', `after-${length}`]);
  });

  it('adds records to the digest and changes no other but that of the cell', () => {
    const scenario = withNode();
    const before = [...canonicalRecords(scenario.ledger)];
    const { length } = scenario.events;
    fork(scenario);
    const after = [...canonicalRecords(scenario.ledger)];
    expect(before.filter((record) => !after.includes(record))).toEqual(['["cell","main","h1",0]']);
    expect(after.filter((record) => !before.includes(record))).toEqual([
      `["cell","main","after-${length}",0]`,
      `["fork","h1","after-${length}",${length},${length + 3}]`,
      `["owes-report","node-1",${length + 1}]`,
    ]);
  });

  it.each([
    ['of another history', { from: 'h0' }],
    ['into the history it leaves', { newHistoryId: 'h1' }],
    ['that keeps what is not there', { keptTo: 1_000, lostTo: 1_000 }],
    ['that lost less than it kept', { lostTo: 1 }],
  ])('%s is damage', (_what, changes) => {
    expect(() => fork(withNode(), changes)).toThrow('cannot be applied');
  });
});

describe('a node of a cell that lost events', () => {
  it('takes no claim, no move and no growth before its agent has told all that runs there', () => {
    const scenario = withNode();
    const claimId = scenario.given(AGENT, claim('i-1'));
    fork(scenario);
    expect(codeOf(scenario.ask(AGENT, claim('i-2')))).toBe('GUEST_REPORT_OWED');
    expect(codeOf(scenario.ask(SCHEDULER, claim('i-3')))).toBe('GUEST_REPORT_OWED');
    scenario.given(AGENT, { type: 'ConfirmClaim', node: 'node-1', instance: 'i-1', claimId });
    const rebuild: Ask = {
      ...{ type: 'RebuildInstance', node: 'node-1', instance: 'i-1', claimId, stage: 'before' },
      request: { resources: { VCPU: 2 } },
    };
    expect(codeOf(scenario.ask(AGENT, rebuild))).toBe('GUEST_REPORT_OWED');
    scenario.given(AGENT, { type: 'DropInstance', node: 'node-1', instance: 'i-1', claimId });
  });

  it('is refused for it after every other reason that closes a node', () => {
    const scenario = withNode();
    fork(scenario);
    scenario.given(OPERATOR, { type: 'DisableNode', node: 'node-1', reason: 'broken' });
    expect(codeOf(scenario.ask(AGENT, claim('i-1')))).toBe('NODE_DISABLED');
  });

  it('takes claims again after a complete report, which is recorded though it shows nothing new', () => {
    const scenario = withNode();
    fork(scenario);
    const { length } = scenario.events;
    expect(guests(scenario, [])).toMatchObject({ kind: 'accepted' });
    expect(eventTypes(scenario, length)).toEqual(['GuestReportReceived']);
    expect(codeOf(scenario.ask(AGENT, claim('i-1')))).toBe('accepted');
    expect(codeOf(guests(scenario, [{ instance: 'i-1' }]))).toBe('unchanged');
  });

  it('has the guests that the ledger lost on record as drift by then', () => {
    const scenario = withNode();
    fork(scenario);
    const { length } = scenario.events;
    guests(scenario, [{ instance: 'lost-1' }]);
    expect(eventTypes(scenario, length)).toEqual(['DriftFound', 'GuestReportReceived']);
    expect(scenario.ledger.nodes.get('node-1')?.drifts).toMatchObject([{ instance: 'lost-1' }]);
  });

  it('still owes it after a partial report, or one that was taken before the loss', () => {
    const scenario = withNode();
    const takenAt = scenario.events.length;
    fork(scenario);
    guests(scenario, [], { complete: false });
    guests(scenario, [], { takenAt });
    expect(codeOf(scenario.ask(AGENT, claim('i-1')))).toBe('GUEST_REPORT_OWED');
  });

  it('still owes it after a report that shows more than one event can hold', () => {
    const scenario = withNode();
    fork(scenario);
    const list = Array.from({ length: 300 }, (_unused, place) => ({ instance: `lost-${place}` }));
    guests(scenario, list);
    expect(codeOf(scenario.ask(AGENT, claim('i-1')))).toBe('GUEST_REPORT_OWED');
    guests(scenario, list);
    expect(codeOf(scenario.ask(AGENT, claim('i-1')))).toBe('accepted');
  });

  it('owes it also when it registers for the first time afterwards, and not when it is retired', () => {
    const scenario = withNode();
    scenario.given(OPERATOR, { type: 'DisableNode', node: 'node-1', reason: 'old' });
    scenario.given(OPERATOR, { type: 'RetireNode', node: 'node-1' });
    fork(scenario);
    expect(scenario.ledger.nodes.get('node-1')?.owesReport).toBeUndefined();
    scenario.given(AGENT, { type: 'RegisterNode', node: 'node-2', bootId: 'boot-1' });
    scenario.given(AGENT, report([{ id: 'node-2', inventories: [{ class: 'VCPU', total: 8 }] }], 1, 1, 'node-2'));
    expect(codeOf(scenario.ask(AGENT, claim('i-1', 'node-2')))).toBe('GUEST_REPORT_OWED');
  });
});
