import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CellUnderTest, startCellUnderTest } from '../support/cell-under-test.ts';

const AGENT = fileURLToPath(new URL('python_agent.py', import.meta.url));
const TIMEOUT_MS = 200_000;
const NODE = 'py-host.example.net:1';
const OTHER = 'py-host.example.net:2';

const python = spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']);
const whyNot = python.status === 0 ? undefined : 'there is no python3 of at least 3.8 on this machine';

describe('an agent written in Python from the reference pages alone', () => {
  let cell: CellUnderTest;
  const steps = new Map<string, unknown>();

  beforeAll(async () => {
    if (whyNot !== undefined) {
      return;
    }
    cell = await startCellUnderTest();
    const { natsUrl, user, password } = cell.running.endpoint;
    const { hostname, port } = new URL(natsUrl);
    const env = { PATH: process.env['PATH'], NATS_USER: user, NATS_PASSWORD: password, PYTHONUTF8: '1' };
    const options = { env, timeout: TIMEOUT_MS };
    const { stdout } = await promisify(execFile)('python3', [AGENT, hostname, port, cell.name], options);
    for (const line of stdout.trimEnd().split('\n')) {
      const { step, value } = JSON.parse(line);
      steps.set(step, value);
    }
  });

  afterAll(() => cell?.stop());

  beforeEach((context) => context.skip(whyNot !== undefined, whyNot));

  const charge = [
    { provider: NODE, class: 'VCPU', amount: 2 },
    { provider: NODE, class: 'MEMORY_MB', amount: 512 },
    { provider: `${NODE}:3b:00.0`, class: 'CUSTOM_GPU', amount: 1, units: ['gpu-0'] },
  ];
  const refusal = (outcome: string, code: string, details: object = {}) => ({ outcome, error: { code, details } });

  it.for<readonly [string, object]>([
    ['register', { outcome: 'accepted', result: { type: 'RegisterNode', node: NODE, incarnation: 1, held: [] } }],
    ['report', { outcome: 'accepted', result: { type: 'ReportInventory', node: NODE } }],
    ['claim', { outcome: 'accepted', result: { instance: 'py-vm-1', charge: expect.arrayContaining(charge) } }],
    ['reuse', refusal('error', 'COMMAND_ID_REUSED')],
    [
      'too-much',
      refusal('refused', 'NO_CAPACITY', { rules: [{ class: 'VCPU', requested: 9, capacity: 10, charged: 2 }] }),
    ],
    ['malformed', refusal('error', 'UNKNOWN_FIELD', { path: 'requests' })],
    ['confirm', { outcome: 'accepted' }],
    ['instance', { outcome: 'answer', answer: { status: 'held', claim: { status: 'confirmed', tenant: 'team-py' } } }],
    ['node', { answer: { owner: 'py.agent:1', claimCount: 1, status: { kind: 'enabled' } } }],
    ['candidates', { answer: { candidates: [{ node: NODE, charge: [{ class: 'CUSTOM_GPU', units: ['gpu-1'] }] }] } }],
    ['claim-move', { outcome: 'accepted', result: { type: 'ClaimMove', state: 'claimed', destination: OTHER } }],
    ['too-early', refusal('refused', 'MOVE_STATE', { legal: expect.arrayContaining(['AdvanceMove', 'CancelMove']) })],
    ['switched', { outcome: 'accepted', result: { type: 'AdvanceMove', state: 'switched' } }],
    ['confirm-move', { outcome: 'accepted', result: { state: 'confirmed', other: 'released' } }],
    ['drop-move-claim', { outcome: 'unchanged', result: { state: 'confirmed', other: 'released' } }],
    ['moved', { answer: { status: 'held', claim: { node: OTHER, status: 'confirmed' } } }],
    ['report-guests', { outcome: 'accepted', result: { node: OTHER, found: 1, cleared: 0, healed: 0 } }],
    ['report-guests-again', { outcome: 'unchanged' }],
    [
      'attention',
      { answer: { items: [{ kind: 'drift', node: OTHER, drift: 'guest-unknown', instance: 'py-stray' }] } },
    ],
    ['batch', { outcomes: [{ outcome: 'accepted' }, refusal('refused', 'CLAIM_NOT_FOUND')] }],
    [
      'history',
      {
        answer: {
          events: [
            { type: 'InstanceDropped', command: { node: OTHER } },
            { type: 'MoveConfirmed', data: { other: 'released' } },
            ...['finished', 'switched', 'running', 'prepared'].map((to) => ({ type: 'MoveAdvanced', command: { to } })),
            { type: 'CommandRejected', data: { code: 'MOVE_STATE' } },
            { type: 'MoveClaimed' },
            { type: 'ClaimConfirmed' },
            { type: 'InstanceClaimed' },
          ],
        },
      },
    ],
    ['missing', refusal('error', 'NOT_FOUND', { kind: 'node', id: 'nowhere' })],
  ])('gets what the pages say: %s', ([step, expected]) => {
    expect(steps.get(step)).toMatchObject(expected);
  });

  it('gets the same answer for the same command, and the ledger remembers it', () => {
    expect(steps.get('repeat')).toEqual(steps.get('claim'));
    expect(steps.get('outcome')).toMatchObject({ answer: { status: 'recorded', reply: steps.get('claim') } });
  });
  it('reads the whole log, finds its chain sound, and ends where this process ends', async () => {
    const { end, events } = await cell.readLog();
    const read = { number: end.number, hash: end.hash, types: events.map(({ type }) => type) };
    expect(steps.get('log')).toMatchObject(read);
  });

  it('sees every event of its node on the live feed, those of a move from it included', async () => {
    const { events } = await cell.readLog();
    const ofNode = events.filter(
      ({ command }) => command !== undefined && (!('node' in command) || command.node === NODE),
    );
    expect(steps.get('feed')).toEqual(ofNode.map(({ type }) => type));
  });
});
