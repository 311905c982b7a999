import type { Fleetbook, FleetbookClient } from '@fleetbook/client';
import {
  allInboxSubject,
  allParkedSubject,
  type CommandReply,
  commandSubject,
  handOverSubject,
  inboxStream,
  inboxSubject,
  PARKED_VERBS,
  parkedSubject,
  QUERY_NAMES,
  querySubject,
  rebuildSubject,
  SENDER_ROLES,
} from '@fleetbook/contracts';
import { COMMAND_TYPES, scopeOf } from '@fleetbook/domain';
import { openJetStreamLog } from '@fleetbook/event-log/jetstream';
import type { Bus } from '@fleetbook/messaging';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandOfEveryType } from '../support/command-of-every-type.ts';
import { mustBeAccepted } from '../support/fleet.ts';
import { readWholeLog } from '../support/log-reading.ts';
import { ANYTHING, type RestrictedServer, startRestrictedServer } from '../support/restricted-server.ts';
import { until } from '../support/until.ts';

const CELL = 'guarded';

/** One of each role with a plain id, and an agent whose id is encoded in subjects. */
const ACTORS = [
  { role: 'agent', actor: 'agent-1', user: 'agent.agent-1' },
  { role: 'agent', actor: 'agent.2', user: `agent._${Buffer.from('agent.2').toString('base64url')}` },
  { role: 'scheduler', actor: 'scheduler-1', user: 'scheduler.scheduler-1' },
  { role: 'operator', actor: 'operator-1', user: 'operator.operator-1' },
] as const;

const AROUND = { node: 'n-1', other: 'n-2', instance: 'i-1', claimId: 'claim-1', moveId: 'move-1' };
const COMMANDS = [...COMMAND_TYPES, 'Batch'] as const;

let server: RestrictedServer;
let free: Fleetbook;
let observer: Bus;

beforeAll(async () => {
  server = await startRestrictedServer(
    CELL,
    ACTORS.flatMap(({ role, actor }) => [`--${role}`, actor]),
  );
  [free, observer] = [await server.open(ANYTHING), await server.connect(ANYTHING)];
});

afterAll(() => server?.stop());

/** How far the ledger is: whatever takes effect is recorded. */
function ledgerNumber(): Promise<number> {
  return until('an answer of the tracker in office', async () => {
    const reply = await free.as('operator', 'e2e').ask('writer', {}, { timeoutMs: 1_000 });
    return reply.outcome === 'answer' ? reply.answer.number : undefined;
  });
}

/** The tracker makes it once it is in office; what is put before that is kept by nobody. */
function untilInbox(): Promise<true> {
  return until('an inbox', async () => {
    const streams = await observer.connection.jetstreamManager();
    return streams.streams.info(inboxStream(CELL)).then(
      () => true as const,
      () => undefined,
    );
  });
}

async function open(place: 0 | 1 | 2 | 3): Promise<FleetbookClient> {
  const { role, actor, user } = ACTORS[place];
  return (await server.open(user)).as(role, actor);
}

describe('with the rights that nats-config gives', () => {
  it('services and actors do their work', async () => {
    await ledgerNumber();
    const [agent, scheduler, operator] = [await open(0), await open(2), await open(3)];
    for (const node of [AROUND.node, AROUND.other]) {
      mustBeAccepted(await agent.send('RegisterNode', { node, bootId: 'boot-1' }));
      const providers = [{ id: node, inventories: [{ class: 'VCPU', total: 8 }] }];
      mustBeAccepted(
        await agent.send('ReportInventory', { node, incarnation: 1, sequence: 1, mode: 'full', providers }),
      );
    }
    const { node, other: destination, instance, claimId, moveId } = AROUND;
    const wanted = { node, instance, request: { resources: { VCPU: 1 } } };
    mustBeAccepted(await scheduler.send('ClaimInstance', wanted, { commandId: claimId }));
    mustBeAccepted(await agent.send('ConfirmClaim', { node, instance, claimId }));
    const move = { kind: 'live', instance, source: node, claimId, destination } as const;
    mustBeAccepted(await scheduler.send('ClaimMove', move, { commandId: moveId }));
    mustBeAccepted(await operator.send('SetAggregates', { node, provider: node, aggregates: ['rack-1'] }));
    expect(await operator.ask('node', { node })).toMatchObject({ outcome: 'answer', answer: { claimCount: 1 } });
    expect(await (await open(1)).ask('health', {})).toMatchObject({ outcome: 'answer' });
  });

  it('the command finds its inbox by the name of its user', async () => {
    const [agent, operator] = [ACTORS[0].user, ACTORS[3].user];
    const [shown, events, done] = await Promise.all([
      server.type(agent, 'node', 'show', AROUND.node),
      server.type(operator, 'events', '--node', AROUND.node),
      server.type(operator, 'node', 'drift-policy', AROUND.node, '--policy', 'observe', '--actor', 'operator-1'),
    ]);
    expect([shown, events, done]).toEqual([
      expect.stringMatching(/owner +agent-1/),
      expect.stringContaining('NodeRegistered'),
      expect.stringMatching(/outcome +(accepted|unchanged)/),
    ]);
    const foreign = server.type(agent, 'node', 'disable', AROUND.node, '--reason', 'me', '--timeout', '2s');
    const stderr = expect.stringContaining(`NATS may forbid it to user ${agent}`);
    await expect(foreign).rejects.toMatchObject({ code: 4, stderr });
  });

  it('operators read the log, and agents do not', async () => {
    const read = async (user: string, requestTimeoutMs: number) => {
      const { connection } = await server.connect(user);
      const inboxPrefix = `_INBOX.${user}`;
      const limits = { appendTimeoutMs: 300, requestTimeoutMs };
      const log = await openJetStreamLog({ connection, cell: CELL, create: false, inboxPrefix, ...limits });
      return (await readWholeLog(log).finally(() => log.close())).end.number;
    };
    expect(await read(ACTORS[3].user, 30_000)).toBe(await ledgerNumber());
    await expect(read(ACTORS[0].user, 300)).rejects.toThrow();
  });
});

