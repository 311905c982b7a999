import { createMemoryLog } from '@fleetbook/event-log/memory';
import { addNode, agentOf, claimOf, foundHistory, ORIGIN_OF_TESTS, SCHEDULER } from '@fleetbook/projector/testing';
import { expect, it } from 'vitest';
import { pastOf } from '../testing/past-of.ts';

it('the timeline of an instance tells that its move is in error, and what is to become of it', async () => {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  const origin = ORIGIN_OF_TESTS;
  addNode(writer, 'm');
  addNode(writer, 'n');
  const [instance, moveId, source] = ['i1', 'move-1', 'm'];
  const claim = { instance, claimId: 'claim-1' };
  writer.decide(SCHEDULER, claimOf('m', instance), 'claim-1');
  writer.decide(SCHEDULER, { type: 'ConfirmClaim', origin, node: 'm', ...claim });
  writer.decide(SCHEDULER, { type: 'ClaimMove', origin, kind: 'live', ...claim, source, destination: 'n' }, moveId);
  for (const to of ['prepared', 'running', 'switched'] as const) {
    writer.decide(agentOf('n'), { type: 'AdvanceMove', origin, instance, moveId, to });
  }
  writer.decide(SCHEDULER, { type: 'FailMove', origin, instance, moveId, reason: 'stuck' });
  writer.decide(SCHEDULER, { type: 'ConfirmMove', origin, instance, moveId });
  writer.decide(SCHEDULER, { type: 'ShelveOffload', origin, node: 'n', instance, claimId: moveId });
  await writer.flush();
  const reply = await pastOf(log).ask('timeline', { instance, after: writer.number - 4 });
  expect(reply).toMatchObject({
    answer: {
      entries: [
        { moves: [{ state: 'switched' }] },
        { moves: [{ state: 'switched', isError: true }] },
        { moves: [{ state: 'completed' }] },
        { event: { type: 'DropRequested' }, instance: { status: 'held', node: 'n', becomes: 'offloaded' } },
      ],
    },
  });
});
