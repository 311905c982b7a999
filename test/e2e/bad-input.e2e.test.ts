import {
  type BatchReply,
  type CommandReply,
  commandSubject,
  type ErrorCode,
  encodeToken,
  errorEntry,
  type QueryReply,
  querySubject,
} from '@fleetbook/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestOverBareSocket } from '../support/bare-socket.ts';
import { type CellUnderTest, startCellUnderTest } from '../support/cell-under-test.ts';
import { addNodes, agentOf, mustBeAccepted, ONE_GPU } from '../support/fleet.ts';
import { CLAIM_ORIGIN, claimBody, claimText, freshId, NODE, nested, UNREADABLE } from './bad-bodies.ts';

const AGENT = `agent-of-${NODE}`;
const TIMEOUT_MS = 5_000;

let cell: CellUnderTest;
let pids: readonly number[];
let claimId: string;

beforeAll(async () => {
  cell = await startCellUnderTest();
  await addNodes(cell.fleetbook, [NODE, 'node-2']);
  const claim = { node: NODE, instance: 'held', request: ONE_GPU };
  const reply = await cell.fleetbook.as('scheduler', 'first').send('ClaimInstance', claim);
  claimId = mustBeAccepted(reply).commandId;
  pids = pidsOf(cell);
});

afterAll(() => cell?.stop());

function pidsOf({ running }: CellUnderTest): number[] {
  return [running.tracker.pid, running.projector.pid, running.nats?.server.pid ?? 0];
}

const CLAIM = commandSubject('main', 'agent', AGENT, 'ClaimInstance');

const answeredErrors = new Set<ErrorCode>();

async function request<Reply>(subject: string, payload: string | Uint8Array): Promise<Reply> {
  const reply = await cell.bus.request(subject, payload, TIMEOUT_MS);
  if (reply.status !== 'reply') {
    throw new Error(`${reply.status} on ${subject}`);
  }
  const read = JSON.parse(reply.payload.toString('utf8'));
  if (read.outcome === 'error' && !subject.endsWith('.writer')) {
    answeredErrors.add(read.error.code);
  }
  return read;
}

async function stateOf(): Promise<{ readonly number: number; readonly digest: string }> {
  const { number, digest } = await cell.writer();
  return { number, digest };
}

/** Sends what must be refused before anything is decided: neither the state nor the log has changed after it. */
async function expectUnrecorded(subject: string, payload: string | Uint8Array, error: object): Promise<void> {
  const before = await stateOf();
  const reply = await request<CommandReply>(subject, payload);
  expect(reply).toMatchObject({ outcome: 'error', error });
  expect(await stateOf()).toEqual(before);
}

/** Sends what the ledger must refuse: it records that it did, once, and nothing else has changed. */
async function expectRefused(subject: string, payload: string, code: ErrorCode): Promise<void> {
  const before = await stateOf();
  const reply = await request<CommandReply>(subject, payload);
  expect(reply).toMatchObject({ outcome: 'refused', error: { code } });
  expect(await request<CommandReply>(subject, payload)).toEqual(reply);
  expect(await stateOf()).toEqual({ number: before.number + 1, digest: before.digest });
}

const BAD_IDS: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['with a space', 'a b'],
  ['with *', 'a*'],
  ['with >', 'a>'],
  ['with CR and LF', 'a\r\nPUB x 0\r\n'],
  ['with NUL', 'a\0b'],
  ['outside ASCII', 'knoten-ä'],
  ['300 long', 'a'.repeat(300)],
  ['beginning with a dot', '.a'],
];

describe('a body that cannot be read', () => {
  it.each(UNREADABLE)('is refused: %s', async (_what, body, error) => {
    await expectUnrecorded(CLAIM, body(), error);
  });

  it('costs a batch only itself', async () => {
    const before = await stateOf();
    const good = claimBody();
    const commands = [
      { type: 'ClaimInstance', ...claimBody({ node: 17 }) },
      { type: 'Reboot', ...claimBody() },
      'no object',
      { type: 'ClaimInstance', ...good },
      { type: 'DropInstance', ...claimBody({ request: undefined }) },
    ];
    const subject = commandSubject('main', 'agent', AGENT, 'Batch');
    const reply = await request<BatchReply>(subject, JSON.stringify({ commands }));
    expect(reply.outcomes).toMatchObject([
      { outcome: 'error', error: { code: 'INVALID_FIELD' } },
      { outcome: 'error', error: { code: 'UNKNOWN_COMMAND' } },
      { outcome: 'error', error: { code: 'INVALID_FIELD' } },
      { outcome: 'accepted', commandId: good['commandId'] },
      { outcome: 'error', error: { code: 'INVALID_FIELD', details: { path: 'claimId' } } },
    ]);
    expect((await stateOf()).number).toBe(before.number + 1);
    await expectUnrecorded(subject, '{"commands":[]}', { code: 'INVALID_FIELD', details: { path: 'commands' } });
    const tooMany = JSON.stringify({ commands: Array.from({ length: 65 }, () => 1) });
    await expectUnrecorded(subject, tooMany, { code: 'INVALID_FIELD', details: { path: 'commands' } });
  });
});

