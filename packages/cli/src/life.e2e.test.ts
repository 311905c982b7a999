import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirectory } from './testing/command.ts';
import { type CellHere, fleetbookHere, type Said, startCellHere, tokenIn } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let cell: CellHere;

const AGENT = ['--actor', 'agent-1'];
const NODES = ['n-1', 'n-2', 'n-3'];

beforeAll(async () => {
  directory = await makeDirectory();
  cell = await startCellHere(directory.path);
  await Promise.all(
    NODES.map(async (node) => {
      await ok('node', 'register', node, ...AGENT, '--boot-id', 'boot-1');
      await ok('node', 'report', node, ...AGENT, '--resource', 'VCPU=64', '--incarnation', '1', '--sequence', '1');
    }),
  );
});

afterAll(async () => {
  await cell.stop();
  await directory.remove();
});

/** As of the last command, or newer. */
let token = '';

async function run(...line: string[]): Promise<Said> {
  const finished = await fleetbookHere(line, directory.path);
  token = tokenIn(finished) ?? token;
  return finished;
}

async function ok(...line: string[]): Promise<string> {
  const finished = await run(...line);
  expect(finished, `${line.join(' ')}: ${finished.stderr}`).toMatchObject({ code: 0 });
  return finished.stdout;
}

/** Asks a projector that has folded what was commanded before. */
const ask = (...line: string[]): Promise<string> => ok(...line, '--at-least', token);
const look = (...line: string[]): Promise<Said> => run(...line, '--at-least', token);

/** An instance that runs, claimed by the agent of its node. */
async function start(instance: string, node: string, vcpu = 8): Promise<void> {
  const role = ['--role', 'agent', ...AGENT];
  await ok('claim', instance, '--node', node, '--resource', `VCPU=${vcpu}`, ...role, '--command-id', instance);
  await ok('instance', 'confirm', instance, '--node', node, '--claim', instance, ...role);
}

async function advance(move: string, instance: string, ...states: string[]): Promise<void> {
  for (const to of states) {
    await ok('move', 'advance', move, '--instance', instance, '--to', to, ...AGENT);
  }
}

async function charged(node: string): Promise<number> {
  const shown = await ask('usage', '--node', node, '--json');
  return Number(/"class":"VCPU".*?"charged":(\d+)/.exec(shown)?.[1]);
}

