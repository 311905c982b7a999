import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import type { Actor, Command } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { addNode, agentOf, foundHistory, ORIGIN_OF_TESTS, SCHEDULER } from '@fleetbook/projector/testing';
import { expect, it } from 'vitest';
import { pastOf } from '../testing/past-of.ts';

type Body<Kind> = Kind extends Command ? Omit<Kind, 'origin'> : never;

const SLOT = { resources: { CUSTOM_SLOT: 1 } };

/** Two nodes with the slots s0 and s1 each; whoever has one is explained by the command that gave it. */
async function twoNodes() {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  for (const node of ['m', 'n']) {
    addNode(writer, node, [
      { id: `${node}.root`, inventories: [{ class: 'CUSTOM_SLOT', total: 2, units: ['s0', 's1'] }] },
    ]);
  }
  const ask = (actor: Actor, body: Body<Command>, id?: string): void => {
    writer.decide(actor, { origin: ORIGIN_OF_TESTS, ...body }, id);
  };
  const advance = (instance: string, moveId: string, ...states: readonly ('prepared' | 'running' | 'switched')[]) => {
    for (const to of states) {
      ask(agentOf('n'), { type: 'AdvanceMove', instance, moveId, to });
    }
  };
  return {
    ask,
    advance,
    hold(instance: string): void {
      ask(SCHEDULER, { type: 'ClaimInstance', node: 'm', instance, request: SLOT }, `claim-${instance}`);
      ask(SCHEDULER, { type: 'ConfirmClaim', node: 'm', instance, claimId: `claim-${instance}` });
    },
    move(instance: string, kind: 'cold' | 'live'): void {
      const facts = { instance, source: 'm', claimId: `claim-${instance}`, destination: 'n' };
      ask(SCHEDULER, { type: 'ClaimMove', kind, ...facts }, `move-${instance}`);
    },
    async givenBy(node: string, unit: string): Promise<string> {
      await writer.flush();
      const reply = await pastOf(log, { segmentEvents: 5 }).ask('explain', { node, unit });
      const events = reply.outcome === 'answer' ? ANSWER_SCHEMAS.explain.parse(reply.answer).events : [];
      return reply.outcome === 'error' ? reply.error.code : (events[0]?.commandId ?? '');
    },
  };
}

it('a unit is explained by what gave it, at both sides of a move and whatever happened since', async () => {
  const { ask, advance, hold, move, givenBy } = await twoNodes();
  hold('i1');
  move('i1', 'live');
  const state = { vm: 'active' };
  ask(agentOf('m'), { type: 'ReportInstanceState', node: 'm', instance: 'i1', claimId: 'claim-i1', state });
  expect([await givenBy('m', 's0'), await givenBy('n', 's0')]).toEqual(['claim-i1', 'move-i1']);
  advance('i1', 'move-i1', 'prepared', 'running', 'switched');
  expect([await givenBy('m', 's0'), await givenBy('n', 's0')]).toEqual(['claim-i1', 'move-i1']);
  ask(SCHEDULER, { type: 'ConfirmMove', instance: 'i1', moveId: 'move-i1' });
  expect([await givenBy('m', 's0'), await givenBy('n', 's0')]).toEqual(['claim-i1', 'move-i1']);
});

it('a unit is explained by its claim where the instance came back, and by the move where that left it', async () => {
  const { ask, advance, hold, move, givenBy } = await twoNodes();
  hold('i1');
  move('i1', 'cold');
  advance('i1', 'move-i1', 'prepared', 'running', 'switched');
  ask(SCHEDULER, { type: 'RevertMove', instance: 'i1', moveId: 'move-i1' });
  expect([await givenBy('m', 's0'), await givenBy('n', 's0')]).toEqual(['claim-i1', 'move-i1']);
  expect(await givenBy('n', 's1')).toBe('NOT_FOUND');
});
