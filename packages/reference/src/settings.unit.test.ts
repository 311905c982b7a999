import { describe, expect, it } from 'vitest';
import type { CommandOf } from './command.ts';
import { foldReference } from './fold.ts';
import { referenceRecords } from './records.ts';
import * as made from './testing/history.ts';
import { referenceViolations } from './violations.ts';

type Bodies = readonly made.Body[];

const MAX = Number.MAX_SAFE_INTEGER;
const node = 'n1';
const cpu = { class: 'VCPU', total: 8 };
const start: Bodies = [made.registered(), made.reported(1, made.tree(cpu))];

const ofKind = (kind: string, ...bodies: Bodies) =>
  referenceRecords(foldReference(made.historyOf(...start, ...bodies)))
    .map((text): unknown[] => JSON.parse(text))
    .filter(([name]) => name === kind);
const violations = (...bodies: Bodies) => referenceViolations(foldReference(made.historyOf(...start, ...bodies)));

const policy = (...policies: CommandOf<'SetInventoryPolicy'>['policies']): made.Body => ({
  type: 'InventoryPolicySet',
  command: { type: 'SetInventoryPolicy', node, policies },
  data: {},
});
const overlay = (...targets: CommandOf<'SetOverlay'>['targets']): made.Body => ({
  type: 'OverlaySet',
  command: { type: 'SetOverlay', node, targets },
  data: {},
});
const flat = (...totals: { class: string; total: number }[]): made.Body => ({
  type: 'InventoryChanged',
  command: { type: 'ReportInventory', node, incarnation: 1, sequence: 9, mode: 'flat', totals },
  data: {},
});
const stale = (reason: string): made.Body => ({ type: 'InventoryStale', data: { node, sequence: 1, reason } });

describe('settings of a node', () => {
  it('fix figures until a report states them, and for what comes back', () => {
    const set = policy({ provider: 'n1', class: 'VCPU', reserved: 2 });
    const figures = (...bodies: Bodies) => ofKind('inventory', set, ...bodies).map((record) => record.slice(4, 6));
    expect(figures()).toEqual([[8, 2]]);
    expect(figures(made.reported(2, made.tree(cpu)))).toEqual([[8, 2]]);
    expect(figures(made.reported(2, made.tree({ ...cpu, reserved: 5 })), made.reported(3, made.tree(cpu)))).toEqual([
      [8, 5],
    ]);
    expect(figures(made.reported(2, made.tree()), made.reported(3, made.tree(cpu)))).toEqual([[8, 2]]);
  });

  it('keep of a policy what a later one leaves out', () => {
    const later = policy({ provider: 'n1', class: 'VCPU', allocationRatioMillionths: 2_000_000 });
    expect(ofKind('policy', policy({ provider: 'n1', class: 'VCPU', reserved: 0 }))).toEqual([
      ['policy', 'n1', 'n1', 'VCPU', 0, ''],
    ]);
    expect(ofKind('policy', policy({ provider: 'n1', class: 'VCPU', reserved: 2 }), later)).toEqual([
      ['policy', 'n1', 'n1', 'VCPU', 2, 2_000_000],
    ]);
  });

  it('give a provider aggregates where its reports name none', () => {
    const set = (...aggregates: string[]): made.Body => ({
      type: 'AggregatesSet',
      command: { type: 'SetAggregates', node, provider: 'n1', aggregates },
      data: {},
    });
    const again = made.reported(2, made.tree(cpu));
    expect(ofKind('provider', set('r2', 'r1'), again)[0]?.[5]).toEqual(['r1', 'r2']);
    expect(ofKind('aggregates', set('r1'), set())).toEqual([]);
  });

  it('add what the overlay names and the driver does not', () => {
    const added = { class: 'CUSTOM_SLOT', total: 4, maxUnit: 2 };
    const set = overlay({ inventories: [added, { class: 'VCPU', total: 1 }], traits: ['CUSTOM_GOLD'] });
    expect(ofKind('added', set)).toEqual([['added', 'n1', 'n1', ['CUSTOM_SLOT'], ['CUSTOM_GOLD']]]);
    expect(ofKind('inventory', set).map((record) => record.slice(3, 8))).toEqual([
      ['CUSTOM_SLOT', 4, 0, 1, 2],
      ['VCPU', 8, 0, 1, MAX],
    ]);
    expect(ofKind('provider', set)[0]?.[4]).toEqual(['CUSTOM_GOLD']);
    expect(ofKind('added', set, overlay())).toEqual([]);
    const taken = made.claimed('i1', [{ provider: 'n1', class: 'CUSTOM_SLOT', amount: 1 }]);
    expect(ofKind('inventory', set, taken, overlay())[0]?.slice(10)).toEqual([[], true, 1, []]);
  });
});