describe('from the command line', () => {
  it('a resize holds the larger of old and new until it is confirmed', async () => {
    await start('sized', 'n-1');
    const more = ['--kind', 'resize', '--replace', '--resource', 'VCPU=12', '--command-id', 'resize-1'];
    expect(await ok('move', 'claim', 'sized', ...more)).toMatch(/destination +n-1/);
    await advance('resize-1', 'sized', 'prepared', 'running', 'switched', 'finished');
    expect(await ask('move', 'show', 'resize-1')).toMatch(/legal now +ConfirmMove RevertMove FailMove/);
    expect(await ask('instance', 'show', 'sized')).toContain('resize n-1 -> n-1, finished');
    const confirming = ['move', 'confirm', 'resize-1', '--role', 'agent', ...AGENT];
    expect(await ok(...confirming)).toMatch(/other side +released/);
    expect(await charged('n-1')).toBe(12);
    expect(await ok(...confirming)).toContain('unchanged');
    expect(await run('move', 'revert', 'resize-1')).toMatchObject({ code: 3 });
    await ok('drop', 'sized', ...AGENT);
  });

  it('a live migration leaves its source to the agent', async () => {
    await start('lively', 'n-1');
    await ok('move', 'claim', 'lively', '--kind', 'live', '--destination', 'n-2', '--command-id', 'live-1');
    expect(await ask('move', 'list', '--node', 'n-2')).toContain('lively');
    await advance('live-1', 'lively', 'prepared', 'running', 'switched');
    expect([await charged('n-1'), await charged('n-2')]).toEqual([8, 8]);
    await advance('live-1', 'lively', 'completed');
    expect([await charged('n-1'), await charged('n-2')]).toEqual([0, 8]);
    expect(await ok('events', '--node', 'n-1', '--instance', 'lively', '--json')).toContain('"MoveCompleted"');
  });

  it('an evacuation stays charged on the host until that returns and drops it', async () => {
    await start('saved', 'n-3');
    await ok('node', 'down', 'n-3', '--reason', 'no heartbeat');
    await ask('node', 'list');
    const plan = await ok('node', 'drain', 'n-3');
    expect(plan).toContain('fleetbook move claim saved --kind evacuation --destination n-1');
    await ok('move', 'claim', 'saved', '--kind', 'evacuation', '--destination', 'n-1', '--command-id', 'away-1');
    await advance('away-1', 'saved', 'running', 'switched', 'completed');
    const attention = await look('attention', '--node', 'n-3');
    expect(attention).toMatchObject({ code: 1 });
    expect(attention.stdout).toMatch(/left-behind +n-3 +saved, move away-1/);
    expect(await ok('move', 'drop', 'away-1')).toContain('accepted as a wish');
    expect(await charged('n-3')).toBe(8);
    const back = await ok('node', 'register', 'n-3', ...AGENT, '--boot-id', 'boot-2');
    expect(back).toMatch(/for moves +saved \((left-behind|releasing), move away-1\)/);
    expect(await ok('move', 'drop', 'away-1', '--role', 'agent', ...AGENT)).toMatch(/other side +released/);
    await ok('node', 'up', 'n-3');
    expect([await charged('n-3'), (await look('attention', '--node', 'n-3')).code]).toEqual([0, 0]);
  });

  it('a drift is found, shown, and healed by policy', async () => {
    await start('stuck', 'n-2', 2);
    const claim = ['--node', 'n-2', '--claim', 'stuck'];
    const wish = await ok('drop', 'stuck', '--role', 'operator', ...claim, '--json');
    const report = { incarnation: 1, complete: true, takenAt: 0, guests: [] };
    const file = join(directory.path, 'guests.json');
    const takenAt = Number(/"token":"[^"]*\.(\d+)"/.exec(wish)?.[1]);
    await writeFile(file, JSON.stringify({ ...report, takenAt }));
    await ok('node', 'guests', 'n-2', '--file', file, ...AGENT);
    const audit = await look('audit', 'n-2');
    expect(audit).toMatchObject({ code: 1 });
    expect(audit.stdout).toMatch(/n-2 +release-done +stuck/);
    expect(await run('heal', 'n-2')).toMatchObject({ code: 2 });
    await ok('heal', 'n-2', '--yes');
    expect(await ok('node', 'guests', 'n-2', '--file', file, ...AGENT)).toMatch(/drift +\d found, \d gone, 1 healed/);
    expect((await ask('instance', 'show', 'stuck')).includes('ended')).toBe(true);
  });

  it('an existing fleet is adopted, after a look at what would happen', async () => {
    const guest = (instance: string, amount: number, node = 'n-3') => ({
      ...{ instance, node },
      charge: [{ provider: node, class: 'VCPU', amount }],
    });
    const guests = [guest('old-1', 60), guest('old-2', 60), guest('old-3', 1, 'nowhere')];
    await writeFile(join(directory.path, 'fleet.json'), JSON.stringify({ guests }));
    await ask('node', 'list');
    const plan = await run('instance', 'adopt', '--from', 'fleet.json', '--dry-run');
    expect(plan).toMatchObject({ code: 1 });
    expect(plan.stdout).toMatch(/old-2 +n-3 +adopt-above-capacity +n-3 VCPU 120\/64/);
    expect(plan.stdout).toMatch(/old-3 +nowhere +refuse/);
    const done = await run('instance', 'adopt', '--from', 'fleet.json');
    expect(done, done.stderr).toMatchObject({ code: 3 });
    expect(done.stdout).toMatch(/old-2 +n-3 +accepted/);
    const again = { guests: [guest('old-1', 60), guest('old-2', 61)] };
    await writeFile(join(directory.path, 'again.json'), JSON.stringify(again));
    await expect
      .poll(async () => (await run('instance', 'adopt', '--from', 'again.json', '--dry-run')).stdout)
      .toMatch(/old-1 +n-3 +held-here .*\nold-2 +n-3 +refuse +held by claim \S+, which charges n-3 VCPU 60 /);
    expect((await run('instance', 'adopt', '--from', 'again.json')).stdout).toMatch(
      /old-1 +n-3 +unchanged\s+old-2 +n-3 +refused/,
    );
    await expect
      .poll(async () => (await run('attention', '--kind', 'overcommitted')).stdout)
      .toContain('n-3 VCPU 120/64');
    const forced = ['instance', 'force-drop', 'old-2', '--reason', 'never there'];
    expect(await run(...forced)).toMatchObject({ code: 2 });
    await ok(...forced, '--yes');
    expect(await charged('n-3')).toBe(60);
  });

  it('a claim tries alternates in order, and says why each of them refused', async () => {
    const claim = ['claim', 'choosy', '--node', 'n-1', '--alternate', 'n-2', '--group', 'web=anti-affinity:2'];
    const refused = await run(...claim, '--resource', 'VCPU=1000');
    expect(refused).toMatchObject({ code: 3 });
    expect(refused.stderr).toMatch(/n-1 NO_CAPACITY: VCPU NO_CAPACITY: requested 1000/);
    expect(refused.stderr).toMatch(/n-2 NO_CAPACITY: VCPU NO_CAPACITY: requested 1000/);
    await ok(...claim, '--resource', 'VCPU=1', '--ttl', '1h');
    expect(await ask('instance', 'show', 'choosy')).toMatch(/expires +\d{4}-/);
    expect((await look('attention', '--kind', 'unconfirmed', '--within', '2h')).stdout).toContain('choosy');
  });

  it('a driver that cannot say leaves a stale node, and settings are shown', async () => {
    await ok('node', 'report', 'n-3', ...AGENT, '--unsupported', 'driver failed');
    expect(await ask('node', 'show', 'n-3')).toContain('stale');
    await ok('node', 'report', 'n-3', ...AGENT, '--flat', '--resource', 'VCPU=80');
    await ok('node', 'policy', 'n-3', '--class', 'VCPU', '--ratio', '1.5');
    await ok('node', 'overlay', 'n-3', '--resource', 'CUSTOM_LICENCE=4', '--trait', 'CUSTOM_GOLD');
    await ok('node', 'aggregates', 'n-3', '--aggregate', 'rack-1');
    const shown = await ask('node', 'show', 'n-3');
    expect(shown).toMatch(/policy +n-3 VCPU ratio 1.5/);
    expect(shown).toMatch(/CUSTOM_GOLD.*rack-1/);
    expect(await ask('counters', '--node', 'n-3')).toMatch(/instances +1/);
  });

  it('is proved by verify afterwards', async () => {
    expect(await ok('verify')).toContain('replay = ');
  });
});
