import { describe, expect, it } from 'vitest';
import { foldReference } from './fold.ts';
import * as made from './testing/history.ts';
import { referenceViolations } from './violations.ts';

const gpus = { class: 'GPU', total: 2, units: ['a', 'b'] };
const start: readonly made.Body[] = [
  made.registered(),
  made.reported(1, made.tree({ class: 'VCPU', total: 5, reserved: 1, allocationRatioMillionths: 1_500_000 }, gpus)),
];
const cpu = (amount: number) => [{ provider: 'n1', class: 'VCPU', amount }];
const gpu = (...units: string[]) => [{ provider: 'n1', class: 'GPU', amount: units.length, units }];

const violationsAfter = (...bodies: readonly made.Body[]) =>
  referenceViolations(foldReference(made.historyOf(...start, ...bodies)));

describe('violations', () => {
  it('are none in a history that keeps the rules', () => {
    expect(
      violationsAfter(
        ...[made.claimed('i1', cpu(4)), made.claimed('i2', [...cpu(2), ...gpu('a')]), made.confirmed('i1', 'c3')],
        ...[made.dropped('i1', 'c3'), made.aborted('i2', 'c4'), made.claimed('i2', [...cpu(6), ...gpu('a')])],
        ...[made.aborted('i2', 'c8'), made.retired],
      ),
    ).toEqual([]);
  });

  it('are none when an inventory shrinks under its charges', () => {
    const shrunk = made.tree({ class: 'VCPU', total: 1 });
    expect(violationsAfter(made.claimed('i1', [...cpu(6), ...gpu('b')]), made.reported(2, shrunk))).toEqual([]);
  });

  it('name a claim beyond the capacity of that moment', () => {
    const over = made.claimed('i2', cpu(3));
    expect(violationsAfter(made.claimed('i1', cpu(4)), over, made.dropped('i1', 'c3'))).toEqual([
      'event 4: c4 on n1 VCPU: 4 + 3 of 6',
    ]);
    expect(violationsAfter(made.claimed('i1', [...cpu(4), ...cpu(4)]))).not.toEqual([]);
  });

  it('name a claim on what has vanished', () => {
    const gone = made.reported(2, made.tree(gpus));
    expect(violationsAfter(made.claimed('i1', cpu(1)), gone, made.claimed('i2', cpu(1)))).toEqual([
      'event 5: c5 on n1 VCPU: 1 + 1 of 0',
    ]);
  });

  it.each([0, -1, 0.5, 2 ** 53])('name an amount of %d', (amount) => {
    expect(violationsAfter(made.claimed('i1', cpu(amount)))).toContain(
      `event 3: c3 on n1 VCPU: an amount of ${amount}`,
    );
  });

  it('name an instance held twice', () => {
    expect(violationsAfter(made.claimed('i1', cpu(1)), made.claimed('i1', cpu(1)))).toEqual([
      'event 4: instance i1 is held on node n1 by claim c3',
    ]);
  });

  it('name an ended instance that is claimed again', () => {
    const again = made.claimed('i1', cpu(1));
    expect(violationsAfter(made.claimed('i1', cpu(1)), made.dropped('i1', 'c3'), again)).toEqual([
      'event 5: instance i1 has ended',
      'ended i1 is there',
    ]);
  });

  it('name a unit taken twice, unknown or uncounted', () => {
    expect(violationsAfter(made.claimed('i1', gpu('a')), made.claimed('i2', gpu('a')))).toEqual([
      'event 4: c4 on n1 GPU: unit a is taken twice',
      'unit n1 GPU a is taken more than once',
    ]);
    expect(violationsAfter(made.claimed('i1', gpu('c')))).toEqual(['event 3: c3 on n1 GPU: unit c is not there']);
    expect(violationsAfter(made.claimed('i1', [{ provider: 'n1', class: 'GPU', amount: 1 }]))).toEqual([
      'event 3: c3 on n1 GPU: an amount of 1 with 0 units',
    ]);
  });

  it('name a charge on an inventory that is not there', () => {
    expect(violationsAfter(made.claimed('i1', [{ provider: 'n2', class: 'VCPU', amount: 1 }]))).toEqual([
      'event 3: c3 on n2 VCPU: node n1 has no such inventory',
      'claim i1 is charged to n2 VCPU, which is not there',
    ]);
  });

  it.each([
    ['confirmed', made.confirmed],
    ['aborted', made.aborted],
    ['dropped', made.dropped],
  ])('name a claim that is %s and not there', (_, end) => {
    expect(violationsAfter(made.claimed('i1', cpu(1)), end('i1', 'c2'))).toEqual([
      'event 4: instance i1 has no live claim c2 on node n1',
    ]);
  });

  it.each([
    ['a confirmed claim aborted', [made.claimed('i1', cpu(1)), made.confirmed('i1', 'c3'), made.aborted('i1', 'c3')]],
    ['a node retired with claims', [made.claimed('i1', cpu(1)), made.retired]],
    ['a retired node enabled', [made.retired, made.enabled]],
    ['a claim on a disabled node', [made.disabled('disk'), made.claimed('i1', cpu(1))]],
    ['an older report', [made.reported(1, made.tree(gpus))]],
    ['an incarnation left out', [made.registered(3)]],
    ['an unknown node', [made.reported(1, [], 'n2')]],
    ['a provider of two nodes', [made.registered(1, 'n2'), made.reported(1, made.tree(gpus), 'n2')]],
    ['an epoch that is not newer', [made.elected(2), made.elected(2)]],
  ] as const)('name %s', (_, bodies) => {
    expect(violationsAfter(...bodies)).toHaveLength(1);
  });

  it('name a sum that was counted and is not that of the charges', () => {
    const state = foldReference(made.historyOf(...start, made.claimed('i1', cpu(2))));
    for (const place of state.nodes.get('n1')?.places ?? []) {
      place.charged += 1;
    }
    expect(referenceViolations(state)).toEqual(['3 is counted on n1 VCPU, the charges are 2']);
  });

  it('name a gap in the numbers', () => {
    const [first, , third] = made.historyOf(made.founded, made.elected(1), made.elected(2));
    const state = foldReference([first, third].filter((event) => event !== undefined));
    expect(referenceViolations(state)).toEqual(['event 3: follows event 1']);
  });

  it('do not cover events without their command: those are no events', () => {
    const [event] = made.historyOf({ type: 'NodeEnabled', data: {} });
    expect(() => foldReference(event === undefined ? [] : [event])).toThrow(/does not carry EnableNode/);
  });
});
