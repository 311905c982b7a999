import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { foldReference } from './fold.ts';
import { referenceDigest, referenceRecords } from './records.ts';
import * as made from './testing/history.ts';

const MAX = Number.MAX_SAFE_INTEGER;
const cpu = { class: 'VCPU', total: 8 };
const gpus = { class: 'GPU', total: 3, units: ['gpu-10', 'gpu-2', 'gpu-1'] };
const cpuLine = (amount: number) => ({ provider: 'n1', class: 'VCPU', amount });
const gpuLine = (...units: string[]) => ({ provider: 'n1', class: 'GPU', amount: units.length, units });

type Bodies = readonly made.Body[];

function recordsAfter(...bodies: Bodies): unknown[][] {
  return referenceRecords(foldReference(made.historyOf(...bodies))).map((text) => JSON.parse(text));
}

const ofKind = (kind: string, ...bodies: Bodies) => recordsAfter(...bodies).filter(([name]) => name === kind);

describe('canonical records', () => {
  it('name the cell, its history and the newest epoch', () => {
    expect(recordsAfter()).toEqual([]);
    expect(recordsAfter(made.founded)).toEqual([['cell', 'main', 'h1', 0]]);
    expect(recordsAfter(made.founded, made.elected(1), made.elected(2))).toEqual([['cell', 'main', 'h1', 2]]);
  });

  it('follow the status of a node', () => {
    const after = (...bodies: Bodies) => ofKind('node', made.registered(), ...bodies);
    const node = (status: string, reason = '') => [
      ['node', 'n1', 'agent-1', 1, 'boot-1', status, reason, 'unknown', 0, 0],
    ];
    expect(after()).toEqual(node('enabled'));
    expect(after(made.disabled('disk'))).toEqual(node('disabled', 'disk'));
    expect(after(made.disabled('disk'), made.disabled('fan'))).toEqual(node('disabled', 'fan'));
    expect(after(made.disabled('disk'), made.enabled)).toEqual(node('enabled'));
    expect(after(made.disabled('disk'), made.retired)).toEqual(node('retired'));
  });

  it('keep tree and charges over a registration', () => {
    const bodies: Bodies = [made.registered(), made.reported(7, made.tree(cpu)), made.claimed('i1', [cpuLine(3)])];
    const before = recordsAfter(...bodies).filter(([kind]) => kind !== 'node');
    const after = recordsAfter(...bodies, made.registered(2));
    expect(after.filter(([kind]) => kind !== 'node')).toEqual(before);
    expect(after.find(([kind]) => kind === 'node')?.slice(3)).toEqual([2, 'boot-2', 'enabled', '', 'reported', 0, 1]);
  });

  it('fill in what a first report leaves open', () => {
    expect(ofKind('inventory', made.registered(), made.reported(1, made.tree(cpu)))).toEqual([
      ['inventory', 'n1', 'n1', 'VCPU', 8, 0, 1, MAX, 1, 1_000_000, [], false, 0, []],
    ]);
  });

  it('keep reserve and ratio, and nothing else, when a report leaves them open', () => {
    const full = { ...cpu, reserved: 2, minUnit: 2, maxUnit: 4, stepSize: 2, allocationRatioMillionths: 1_500_000 };
    const history: Bodies = [made.registered(), made.reported(1, made.tree(full)), made.reported(2, made.tree(cpu))];
    expect(ofKind('inventory', ...history)).toEqual([
      ['inventory', 'n1', 'n1', 'VCPU', 8, 2, 1, MAX, 1, 1_500_000, [], false, 0, []],
    ]);
  });

  it('sort traits and aggregates, and name parents', () => {
    const providers = [
      { id: 'n1', inventories: [], traits: ['B', 'A'], aggregates: ['r2', 'r1'] },
      { id: 'n1:0', parent: 'n1', inventories: [] },
    ];
    expect(ofKind('provider', made.registered(), made.reported(1, providers))).toEqual([
      ['provider', 'n1', 'n1', '', ['A', 'B'], ['r1', 'r2'], false],
      ['provider', 'n1', 'n1:0', 'n1', [], [], false],
    ]);
  });

  it('show a claim as it was asked for and charged', () => {
    const request = { resources: { VCPU: 2 } };
    const start: Bodies = [made.registered(), made.reported(1, made.tree(cpu, gpus))];
    const charge = [cpuLine(2), gpuLine('gpu-2')];
    const claim = (status: string, text: string) => [
      ['claim', 'c3', 'i1', 'n1', status, '', [], 'agent', 'agent-1', text, chargeOf],
    ];
    const chargeOf = [
      ['n1', 'VCPU', 2, []],
      ['n1', 'GPU', 1, ['gpu-2']],
    ];
    expect(ofKind('claim', ...start, made.claimed('i1', charge, { request }))).toEqual(
      claim('unconfirmed', JSON.stringify(request)),
    );
    expect(ofKind('claim', ...start, made.claimed('i1', charge), made.confirmed('i1', 'c3'))).toEqual(
      claim('confirmed', JSON.stringify(charge)),
    );
  });

  it('sort labels by their keys', () => {
    const asked = { charge: [cpuLine(1)], tenant: 'team-a', labels: { b: '1', B: '2', a: '3' } };
    const claim = made.claimed('i1', [cpuLine(1)], asked);
    expect(ofKind('claim', made.registered(), made.reported(1, made.tree(cpu)), claim)[0]?.slice(5, 7)).toEqual([
      'team-a',
      [
        ['B', '2'],
        ['a', '3'],
        ['b', '1'],
      ],
    ]);
  });

  it('forget an aborted instance and remember a dropped one', () => {
    const start: Bodies = [made.registered(), made.reported(1, made.tree(cpu)), made.claimed('i1', [cpuLine(3)])];
    expect(ofKind('ended', ...start, made.aborted('i1', 'c3'))).toEqual([]);
    expect(ofKind('ended', ...start, made.dropped('i1', 'c3'))).toEqual([['ended', 'i1']]);
    for (const end of [made.aborted, made.dropped]) {
      expect(ofKind('claim', ...start, end('i1', 'c3'))).toEqual([]);
      expect(ofKind('inventory', ...start, end('i1', 'c3'))[0]?.slice(-2)).toEqual([0, []]);
      expect(ofKind('node', ...start, end('i1', 'c3'))[0]?.at(-1)).toBe(0);
    }
  });

  it('sum the charges and order units short before long', () => {
    const history: Bodies = [
      made.registered(),
      made.reported(1, made.tree(cpu, gpus)),
      made.claimed('i1', [cpuLine(3), gpuLine('gpu-10')]),
      made.claimed('i2', [cpuLine(4), gpuLine('gpu-2')]),
    ];
    const figures = ofKind('inventory', ...history).map((record) => [record[3], record[10], ...record.slice(-2)]);
    expect(figures).toEqual([
      ['GPU', ['gpu-1', 'gpu-2', 'gpu-10'], 2, ['gpu-2', 'gpu-10']],
      ['VCPU', [], 7, []],
    ]);
  });
});