describe('at the server', () => {
  it('an actor publishes its own commands of the table, its questions, and nothing else', async () => {
    const before = await ledgerNumber();
    const arrived = new Set<string>();
    for (const pattern of ['fleetbook.>', '_INBOX.>']) {
      observer.subscribe(pattern, (subject, payload) => {
        const text = payload.toString('utf8');
        if (text.startsWith('from ')) {
          arrived.add(`${text.slice('from '.length)} ${subject}`);
        }
      });
    }
    await observer.flush();
    const commands = ACTORS.flatMap(({ actor }) =>
      SENDER_ROLES.flatMap((role) => COMMANDS.map((command) => commandSubject(CELL, role, actor, command))),
    );
    const questions = QUERY_NAMES.map((query) => querySubject(CELL, query));
    const prefix = `fleetbook.v1.${CELL}`;
    const foreign = [`fleetbook.log.${CELL}.0001`, `${prefix}.writer`, `${prefix}.event._.NodeRetired`, '_INBOX.any.1'];
    const elsewhere = commandSubject('other', 'agent', 'agent-1', 'RegisterNode');
    for (const { user } of ACTORS) {
      const bus = await server.connect(user);
      for (const subject of [...commands, ...questions, ...foreign, elsewhere]) {
        bus.publish(subject, `from ${user}`);
      }
      await bus.flush();
    }
    await observer.flush();
    const allowed = ACTORS.flatMap(({ role, actor, user }) => [
      ...COMMANDS.filter((command) => command === 'Batch' || scopeOf(command, role) !== undefined).map(
        (command) => `${user} ${commandSubject(CELL, role, actor, command)}`,
      ),
      ...questions.map((subject) => `${user} ${subject}`),
    ]);
    expect([...arrived].sort()).toEqual(allowed.sort());
    expect(await ledgerNumber()).toBe(before);
  });

  it('an actor puts its own commands into the inbox, and only an operator settles what is parked', async () => {
    await untilInbox();
    const before = await ledgerNumber();
    const arrived = new Set<string>();
    for (const pattern of [allInboxSubject(CELL), allParkedSubject(CELL)]) {
      observer.subscribe(pattern, (subject, payload) => void arrived.add(`${payload.toString('utf8')} ${subject}`));
    }
    await observer.flush();
    const puts = ACTORS.flatMap(({ actor }) =>
      SENDER_ROLES.flatMap((role) => COMMANDS.map((command) => inboxSubject(CELL, role, actor, command))),
    );
    const words = ACTORS.flatMap(({ actor }) => PARKED_VERBS.map((verb) => parkedSubject(CELL, verb, actor, 999)));
    for (const { user } of ACTORS) {
      const bus = await server.connect(user);
      for (const subject of [...puts, ...words]) {
        bus.publish(subject, `from ${user}`);
      }
      await bus.flush();
    }
    await observer.flush();
    const allowed = ACTORS.flatMap(({ role, actor, user }) =>
      [
        ...COMMAND_TYPES.filter((command) => scopeOf(command, role) !== undefined).map((command) =>
          inboxSubject(CELL, role, actor, command),
        ),
        ...(role === 'operator' ? PARKED_VERBS.map((verb) => parkedSubject(CELL, verb, actor, 999)) : []),
      ].map((subject) => `from ${user} ${subject}`),
    );
    expect([...arrived].sort()).toEqual(allowed.sort());
    // None of them is a command: each put is parked.
    const parked = allowed.filter((line) => line.includes('.inbox.')).length;
    await until('every message to be dealt with', async () =>
      (await ledgerNumber()) >= before + parked ? true : undefined,
    );
  });

  it('what agents and schedulers put into the inbox is acknowledged to nobody among the services', async () => {
    await untilInbox();
    const foreign = [
      `fleetbook.log.${CELL}.0001`,
      parkedSubject(CELL, 'discard', 'operator-1', 1),
      handOverSubject(CELL),
      rebuildSubject(CELL),
      `$JS.API.STREAM.PURGE.${inboxStream(CELL)}`,
    ];
    const acknowledged: string[] = [];
    for (const pattern of foreign) {
      observer.subscribe(pattern, (subject, payload) => {
        if (payload.toString('utf8').includes(inboxStream(CELL))) {
          acknowledged.push(subject);
        }
      });
    }
    await observer.flush();
    const before = await ledgerNumber();
    const senders = ACTORS.filter(({ role }) => role !== 'operator');
    for (const { role, actor, user } of senders) {
      const { connection } = await server.connect(user);
      for (const reply of foreign) {
        connection.publish(inboxSubject(CELL, role, actor, 'ClaimInstance'), 'no command', { reply });
      }
      await connection.flush();
    }
    const parked = senders.length * foreign.length;
    await until('every message to be parked', async () =>
      (await ledgerNumber()) >= before + parked ? true : undefined,
    );
    expect(acknowledged).toEqual([]);
    expect(await ledgerNumber()).toBe(before + parked);
  });

  it('an agent leaves a command in the inbox, and its outcome comes to its own inbox', async () => {
    const { user, actor, role } = ACTORS[0];
    const [agent, bus, replyTo] = [await open(0), await server.connect(user), `_INBOX.${user}.outcomes.1`];
    const arrived = new Promise<string>((resolve) => {
      bus.subscribe(replyTo, (_, payload) => resolve(payload.toString('utf8')));
    });
    await bus.flush();
    const put = await agent.enqueue('RegisterNode', { node: 'n-9', bootId: 'boot-1' }, { replyTo });
    expect(put).toMatchObject({ outcome: 'enqueued' });
    expect(JSON.parse(await arrived)).toMatchObject({ outcome: 'accepted', commandId: put.commandId });
    expect(await agent.ask('outcome', { commandId: put.commandId, role, actor })).toMatchObject({ outcome: 'answer' });
  });

  it('every service answers a question that is asked of all', async () => {
    const bus = await server.connect(ACTORS[0].user);
    const answers: string[] = [];
    const reply = `_INBOX.${ACTORS[0].user}.all.1`;
    bus.subscribe(reply, (_, payload) => void answers.push(JSON.parse(payload.toString('utf8')).answer.service));
    bus.connection.publish(querySubject(CELL, 'mark'), '{}', { reply });
    await until('both answers', async () => (answers.length === 2 ? true : undefined));
    expect(answers.sort()).toEqual(['projector', 'tracker']);
  });

  it('an actor neither reads nor empties the inbox', async () => {
    const stream = inboxStream(CELL);
    const bus = await server.connect(ACTORS[0].user);
    for (const call of ['MSG.GET', 'PURGE', 'DELETE', 'MSG.DELETE', 'INFO']) {
      expect((await bus.request(`$JS.API.STREAM.${call}.${stream}`, '{"seq":1}', 300)).status, call).not.toBe('reply');
    }
  });

  it('nobody hears commands, the log or the answers to somebody else', async () => {
    const heard: string[] = [];
    const said = [
      commandSubject(CELL, 'agent', 'agent-1', 'RegisterNode'),
      querySubject(CELL, 'node'),
      '_INBOX.agent.agent-9.1',
      '_INBOX.1.2',
    ];
    const patterns = [...said, '_INBOX.>', '_INBOX.*.*.>', 'fleetbook.>', `fleetbook.log.${CELL}.0001`, '*.>'];
    const users = [...ACTORS.map(({ user }) => user), ANYTHING];
    const listeners = await Promise.all(users.map((user) => server.connect(user)));
    for (const [place, bus] of listeners.entries()) {
      for (const pattern of users[place] === ANYTHING ? said : patterns) {
        bus.subscribe(pattern, (subject) => void heard.push(`${users[place]} ${subject}`));
      }
      await bus.flush();
    }
    const before = await ledgerNumber();
    for (const subject of said) {
      observer.publish(subject, 'secret');
    }
    await observer.flush();
    await Promise.all(listeners.map((bus) => bus.flush()));
    expect(await ledgerNumber()).toBe(before);
    expect(heard.sort()).toEqual(said.map((subject) => `${ANYTHING} ${subject}`).sort());
  });
});

describe('in the tracker, for a sender that the server lets through', () => {
  it.each(SENDER_ROLES)('what is off the table is not authorised, and records nothing: %s', async (role) => {
    const before = await ledgerNumber();
    const stranger = free.as(role, 'stranger');
    const off = commandOfEveryType(AROUND).filter(({ type }) => {
      const scope = scopeOf(type, role);
      return scope !== 'any';
    });
    const answers = await Promise.all(
      off.map(async ({ commandId: _, type, ...fields }) => [type, codeOf(await stranger.send(type, fields))]),
    );
    expect(answers).toEqual(off.map(({ type }) => [type, 'NOT_AUTHORISED']));
    expect(off.length).toBeGreaterThan(10);
    expect(await ledgerNumber()).toBe(before);
  });
});

function codeOf(reply: CommandReply): string {
  return reply.outcome === 'error' ? reply.error.code : reply.outcome;
}
