import { describe, expect, it } from 'vitest';
import type { SideOutcome } from './event.ts';
import { foldReference } from './fold.ts';
import { referenceRecords } from './records.ts';
import * as made from './testing/history.ts';
import { referenceViolations } from './violations.ts';

type Bodies = readonly made.Body[];

const OPERATOR = { role: 'operator', id: 'operator-1' };
const at = (provider: string, amount: number) => [{ provider, class: 'VCPU', amount }];
const address = { instance: 'i1', moveId: 'c7' };
const steps = (...states: Parameters<typeof made.advanced>[1][]) => states.map((to) => made.advanced('c7', to));
const confirmed = (other: SideOutcome): made.Body => ({
  type: 'MoveConfirmed',
  command: { type: 'ConfirmMove', ...address },
  data: { other },
});

const ofKind = (kind: string, bodies: Bodies) =>
  referenceRecords(foldReference(made.historyOf(...made.twoNodes, ...bodies)))
    .map((text): unknown[] => JSON.parse(text))
    .filter(([name]) => name === kind);
const charged = (...bodies: Bodies) => ofKind('inventory', bodies).map((record) => [record[1], record[12]]);
const violations = (...bodies: Bodies) =>
  referenceViolations(foldReference(made.historyOf(...made.twoNodes, ...bodies)));

const both = [
  ['n1', 2],
  ['n2', 3],
];
const running: Bodies = [made.moveClaimed(at('n2', 3)), ...steps('prepared', 'running')];
const finished: Bodies = [...running, ...steps('switched', 'finished')];

describe('a move', () => {
  it('holds both sides from its claim to its end, and changes no sum when it switches', () => {
    expect(charged(made.moveClaimed(at('n2', 3)))).toEqual(both);
    expect(charged(...running)).toEqual(both);
    expect(charged(...finished)).toEqual(both);
    expect(charged(...finished, confirmed('released'))).toEqual([
      ['n1', 0],
      ['n2', 3],
    ]);
  });

  it('takes the claim to the destination when it switches, and gives it its id when it is confirmed', () => {
    const claim = (...bodies: Bodies) =>
      ofKind('claim', bodies).map(([, id, , node, , , , , , text]) => [id, node, text]);
    const old = JSON.stringify(at('n1', 2));
    expect(claim(...running)).toEqual([['c5', 'n1', old]]);
    expect(claim(...finished)).toEqual([['c5', 'n2', old]]);
    expect(claim(...finished, confirmed('released'))).toEqual([['c7', 'n2', JSON.stringify(at('n2', 3))]]);
  });

  it('goes back to the source when it is reverted', () => {
    const reverted: made.Body = {
      type: 'MoveReverted',
      command: { type: 'RevertMove', ...address },
      data: { other: 'released' },
    };
    expect(charged(...finished, reverted)).toEqual([
      ['n1', 2],
      ['n2', 0],
    ]);
    expect(ofKind('move', [...finished, reverted]).map((record) => [record[6], record.at(-1)])).toEqual([
      ['reverted', 'destination'],
    ]);
    expect(ofKind('claim', [...finished, reverted])[0]?.slice(1, 4)).toEqual(['c5', 'i1', 'n1']);
  });

  it('marks an error and keeps both sides, once it has switched', () => {
    const failed: made.Body = {
      type: 'MoveFailed',
      command: { type: 'FailMove', ...address },
      data: { state: 'finished', isError: true },
    };
    expect(charged(...finished, failed)).toEqual(both);
    expect(ofKind('move', [...finished, failed])[0]?.[9]).toBe(true);
    expect(ofKind('move', [...finished, failed, confirmed('released')])[0]?.[9]).toBe(false);
  });

  it('leaves to somebody else what it may not free', () => {
    const left = [...finished, confirmed('releasing')];
    expect(charged(...left)).toEqual(both);
    expect(ofKind('side', left)[0]?.slice(2, 7)).toEqual(['n1', 'releasing', 12_000, 'agent', 'agent-1']);
    const command = { type: 'DropMoveClaim', ...address } as const;
    const asked: made.Body = { type: 'MoveReleaseRequested', command, data: {} };
    expect(ofKind('side', [...left, asked])[0]?.slice(3, 5)).toEqual(['releasing', 13_000]);
    for (const type of ['MoveClaimDropped', 'MoveClaimForceDropped'] as const) {
      const drop: made.Body =
        type === 'MoveClaimDropped'
          ? { type, command, data: {} }
          : { type, command: { type: 'ForceDrop', node: 'n1', ...address }, data: {} };
      expect(charged(...left, asked, drop)[0]).toEqual(['n1', 0]);
      expect(violations(...left, asked, drop)).toEqual([]);
    }
  });

  it('with replace counts on one node what it needs beyond the claim, and leaves no more than that', () => {
    const counted = at('n1', 1);
    const grow: made.Body = {
      type: 'MoveClaimed',
      command: {
        ...{ type: 'ClaimMove', kind: 'resize', instance: 'i1', source: 'n1', claimId: 'c5', destination: 'n1' },
        ...{ charge: at('n1', 3), replace: true },
      },
      data: { charge: at('n1', 3), counted },
    };
    const whole = [grow, ...steps('prepared', 'running', 'switched')];
    expect(charged(grow)[0]).toEqual(['n1', 3]);
    expect(charged(...whole)[0]).toEqual(['n1', 3]);
    expect(ofKind('side', whole)[0]?.slice(-2)).toEqual([[['n1', 'VCPU', 2, []]], []]);
    expect(ofKind('side', [...whole, confirmed('releasing')])).toEqual([]);
    expect(violations(...whole, confirmed('released'))).toEqual([]);
    expect(violations(...whole, confirmed('releasing'))).toEqual([expect.stringMatching(/leaves releasing what is/)]);
  });

  it('that evacuates leaves its source charged until the next incarnation of that node, enabled or not', () => {
    const down = { type: 'MarkNodeDown', node: 'n1', reason: 'power', fenced: false } as const;
    const whole: Bodies = [
      { type: 'NodeMarkedDown', command: down, data: {} },
      made.moveClaimed(at('n2', 3), { kind: 'evacuation' }),
      ...(['running', 'switched'] as const).map((to) => made.advanced('c8', to)),
      {
        type: 'MoveCompleted',
        command: { type: 'AdvanceMove', instance: 'i1', moveId: 'c8', to: 'completed' },
        data: { other: 'left-behind' },
      },
      made.enabled,
    ];
    const drop: made.Body = {
      type: 'MoveClaimDropped',
      command: { type: 'DropMoveClaim', instance: 'i1', moveId: 'c8' },
      data: {},
    };
    expect(charged(...whole)).toEqual(both);
    expect(violations(...whole, drop)).toEqual(['event 13: node n1 has not started again since move c8 left it']);
    expect(violations(...whole, made.registered(2), drop)).toEqual([]);
  });

  it('of a shelved instance makes its side the claim', () => {
    const offload: made.Body = {
      type: 'InstanceOffloaded',
      command: { type: 'ShelveOffload', node: 'n1', instance: 'i1', claimId: 'c5' },
      data: {},
    };
    const unshelve: made.Body = {
      type: 'MoveClaimed',
      command: { type: 'ClaimMove', kind: 'unshelve', instance: 'i1', destination: 'n2', charge: at('n2', 1) },
      data: { charge: at('n2', 1) },
    };
    const completed: made.Body = {
      type: 'MoveCompleted',
      command: { type: 'ConfirmMove', instance: 'i1', moveId: 'c8' },
      data: { other: 'released' },
    };
    expect(ofKind('offloaded', [offload])).toEqual([['offloaded', 'i1', 'c5', 'n1', '', [], 'agent', 'agent-1']]);
    const whole = [offload, unshelve, made.advanced('c8', 'running'), completed];
    expect(ofKind('offloaded', whole)).toEqual([]);
    expect(ofKind('claim', whole)[0]?.slice(1, 5)).toEqual(['c8', 'i1', 'n2', 'confirmed']);
    expect(violations(...whole)).toEqual([]);
  });

  it('ends with its instance, and what may still run waits for its node to be fenced', () => {
    const dropped: made.Body = {
      type: 'DropRequested',
      command: { type: 'DropInstance', node: 'n1', instance: 'i1', claimId: 'c5' },
      data: { move: { moveId: 'c7', other: 'releasing' } },
    };
    const down = (node: string): made.Body => ({
      type: 'NodeMarkedDown',
      command: { type: 'MarkNodeDown', node, reason: 'lost', fenced: true },
      data: {},
    });
    expect(charged(...running, dropped)).toEqual(both);
    expect(charged(...running, dropped, down('n2'))).toEqual([
      ['n1', 2],
      ['n2', 0],
    ]);
    expect(ofKind('ended', [...running, dropped, down('n2')])).toEqual([]);
    expect(ofKind('ended', [...running, dropped, down('n1')])).toEqual([['ended', 'i1']]);
  });
});

