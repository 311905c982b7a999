import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import type { Actor, Command, ReportedProvider } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import {
  addNode,
  agentOf,
  claimOf,
  foundHistory,
  OPERATOR,
  ORIGIN_OF_TESTS,
  SCHEDULER,
} from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { pastOf } from '../testing/past-of.ts';

type Body<Kind> = Kind extends Command ? Omit<Kind, 'origin'> : never;

const ROOT = { id: 'n.root', inventories: [{ class: 'VCPU', total: 8 }] };

/** What differs since the node `n` had reported, once these have been decided. */
async function differenceAfter(...steps: readonly (readonly [Actor, Body<Command>, string?])[]) {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'm', [{ id: 'm.root', inventories: [{ class: 'VCPU', total: 8 }] }]);
  addNode(writer, 'n', [ROOT]);
  writer.decide(SCHEDULER, claimOf('m', 'i1', { resources: { VCPU: 1 } }), 'claim-i1');
  writer.decide(SCHEDULER, { type: 'ConfirmClaim', origin: ORIGIN_OF_TESTS, ...HELD }, 'confirm-i1');
  const from = writer.number;
  for (const [actor, body, id] of steps) {
    writer.decide(actor, { origin: ORIGIN_OF_TESTS, ...body }, id);
  }
  await writer.flush();
  expect(writer.number).toBe(from + steps.length);
  const reply = await pastOf(log).ask('diff', { from: String(writer.number - 1), to: String(writer.number) });
  return ANSWER_SCHEMAS.diff.parse(reply.outcome === 'answer' ? reply.answer : reply.error);
}

const HELD = { node: 'm', instance: 'i1', claimId: 'claim-i1' };
const CHANGED = { added: 0, removed: 0, changed: 1 };

function report(providers: readonly ReportedProvider[], sequence = 2): readonly [Actor, Body<Command>] {
  const facts = { node: 'n', incarnation: 1, sequence, mode: 'full', providers } as const;
  return [agentOf('n'), { type: 'ReportInventory', ...facts }];
}

describe('a difference', () => {
  it('is where a provider has other traits or aggregates, or came', async () => {
    const names = { type: 'SetAggregates', node: 'n', provider: 'n.root', aggregates: ['rack-1'] } as const;
    const before = { traits: [], aggregates: [] };
    const disk = { id: 'n.disk', parent: 'n.root', inventories: [] };
    for (const [step, provider] of [
      [[OPERATOR, names], { provider: 'n.root', before, after: { traits: [], aggregates: ['rack-1'] } }],
      [
        report([{ ...ROOT, traits: ['CUSTOM_FAST'] }]),
        { provider: 'n.root', before, after: { traits: ['CUSTOM_FAST'], aggregates: [] } },
      ],
      [report([ROOT, disk]), { provider: 'n.disk', after: before }],
    ] as const) {
      expect(await differenceAfter(step)).toMatchObject({
        ...{ isSame: false, counts: { nodes: CHANGED } },
        nodes: [{ node: 'n', classes: [], providers: [provider] }],
      });
    }
  });

  it('is where an inventory has another bound, ratio or unit', async () => {
    const having = (inventory: ReportedProvider['inventories'][number]) => [{ ...ROOT, inventories: [inventory] }];
    const stand = { total: 8, minUnit: 1, stepSize: 1, allocationRatio: 1 };
    expect(await differenceAfter(report(having({ class: 'VCPU', total: 8, maxUnit: 4 })))).toMatchObject({
      inventory: [{ class: 'VCPU', before: stand, after: { ...stand, maxUnit: 4 } }],
    });
    const slot = (unit: string) => having({ class: 'CUSTOM_SLOT', total: 1, units: [unit] });
    expect(await differenceAfter(report(slot('u0')), report(slot('u1'), 3))).toMatchObject({
      ...{ isSame: false, counts: { inventory: CHANGED } },
      inventory: [{ before: { units: ['u0'] }, after: { units: ['u1'] } }],
    });
  });

  it('is where a node that is down is fenced, may be taken over, or fails its builds', async () => {
    const down = (fenced: boolean) => [OPERATOR, { type: 'MarkNodeDown', node: 'n', reason: 'dark', fenced }] as const;
    expect(await differenceAfter(down(false), down(true))).toMatchObject({
      nodes: [{ before: { status: 'down' }, after: { status: 'down', isFenced: true } }],
    });
    expect(await differenceAfter([OPERATOR, { type: 'TransferNode', node: 'n', owner: 'agent-2' }])).toMatchObject({
      nodes: [{ after: { owner: 'agent-n', transferTo: 'agent-2' } }],
    });
    const build = { type: 'ReportBuildResult', node: 'n', instance: 'i9', result: 'failed' } as const;
    const builds = Array.from({ length: 10 }, () => [agentOf('n'), build] as const);
    expect(await differenceAfter(...builds)).toMatchObject({ nodes: [{ after: { isSuspect: true } }] });
    expect(await differenceAfter(...builds.slice(1))).toMatchObject({ isSame: true });
  });

  it('is where a move is in error', async () => {
    const { node: source, ...claim } = HELD;
    const move = { type: 'ClaimMove', kind: 'live', ...claim, source, destination: 'n' } as const;
    const advance = (['prepared', 'running', 'switched'] as const).map(
      (to) => [agentOf('n'), { type: 'AdvanceMove', instance: 'i1', moveId: 'move-1', to }] as const,
    );
    const fail = { type: 'FailMove', instance: 'i1', moveId: 'move-1', reason: 'stuck' } as const;
    expect(await differenceAfter([SCHEDULER, move, 'move-1'], ...advance, [OPERATOR, fail])).toMatchObject({
      ...{ isSame: false, counts: { moves: CHANGED } },
      moves: [{ moveId: 'move-1', before: { state: 'switched' }, after: { state: 'switched', isError: true } }],
    });
  });
});
