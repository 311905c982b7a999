import type { TimelineQuery } from '@fleetbook/contracts';
import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { addNode, agentOf, foundHistory } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { exported, opened } from '../testing/bundle-of.ts';
import { stepsOf } from '../testing/refusal-steps.ts';

/** A file that begins with the confirmation of i1, which has unit u0. Another unit has i4; i2 had a move. */
async function fileOfLaterPart() {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 1 });
  const steps = stepsOf(writer);
  addNode(writer, 'quiet');
  addNode(writer, 'u', [{ id: 'u.root', inventories: [{ class: 'CUSTOM_GPU', total: 2, units: ['u0', 'u1'] }] }]);
  const unit = { resources: { CUSTOM_GPU: 1 } };
  steps.claim('i1', unit, 'u');
  steps.claim('i4', unit, 'u');
  steps.confirmed('i2');
  steps.move('i2');
  steps.ask({ role: 'scheduler', id: 'scheduler-1' }, { type: 'CancelMove', instance: 'i2', moveId: 'move-i2' });
  const first = writer.number + 1;
  steps.ask(agentOf('u'), { type: 'ConfirmClaim', node: 'u', instance: 'i1', claimId: 'claim-i1' });
  steps.claim('i5');
  await writer.flush();
  const { bytes } = await exported(log, { from: first, to: writer.number });
  return { ...(await opened(bytes)), first, last: writer.number };
}

describe('what was there before an incident file begins', () => {
  it('has a timeline without what happened then, and says so', async () => {
    const { past, first, last } = await fileOfLaterPart();
    const counts: readonly (readonly [TimelineQuery, number])[] = [
      [{ node: 'quiet' }, 0],
      [{ provider: 'quiet.root' }, 0],
      [{ instance: 'i4' }, 0],
      [{ command: 'claim-i4' }, 0],
      [{ move: 'move-i2' }, 0],
      [{ instance: 'i1' }, 1],
      [{ node: 'a' }, 1],
    ];
    for (const [query, count] of counts) {
      const reply = await past.ask('timeline', { ...query, asOf: String(last) });
      expect(reply, JSON.stringify(query)).toMatchObject({ answer: { first } });
      const { entries } = ANSWER_SCHEMAS.timeline.parse(reply.outcome === 'answer' ? reply.answer : {});
      expect(entries, JSON.stringify(query)).toHaveLength(count);
    }
  });

  it('leaves timelines of what came later as they are, and those of nothing not found', async () => {
    const { past } = await fileOfLaterPart();
    const later = await past.ask('timeline', { instance: 'i5' });
    expect(later).toMatchObject({ answer: { entries: [{ event: { type: 'InstanceClaimed' } }] } });
    expect(later.outcome === 'answer' ? later.answer : {}).not.toHaveProperty('first');
    const kinds = [{ node: 'x' }, { instance: 'x' }, { move: 'x' }, { command: 'x' }, { provider: 'x' }] as const;
    for (const nothing of kinds) {
      expect(await past.ask('timeline', nothing)).toMatchObject({ error: { code: 'NOT_FOUND' } });
    }
  });

  it('is told apart from what never was, where its decision is to be explained', async () => {
    const { past, first } = await fileOfLaterPart();
    const begins = `before event ${first}, with which the file begins`;
    const before = async (query: object, reason: string): Promise<void> => {
      const reply = await past.ask('explain', query);
      expect(reply).toMatchObject({ error: { code: 'NOT_FOUND', details: { first, reason } } });
    };
    await before({ command: 'claim-i4' }, `it was decided ${begins}`);
    await before({ command: 'move-i2' }, `it was decided ${begins}`);
    await before({ event: first - 1 }, `it was ${begins}`);
    // Of i1 the file has an event, but not that with which it got the unit.
    await before({ node: 'u', unit: 'u0' }, `i1 got it ${begins}`);
    await before({ node: 'u', unit: 'u1' }, `i4 got it ${begins}`);
    const nothing = await past.ask('explain', { command: 'x' });
    expect(nothing).toMatchObject({ error: { code: 'NOT_FOUND', details: { kind: 'command', id: 'x' } } });
    expect(nothing).not.toHaveProperty('error.details.reason');
  });

  it('is the state that its first event was judged on', async () => {
    const { past, first } = await fileOfLaterPart();
    expect(await past.ask('explain', { event: first })).toMatchObject({
      answer: { judgedOn: { number: first - 1, proof: 'snapshot', savedAt: first - 1 }, again: { agrees: true } },
    });
  });
});