describe('an id', () => {
  it.each(BAD_IDS)('%s is refused in every field and as an actor', async (_what, id) => {
    const commandFields = { node: { node: id }, instance: { instance: id }, commandId: { commandId: id } };
    for (const [path, change] of Object.entries(commandFields)) {
      await expectUnrecorded(CLAIM, claimText(change), { code: 'INVALID_FIELD', details: { path } });
    }
    const token = `_${Buffer.from(id).toString('base64url')}`;
    const subject = `fleetbook.v1.main.cmd.agent.${token}.ClaimInstance`;
    await expectUnrecorded(subject, claimText(), { code: 'INVALID_SUBJECT' });
    const query = await request<QueryReply<unknown>>(querySubject('main', 'node'), JSON.stringify({ node: id }));
    expect(query).toMatchObject({ outcome: 'error', error: { code: 'INVALID_FIELD', details: { path: 'node' } } });
    expect(() => cell.fleetbook.as('agent', id)).toThrow(RangeError);
  });

  it('with dots and colons is encoded and works', async () => {
    const node = 'rack1.host-17:0000:3b:00.0';
    expect(encodeToken(node)).toMatch(/^_[A-Za-z0-9_-]+$/);
    await addNodes(cell.fleetbook, [node]);
    const agent = agentOf(cell.fleetbook, node);
    mustBeAccepted(await agent.send('ClaimInstance', { node, instance: 'a.b:c', request: ONE_GPU }));
    expect(await agent.ask('instance', { instance: 'a.b:c' })).toMatchObject({ answer: { claim: { node } } });
  });
});

describe('a subject', () => {
  it.each([
    ['an unknown role', 'fleetbook.v1.main.cmd.root.me.ClaimInstance', 'INVALID_SUBJECT'],
    ['the role of the writer itself', 'fleetbook.v1.main.cmd.system.me.ClaimInstance', 'INVALID_SUBJECT'],
    ['too few tokens', 'fleetbook.v1.main.cmd.agent.ClaimInstance', 'INVALID_SUBJECT'],
    ['too many tokens', `${CLAIM}.more`, 'INVALID_SUBJECT'],
    ['an id encoded for no reason', 'fleetbook.v1.main.cmd.agent._bm9kZS0x.ClaimInstance', 'INVALID_SUBJECT'],
    [
      'an unknown command',
      commandSubject('main', 'agent', AGENT, 'ClaimInstance').replace('Claim', 'Eat'),
      'UNKNOWN_COMMAND',
    ],
    ['a command that is a name of every object', CLAIM.replace('ClaimInstance', 'constructor'), 'UNKNOWN_COMMAND'],
  ])('with %s is refused', async (_what, subject, code) => {
    await expectUnrecorded(subject, claimText(), { code });
  });

  it('of an unknown query or cell finds nobody', async () => {
    const subjects = [
      'fleetbook.v1.main.query.bogus',
      'fleetbook.v1.other.query.nodes',
      CLAIM.replace('main', 'other'),
    ];
    for (const subject of subjects) {
      expect(await cell.bus.request(subject, '{}', TIMEOUT_MS)).toEqual({ status: 'no-responders' });
    }
  });

  it('that only a bare socket can send is refused by us or by the server', async () => {
    const before = await stateOf();
    for (const actor of ['*', '>', 'ä', '..']) {
      const answer = await requestOverBareSocket(
        cell.running.endpoint,
        `fleetbook.v1.main.cmd.agent.${actor}.ClaimInstance`,
        claimText(),
      );
      expect(answer).toMatch(/"code":"INVALID_SUBJECT"|NATS\/1\.0 503|-ERR/);
    }
    expect(await stateOf()).toEqual(before);
  });
});