describe('the inventory of a node', () => {
  it('gets new totals from a flat report and keeps the rest', () => {
    const full = made.reported(2, made.tree({ ...cpu, maxUnit: 4 }, { class: 'DISK_GB', total: 9 }));
    expect(ofKind('inventory', full, flat({ class: 'VCPU', total: 5 })).map((record) => record.slice(3, 8))).toEqual([
      ['DISK_GB', 9, 0, 1, MAX],
      ['VCPU', 5, 0, 1, 4],
    ]);
  });

  it('is stale from the first reason on, until it is reported again', () => {
    expect(ofKind('stale', stale('silent'), stale('broken'))).toEqual([['stale', 'n1', 3_000, 'broken']]);
    expect(ofKind('node', stale('silent'), made.registered(2))[0]?.slice(7, 9)).toEqual(['stale', 0]);
    expect(ofKind('stale', stale('silent'), made.reported(2, made.tree(cpu)))).toEqual([]);
    expect(violations(stale('silent'), made.claimed('i1', [{ provider: 'n1', class: 'VCPU', amount: 1 }]))).toEqual([
      'event 4: node n1 takes no claims: enabled, inventory stale',
    ]);
  });

  it('passes charges on to other providers, and forgets what had vanished', () => {
    const grown = [
      { id: 'n1', inventories: [] },
      { id: 'n1.a', parent: 'n1', inventories: [cpu] },
    ];
    const shape: made.Body = {
      type: 'ChargesReshaped',
      command: { type: 'Reshape', node, incarnation: 1, rules: [{ class: 'VCPU', from: 'n1', to: 'n1.a' }] },
      data: {},
    };
    const claim = made.claimed('i1', [{ provider: 'n1', class: 'VCPU', amount: 3 }]);
    const after = ofKind('inventory', claim, made.reported(2, grown), shape);
    expect(after.map((record) => [record[2], record[12]])).toEqual([['n1.a', 3]]);
  });
});

describe('drifts', () => {
  const claim = made.claimed('i1', [{ provider: 'n1', class: 'VCPU', amount: 3 }]);
  const found: made.Body = {
    type: 'DriftFound',
    data: { node, found: [{ kind: 'guest-missing', instance: 'i1', details: { claimId: 'c3' } }], cleared: [] },
  };
  const heal: made.Body = {
    type: 'DriftHealed',
    data: {
      ...{ node, policy: 'heal-all' },
      healed: [{ kind: 'guest-missing', instance: 'i1', effect: 'freed', claimId: 'c3' }],
    },
  };
  const allow: made.Body = {
    type: 'DriftPolicySet',
    command: { type: 'SetDriftPolicy', node, policy: 'heal-all', mayFree: 5 },
    data: {},
  };

  it('are open until they are healed, which uses up what the operator allowed', () => {
    const history = [claim, made.confirmed('i1', 'c3'), found, allow];
    expect(ofKind('drift', ...history)).toEqual([
      ['drift', 'n1', 'guest-missing', 'i1', '', 5_000, 5, 1, '{"claimId":"c3"}'],
    ]);
    expect(ofKind('drift', ...history, heal)).toEqual([]);
    expect(ofKind('ended', ...history, heal)).toEqual([['ended', 'i1']]);
    expect(ofKind('drift-policy', ...history, heal)).toEqual([['drift-policy', 'n1', 'heal-all', 0]]);
    expect(violations(...history, heal)).toEqual([]);
  });

  it('that are healed without being open, or against the policy, are violations', () => {
    expect(violations(claim, allow, heal)).toEqual(['event 5: no guest-missing of instance i1 is open on node n1']);
    expect(violations(claim, found, heal)).toEqual([
      'event 5: heals by policy heal-all where observe holds',
      'event 5: policy observe heals guest-missing of instance i1',
    ]);
  });
});

describe('an atomic batch', () => {
  it('is applied in order, under ids of its own', () => {
    const charge = [{ provider: 'n1', class: 'VCPU', amount: 8 }];
    const address = { node, instance: 'i1', claimId: 'c3' };
    const swap: made.Body = {
      type: 'AtomicBatchApplied',
      command: {
        type: 'AtomicBatch',
        commands: [
          { type: 'ClaimInstance', instance: 'i2', charge },
          { type: 'ConfirmClaim', ...address },
          { type: 'AbortClaim', ...address },
        ],
      },
      data: { parts: [{ type: 'InstanceClaimed', data: { node, charge } }, null, { type: 'ClaimAborted', data: {} }] },
    };
    expect(ofKind('claim', made.claimed('i1', charge), swap).map((record) => record.slice(1, 3))).toEqual([
      ['c4.0', 'i2'],
    ]);
    expect(violations(made.claimed('i1', charge), swap)).toEqual([]);
  });
});
