import { expect, it } from 'vitest';
import { AGENT, OTHER_AGENT } from '../testing/commands.ts';
import { RefusalLimit } from './refusal-limit.ts';

function refusedAtOnce(limit: RefusalLimit, nowMs: number): number {
  let refused = 0;
  for (; limit.waitMs(AGENT, nowMs) === 0; refused += 1) {
    limit.note(AGENT, nowMs);
  }
  return refused;
}

it('lets an actor be refused so often at once, and so often each second from then on', () => {
  const limit = new RefusalLimit({ perSecond: 10, burst: 25 });
  expect(limit.size).toBe(0);
  expect(refusedAtOnce(limit, 1_000)).toBe(25);
  expect(limit.waitMs(AGENT, 1_000)).toBe(100);
  expect(limit.waitMs(OTHER_AGENT, 1_000)).toBe(0);
  expect(refusedAtOnce(limit, 2_000)).toBe(10);
  expect(refusedAtOnce(limit, 60_000)).toBe(25);
});

it('forgets actors that have not been refused for a while', () => {
  const limit = new RefusalLimit({ perSecond: 10, burst: 10 });
  for (let index = 0; index < 1_025; index += 1) {
    limit.note({ role: 'agent', id: `agent-${index}` }, index * 1_000);
  }
  expect(limit.size).toBe(1);
});