describe('a command with a value that makes no sense', () => {
  const amounts = [
    ['−1', '-1'],
    ['0', '0'],
    ['1.5', '1.5'],
    ['2^53', '9007199254740992'],
    ['"NaN"', '"NaN"'],
    ['1e400', '1e400'],
  ];
  it.each(amounts)('is refused: an amount of %s', async (_what, amount) => {
    const body = claimText({ request: { resources: { CUSTOM_GPU_MILLI: 4_711 } } }).replace('4711', amount ?? '');
    const path = 'request.resources.CUSTOM_GPU_MILLI';
    await expectUnrecorded(CLAIM, body, { code: 'INVALID_FIELD', details: { path } });
    const query = await request<QueryReply<unknown>>(
      querySubject('main', 'candidates'),
      `{"request":{"resources":{"CUSTOM_GPU_MILLI":${amount}}}}`,
    );
    expect(query).toMatchObject({ error: { code: 'INVALID_FIELD', details: { path } } });
  });

  it.each([
    ['issued 11 minutes ago', -11 * 60_000, 'COMMAND_TOO_OLD'],
    ['issued a minute ahead', 60_000, 'CLOCK_AHEAD'],
  ])('is refused: %s', async (_what, offsetMs, code) => {
    await expectUnrecorded(CLAIM, claimText({ issuedAt: Date.now() + offsetMs }), { code });
  });

  it.each([-1, 1.5, 2 ** 53, 'now'])('is refused: issued at %s', async (issuedAt) => {
    await expectUnrecorded(CLAIM, claimText({ issuedAt }), { code: 'INVALID_FIELD', details: { path: 'issuedAt' } });
  });

  it('is refused: an id that belongs to another body', async () => {
    const body = claimBody({ node: 'node-2' });
    const subject = commandSubject('main', 'agent', 'agent-of-node-2', 'ClaimInstance');
    expect(await request(subject, JSON.stringify(body))).toMatchObject({ outcome: 'accepted' });
    await expectUnrecorded(subject, JSON.stringify({ ...body, instance: 'other' }), { code: 'COMMAND_ID_REUSED' });
  });
});

describe('an actor outside what is its own', () => {
  it.each([
    ['an agent claims on the node of another', 'agent', 'stranger', 'ClaimInstance', () => claimBody()],
    ['an agent drops on the node of another', 'agent', 'stranger', 'DropInstance', () => claimOfHeld()],
    ['a scheduler drops the claim of another', 'scheduler', 'second', 'DropInstance', () => claimOfHeld()],
    ['a scheduler confirms the claim of another', 'scheduler', 'second', 'ConfirmClaim', () => claimOfHeld()],
    ['an agent retires a node', 'agent', AGENT, 'RetireNode', () => nodeBody()],
    ['an operator claims', 'operator', 'boss', 'ClaimInstance', () => claimBody()],
  ] as const)('is refused: %s', async (_what, role, actor, command, body) => {
    const subject = commandSubject('main', role, actor, command);
    await expectUnrecorded(subject, JSON.stringify(body()), { code: 'NOT_AUTHORISED', retry: 'never' });
  });

  it('cannot register a node that another agent owns', async () => {
    const subject = commandSubject('main', 'agent', 'stranger', 'RegisterNode');
    await expectRefused(subject, JSON.stringify({ ...nodeBody(), bootId: 'b' }), 'NODE_OWNED_BY');
  });

  function nodeBody(): Record<string, unknown> {
    return { commandId: freshId(), issuedAt: Date.now(), origin: CLAIM_ORIGIN, node: NODE };
  }

  function claimOfHeld(): Record<string, unknown> {
    return { ...nodeBody(), instance: 'held', claimId };
  }
});