describe('what a report leaves out', () => {
  const child = { id: 'n1:0', parent: 'n1', inventories: [gpus, { class: 'FPGA', total: 1 }] };
  const root = { id: 'n1', inventories: [cpu] };
  const bare = { id: 'n1', inventories: [] };
  const start: Bodies = [made.registered(), made.reported(1, [root, child])];
  const line = { ...gpuLine('gpu-2'), provider: 'n1:0' };
  const shown = (kind: string, ...bodies: Bodies) =>
    ofKind(kind, ...bodies).map((record) => (kind === 'provider' ? [record[2], record[6]] : [record[3], record[11]]));

  it('goes at once when nothing is charged there', () => {
    expect(shown('provider', ...start, made.reported(2, [bare]))).toEqual([['n1', false]]);
    expect(shown('inventory', ...start, made.reported(2, [bare]))).toEqual([]);
  });

  it('stays, vanished, while something is charged there', () => {
    const history: Bodies = [...start, made.claimed('i1', [line]), made.reported(2, [bare])];
    expect(shown('provider', ...history)).toEqual([
      ['n1', false],
      ['n1:0', true],
    ]);
    expect(shown('inventory', ...history)).toEqual([['GPU', true]]);
    expect(shown('inventory', ...history, made.aborted('i1', 'c3'))).toEqual([]);
    expect(shown('provider', ...history, made.aborted('i1', 'c3'))).toEqual([['n1', false]]);
  });

  it('is back when it is reported again, with the reserve it had', () => {
    const reserving = made.tree({ ...cpu, reserved: 2 });
    const history: Bodies = [made.registered(), made.reported(1, reserving), made.claimed('i1', [cpuLine(1)])];
    const back = ofKind('inventory', ...history, made.reported(2, [bare]), made.reported(3, [root]));
    expect(back).toEqual([['inventory', 'n1', 'n1', 'VCPU', 8, 2, 1, MAX, 1, 1_000_000, [], false, 1, []]]);
  });

  it('keeps a unit taken that is no longer there', () => {
    const fewer = { ...child, inventories: [{ class: 'GPU', total: 1, units: ['gpu-1'] }] };
    const history: Bodies = [...start, made.claimed('i1', [line]), made.reported(2, [root, fewer])];
    const gpu = ofKind('inventory', ...history).find((record) => record[3] === 'GPU');
    expect([gpu?.[10], gpu?.at(-1)]).toEqual([['gpu-1'], ['gpu-2']]);
  });
});

describe('the digest', () => {
  it('is zero without records and 32 hex digits with them', () => {
    expect(referenceDigest(foldReference([]))).toBe('0'.repeat(32));
    const record = createHash('sha256').update('["cell","main","h1",0]').digest('hex');
    expect(referenceDigest(foldReference(made.historyOf(made.founded)))).toBe(record.slice(0, 32));
  });

  it('sums the records modulo 2^128', () => {
    const state = foldReference(made.historyOf(made.founded, made.registered(), made.reported(1, made.tree(cpu))));
    const sum = referenceRecords(state)
      .map((text) => createHash('sha256').update(text).digest())
      .reduce((total, digest) => total + (digest.readBigUInt64BE(0) << 64n) + digest.readBigUInt64BE(8), 0n);
    expect(BigInt(`0x${referenceDigest(state)}`)).toBe(BigInt.asUintN(128, sum));
  });
});