describe('violations of moves', () => {
  it('name a step that the kind does not know', () => {
    expect(violations(made.moveClaimed(at('n2', 3)), made.advanced('c7', 'switched'))).toEqual([
      'event 8: a resize goes from claimed to switched',
    ]);
  });

  it('name a second open move, and one of an unconfirmed claim', () => {
    expect(violations(made.moveClaimed(at('n2', 1)), made.moveClaimed(at('n2', 1)))[0]).toBe(
      'event 8: instance i1 is being moved already',
    );
    const fields = { instance: 'i2', claimId: 'c7' };
    expect(violations(made.claimed('i2', at('n1', 1)), made.moveClaimed(at('n2', 1), fields))).toEqual([
      'event 8: instance i2 cannot be moved as it is',
    ]);
  });

  it('are none where the agent of both nodes drops, and states the incarnation of the one it names', () => {
    const dropped: made.Body = {
      type: 'InstanceDropped',
      command: { type: 'DropInstance', node: 'n1', instance: 'i1', claimId: 'c5', incarnation: 1 },
      data: { move: { moveId: 'c7', other: 'released' } },
    };
    expect(violations(...running, made.registered(2, 'n2'), dropped)).toEqual([]);
  });

  it('name what is freed while it may still run', () => {
    const history = made.historyOf(...made.twoNodes, ...finished, confirmed('released'));
    const byOperator = history.map((event, index) => (index === 11 ? { ...event, actor: OPERATOR } : event));
    expect(referenceViolations(foldReference(byOperator))).toEqual([
      'event 12: operator operator-1 frees a charge on node n1',
    ]);
  });
});
