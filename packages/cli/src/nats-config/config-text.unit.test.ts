import { expect, it } from 'vitest';
import { natsConfigText, passwordVariable } from './config-text.ts';
import { crossingsOf } from './crossings.ts';
import { commandsOf, usersOf } from './permissions.ts';

const ACTORS = { agent: ['agent-1', 'rack1.host:2'], scheduler: ['nova'], operator: ['ann'] };

it('is the text of one server with a user for each service and actor', () => {
  const users = usersOf('main', ACTORS);
  const server = { cell: 'main', port: 4222, monitoringPort: 8222, storeDirectory: '/store' };
  const text = natsConfigText({ ...server, users, crossings: crossingsOf('main') });
  expect(text).toMatchSnapshot();
});

it('gives each user a variable of its own for the password', () => {
  const users = ['agent.a-b', 'agent.a_b', 'agent.ab', 'agent.A-b', 'agent_a-b'];
  expect(new Set(users.map(passwordVariable)).size).toBe(users.length);
  expect(users.map(passwordVariable).filter((name) => !/^[A-Za-z0-9_]+$/.test(name))).toEqual([]);
});

it('lets agents advance moves and operators force, and neither the other', () => {
  expect(commandsOf('agent')).toContain('AdvanceMove');
  expect(commandsOf('agent')).not.toContain('ForceDrop');
  expect(commandsOf('operator')).toContain('ForceDrop');
  expect(commandsOf('operator')).not.toContain('AdvanceMove');
});

it('lets only the tracker write the log, the feed and the heartbeat', () => {
  const writers = (subject: string) =>
    usersOf('main', ACTORS).flatMap(({ user, publish }) => (publish.includes(subject) ? [user] : []));
  expect(writers('fleetbook.log.main.0001')).toEqual(['tracker']);
  expect(writers('fleetbook.v1.main.event.>')).toEqual(['tracker']);
  expect(writers('fleetbook.v1.main.writer')).toEqual(['tracker']);
});