describe('a claim that names what is not there', () => {
  const scheduler = commandSubject('main', 'scheduler', 'first', 'ClaimInstance');

  it.each<readonly [string, object, ErrorCode]>([
    ['a node', { node: 'nowhere' }, 'NODE_NOT_FOUND'],
    ['a class', { request: { resources: { CUSTOM_NOTHING: 1 } } }, 'UNKNOWN_CLASS'],
    [
      'a provider',
      { request: undefined, charge: [{ provider: 'ghost', class: 'CUSTOM_GPU_MILLI', amount: 1 }] },
      'UNKNOWN_PROVIDER',
    ],
    [
      'a unit',
      { request: { resources: { CUSTOM_GPU_MILLI: 1 }, units: { CUSTOM_GPU_MILLI: ['ghost'] } } },
      'UNKNOWN_UNIT',
    ],
    ['a trait', { request: { ...ONE_GPU, traits: { required: ['CUSTOM_MAGIC'] } } }, 'TRAIT_MISSING'],
    [
      'more than the fleet has',
      { request: { resources: { CUSTOM_GPU_MILLI: Number.MAX_SAFE_INTEGER } } },
      'NO_CAPACITY',
    ],
    [
      'more groups than there are providers',
      { request: { groups: [{ name: 'g', resources: { CUSTOM_GPU_MILLI: 1 }, count: 9 }] } },
      'NO_ASSIGNMENT',
    ],
  ])('is refused and recorded: %s', async (_what, changes, code) => {
    await expectRefused(scheduler, claimText(changes), code);
  });

  it('has no candidate, and the answer says why over the whole fleet', async () => {
    const body = { request: { resources: { CUSTOM_GPU_MILLI: Number.MAX_SAFE_INTEGER } } };
    const client = cell.fleetbook.as('scheduler', 'first');
    const reply = await client.ask('candidates', body);
    expect(reply).toMatchObject({ outcome: 'answer', answer: { candidates: [], isComplete: true } });
    const { answer } = reply.outcome === 'answer' ? reply : { answer: undefined };
    expect(answer?.reasons.reduce((sum, { nodes }) => sum + nodes, 0)).toBe(answer?.nodes);
    expect(answer?.reasons[0]?.reason).toBe('NO_CAPACITY');
  });
});

describe('a query that makes no sense', () => {
  it.each<readonly [string, string, ErrorCode]>([
    ['malformed JSON', '{', 'MALFORMED_JSON'],
    ['an unknown field', '{"nodes":1}', 'UNKNOWN_FIELD'],
    ['a key that stands twice', '{"limit":1,"limit":2}', 'DUPLICATE_KEY'],
    ['__proto__', '{"__proto__":{}}', 'UNKNOWN_FIELD'],
    ['10,000 levels', `{"x":${nested(10_000)}}`, 'TOO_DEEP'],
    ['300 KiB', JSON.stringify({ trait: 'A'.repeat(300 * 1024) }), 'BODY_TOO_LARGE'],
    ['half a surrogate pair', '{"after":"\\ud800"}', 'INVALID_FIELD'],
    ['a limit of 0', '{"limit":0}', 'INVALID_FIELD'],
    ['a token of another history', '{"atLeast":"another.1"}', 'HISTORY_CHANGED'],
    ['a token beyond the end', 'beyond', 'PROJECTION_BEHIND'],
  ])('is answered with its error: %s', async (_what, text, code) => {
    const { historyId, number } = await cell.writer();
    const beyond = JSON.stringify({ atLeast: `${historyId}.${number + 1_000}`, deadlineMs: 20 });
    const payload = text === 'beyond' ? beyond : text;
    expect(await request(querySubject('main', 'nodes'), payload)).toMatchObject({ outcome: 'error', error: { code } });
  });

  it('is answered by the writer as well', async () => {
    const reply = await request(querySubject('main', 'writer'), '{"x":1}');
    expect(reply).toMatchObject({ outcome: 'error', error: { code: 'UNKNOWN_FIELD' } });
  });
});

describe('after all that', () => {
  it('the same processes run, and a good command is accepted', async () => {
    const agent = agentOf(cell.fleetbook, NODE);
    mustBeAccepted(await agent.send('ClaimInstance', { node: NODE, instance: 'last', request: ONE_GPU }));
    expect(await agent.ask('instance', { instance: 'last' })).toMatchObject({ outcome: 'answer' });
    expect(pidsOf(cell)).toEqual(pids);
    expect(await agent.ask('health', {})).toMatchObject({ answer: { status: 'green', pid: pids[1] } });
  });

  it('projector, tracker, replay and the naive fold agree', async () => {
    const digests = await cell.digests();
    const { replay } = digests;
    expect(digests).toMatchObject({ projector: replay, tracker: replay, reference: replay });
    expect((await cell.readLog()).violations).toEqual([]);
  });

  it('each fault has its line in a log, and none of them is a failure of a service', async () => {
    const logs = [await cell.logOf('tracker'), await cell.logOf('projector')].join('\n');
    const faults = [...answeredErrors].filter((code) => errorEntry(code).category !== 'unavailable');
    expect(faults.length).toBeGreaterThan(10);
    expect(faults.filter((code) => !logs.includes(`"errCode":"${code}"`))).toEqual([]);
    expect(logs).not.toMatch(/"level":"(error|fatal)"/);
  });
});
