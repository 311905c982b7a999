import { expect, it } from 'vitest';
import { forbiddenHint } from './forbidden-hint.ts';

it('names user and sender where a server of nats-config would drop the command', () => {
  const [hint] = forbiddenHint({ user: 'agent.node-1', role: 'agent', actor: 'node-2' });
  expect(hint).toContain('of agent node-2; NATS may forbid it to user agent.node-1');
});

it.each([undefined, 'fleetbook', 'agent.node-1'])('says nothing of user %s, who may send it', (user) => {
  expect(forbiddenHint({ user, role: 'agent', actor: 'node-1' })).toEqual([]);
});
