import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  documentOf,
  type Finished,
  fleetbook,
  interrupt,
  makeDirectory,
  startUp,
  type UpProcess,
} from './testing/command.ts';
import { fleetbookHere, type Said } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let cell: UpProcess;

beforeAll(async () => {
  directory = await makeDirectory();
  cell = await startUp({ directory: directory.path });
  await expectOk('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-1');
  await expectOk('node', 'report', 'n-1', '--actor', 'agent-1', '--resource', 'VCPU=64');
});

afterAll(async () => {
  await cell.stop();
  await directory.remove();
});

function run(...line: string[]): Promise<Said> {
  return fleetbookHere(line, directory.path);
}

/** As people run it: a process of its own. */
function runProcess(...line: string[]): Promise<Finished> {
  return fleetbook(line, { directory: directory.path });
}

async function expectOk(...line: string[]): Promise<string> {
  const finished = await run(...line);
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished.stdout;
}

/** A projector follows the tracker within moments; a command that was not told a token does not wait for it. */
async function expectSoon(expected: string, ...line: string[]): Promise<void> {
  await expect.poll(() => expectOk(...line)).toContain(expected);
}

/** The token of the last event that the tracker has decided. */
async function now(): Promise<string> {
  const { tracker } = Object(documentOf(await run('status', '--json')));
  return `${tracker.historyId}.${tracker.number}`;
}

describe('a running cell', () => {
  it('is not asked for by who has set FLEETBOOK_CELL to another one', async () => {
    const environment = { FLEETBOOK_CELL: 'elsewhere' };
    const ask = (...line: string[]) => fleetbookHere(['node', 'list', ...line], directory.path, environment);
    expect(await ask('--timeout', '300ms')).toMatchObject({ code: 4 });
    expect(await ask('--timeout', '300ms', '--data', '.fleetbook')).toMatchObject({ code: 4 });
    expect(await ask('--cell', 'main')).toMatchObject({ code: 0 });
  });

  it('is filled and emptied from the command line', async () => {
    const claimed = documentOf(await run('claim', 'i-1', '--node', 'n-1', '--resource', 'VCPU=8', '--json'));
    expect(claimed).toMatchObject({ outcome: 'accepted', result: { charge: [{ class: 'VCPU', amount: 8 }] } });
    await expectSoon('i-1', 'instance', 'list');
    expect(await expectOk('instance', 'show', 'i-1')).toContain('held, unconfirmed');
    await expectOk('instance', 'confirm', 'i-1');
    expect(await expectOk('node', 'show', 'n-1')).toContain('i-1');
    await expectOk('drop', 'i-1', '--actor', 'agent-1');
    await expectSoon('ended', 'instance', 'show', 'i-1');
  });

  it('refuses an event type that does not exist', async () => {
    const finished = await run('events', '--type', 'NodeEnable');
    expect(finished).toMatchObject({ code: 2, stdout: '' });
    expect(finished.stderr).toContain('did you mean NodeEnabled?');
  });

  it('waits with its state for a token', async () => {
    const { token } = Object(documentOf(await run('node', 'list', '--json')));
    expect(await run('status', '--at-least', token)).toMatchObject({ code: 0 });
    for (const verb of [['status'], ['projection', 'status']]) {
      const behind = await run(...verb, '--at-least', `${token}00`, '--timeout', '200ms');
      expect(behind, verb.join(' ')).toMatchObject({ code: 4 });
      expect(behind.stderr, verb.join(' ')).toMatch(/^(PROJECTION_BEHIND|TIMEOUT): /);
    }
  });

  it('takes a report from a file and from stdin', async () => {
    const input = JSON.stringify({ providers: [{ id: 'n-2', inventories: [{ class: 'VCPU', total: 8 }] }] });
    await expectOk('node', 'register', 'n-2', '--actor', 'agent-1', '--boot-id', 'boot-1');
    const line = [
      'node',
      'report',
      'n-2',
      '--actor',
      'agent-1',
      '--file',
      '-',
      '--sequence',
      '7',
      '--incarnation',
      '1',
    ];
    const finished = await fleetbook(line, { directory: directory.path, input });
    expect(finished, finished.stderr).toMatchObject({ code: 0 });
    await expectSoon('VCPU 0/8', 'node', 'list');
  });

  it('repeats a command by its id without doing it twice', async () => {
    const line = ['claim', 'i-2', '--node', 'n-1', '--resource', 'VCPU=1', '--command-id', 'once', '--json'];
    const first = documentOf(await run(...line));
    expect(documentOf(await run(...line))).toEqual(first);
    const other = documentOf(await run(...line, '--tenant', 'other'));
    expect(other).toMatchObject({ outcome: 'error', error: { code: 'COMMAND_ID_REUSED' } });
    expect(await expectOk('command', 'show', 'once')).toContain('InstanceClaimed');
  });

  it('reads its own writes through --at-least', async () => {
    const reply = documentOf(await run('node', 'disable', 'n-2', '--reason', 'test', '--json'));
    const token = reply instanceof Object && 'token' in reply ? String(reply.token) : '';
    expect(await expectOk('node', 'show', 'n-2', '--at-least', token)).toContain('disabled: test');
  });

  it('answers what fits and what is used', async () => {
    expect(await expectOk('candidates', '--resource', 'VCPU=4')).toContain('n-1');
    expect(await expectOk('capacity', '--resource', 'VCPU=4')).toContain('fit');
    expect(await expectOk('usage', '--node', 'n-1')).toContain('VCPU');
  });

  it('shows its log and follows it', async () => {
    const lines = (await expectOk('events', '--json')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).number)).toEqual(lines.map((_, index) => index + 1));
    expect(await expectOk('events', '--instance', 'i-1', '--follow', '--from', '1', '--limit', '2')).toContain('i-1');
  });

  it('says of itself how it is', async () => {
    expect(documentOf(await run('status', '--json'))).toMatchObject({
      tracker: { status: 'green', durability: 'verified' },
      projector: { status: 'green' },
    });
    expect(await expectOk('tracker', 'status')).toContain('epoch 1');
    expect(await expectOk('projection', 'status')).toContain('digest');
  });

  it('is proved by verify', async () => {
    expect(await expectOk('verify')).toContain('replay = reference = projector = tracker');
  });
});

const PROCESSES: readonly (readonly [number, readonly string[]])[] = [
  [1, ['candidates', '--resource', 'VCPU=1000']],
  [2, ['node', 'list', '--nonsense']],
  [3, ['claim', 'i-9', '--node', 'n-1', '--resource', 'VCPU=1000']],
  [4, ['status', '--server', 'nats://127.0.0.1:1']],
];

describe('exit codes', () => {
  it.each([
    ['1 where nothing fits', 1, ['candidates', '--resource', 'VCPU=1000']],
    ['1 where nothing is left', 1, ['capacity', '--resource', 'VCPU=1000']],
    ['1 for what does not exist', 1, ['node', 'show', 'nowhere']],
    ['1 for a command never seen', 1, ['command', 'show', 'never']],
    ['2 for an unknown flag', 2, ['node', 'list', '--nonsense']],
    ['2 for an unknown verb', 2, ['nod', 'list']],
    ['2 for an id that is none', 2, ['node', 'show', 'a b']],
    ['2 for a command that breaks a rule', 2, ['claim', 'i-9', '--node', 'n-1', '--resource', 'VCPU=0']],
    ['2 for a retirement without --yes', 2, ['node', 'retire', 'n-1']],
    ['3 for a refusal', 3, ['claim', 'i-9', '--node', 'n-1', '--resource', 'VCPU=1000']],
    ['3 for an actor outside its nodes', 3, ['drop', 'i-2', '--actor', 'somebody']],
    ['4 for a cell that nobody serves', 4, ['node', 'list', '--cell', 'other', '--timeout', '300ms']],
    ['4 for a server that does not answer', 4, ['status', '--server', 'nats://127.0.0.1:1']],
  ])('%s', async (_rule, code, line) => {
    const finished = await run(...line);
    expect(finished, finished.stderr).toMatchObject({ code });
    expect(code === 1 || finished.stderr !== '').toBe(true);
  });

  it('are those of the process, and what is said goes to its two outputs', async () => {
    const yes = await runProcess('node', 'list');
    expect(yes, yes.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('n-1') });
    for (const [code, line] of PROCESSES) {
      const finished = await runProcess(...line);
      expect(finished, finished.stderr).toMatchObject({ code });
      expect(code === 1 || finished.stderr !== '').toBe(true);
    }
  });

  it('names code, message, figures and what to do next for a refusal', async () => {
    const { stderr, stdout } = await run('claim', 'i-9', '--node', 'n-1', '--resource', 'VCPU=1000', '--json');
    expect(stderr).toContain('NO_CAPACITY: Node n-1 has not enough free capacity.');
    expect(stderr).toContain('requested 1000, capacity 64');
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'refused', error: { code: 'NO_CAPACITY', retry: 'new-id' } });
  });
});

describe('a dry run', () => {
  it('shows subject and body and changes nothing', async () => {
    const before = await expectOk('events', '--json');
    const shown = documentOf(await run('claim', 'i-8', '--node', 'n-1', '--resource', 'VCPU=1', '--dry-run', '--json'));
    expect(shown).toMatchObject({ body: { instance: 'i-8', node: 'n-1', request: { resources: { VCPU: 1 } } } });
    expect(JSON.stringify(shown)).toContain('fleetbook.v1.main.cmd.scheduler.');
    expect(await expectOk('events', '--json')).toBe(before);
  });
});

describe('the data directory', () => {
  it('keeps the password to its owner', async () => {
    const file = join(directory.path, '.fleetbook', 'endpoint.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ user: 'fleetbook', cell: 'main' });
  });

  it('is refused to a second cell, without damage', async () => {
    const second = await runProcess('up', '--port', '0');
    expect(second).toMatchObject({ code: 4 });
    expect(second.stderr).toContain(
      `DATA_IN_USE: ${join(directory.path, '.fleetbook')} is in use by process ${cell.pid}`,
    );
    await expectOk('status');
  });

  it('is copied while they run, and the copy is never answered for by them', async () => {
    const copy = join(directory.path, 'copy');
    await cp(join(directory.path, '.fleetbook'), copy, { recursive: true });
    const refused = await run('verify', '--data', 'copy');
    expect(refused).toMatchObject({ code: 4, stdout: '' });
    expect(refused.stderr).toContain('DATA_IN_USE');
    expect(refused.stderr).toContain('a copy of a directory in use');
    const locks = (await readdir(copy)).filter((name) => name.startsWith('lock.'));
    await Promise.all(locks.map((name) => rm(join(copy, name))));
    await rm(join(copy, 'nats-server', 'store'), { recursive: true });
    const gone = await run('verify', '--data', 'copy');
    expect(gone.stderr).toContain(`There is no log in ${copy}`);
  });

  it('is read through its services while they run', async () => {
    expect(await expectOk('node', 'list', '--data', '.fleetbook')).toContain('n-1');
  });

  it('is read without services, and not changed by it', async () => {
    const live = documentOf(await run('node', 'list', '--json', '--at-least', await now()));
    expect(await cell.stop()).toBe(0);
    const copy = join(directory.path, 'copy');
    await cp(join(directory.path, '.fleetbook'), copy, { recursive: true });
    expect(documentOf(await run('node', 'list', '--data', 'copy', '--json'))).toEqual(live);
    const elsewhere = { FLEETBOOK_CELL: 'elsewhere' };
    expect(await fleetbookHere(['node', 'list', '--data', 'copy'], directory.path, elsewhere)).not.toMatchObject({
      code: 0,
    });
    expect(await expectOk('verify', '--data', 'copy')).toContain('replay = reference = checkpoint');
    const checkpoint = join(copy, 'projector', 'main', '1', 'checkpoint.json');
    const saved = await readFile(checkpoint);
    for (const spoil of [() => writeFile(checkpoint, saved.subarray(0, saved.length / 2)), () => rm(checkpoint)]) {
      await spoil();
      const shown = await expectOk('verify', '--data', 'copy');
      expect(shown).toMatch(/\ncheckpoint +none that can be used.*\nIt can be trusted: .* replay = reference\.\n$/);
    }
    await writeFile(checkpoint, saved);
    expect(await run('status', '--data', 'copy')).toMatchObject({ code: 4 });
    cell = await startUp({ directory: directory.path }, ['--data', 'copy']);
    expect(documentOf(await run('node', 'list', '--data', 'copy', '--json'))).toMatchObject({ outcome: 'answer' });
  });
});

describe('an interrupted reader of a directory', () => {
  it('leaves no server and no copy behind', async () => {
    const temporary = join(directory.path, 'temporary');
    await mkdir(temporary);
    const copies = async () => (await readdir(temporary)).filter((name) => name.startsWith('fleetbook-data-'));
    const surroundings = { directory: directory.path, environment: { TMPDIR: temporary } };
    const hasServer = async () => {
      const [copy] = await copies();
      return copy !== undefined && existsSync(join(temporary, copy, 'nats-server', 'server.json'));
    };
    const { code } = await interrupt(['verify', '--data', '.fleetbook'], surroundings, hasServer);
    // Done in the moment before the signal came: then nothing is left either.
    expect([0, 130]).toContain(code);
    expect(await copies()).toEqual([]);
  });
});

describe('a damaged log', () => {
  it('ends verify with exit code 5 and is not served', async () => {
    const damaged = join(directory.path, 'damaged');
    await cp(join(directory.path, '.fleetbook'), damaged, { recursive: true });
    const block = join(damaged, 'nats-server/store/jetstream/$G/streams/FLEETBOOK_main_0001/msgs/1.blk');
    const bytes = await readFile(block);
    const middle = bytes.indexOf('InventoryChanged');
    bytes.writeUInt8(0x21, middle + 3);
    await writeFile(block, bytes);
    const finished = await runProcess('verify', '--data', 'damaged', '--json');
    expect(finished, finished.stderr).toMatchObject({ code: 5 });
    expect(finished.stderr).toMatch(/LOG_(DAMAGED|WENT_BACK): /);
    expect(JSON.parse(finished.stdout)).toMatchObject({ isTrusted: false });

    const served = await runProcess('up', '--port', '0', '--data', 'damaged');
    expect(served, served.stderr).toMatchObject({ code: 5 });
    expect(served.stdout).toMatch(/nats-server +stopped/);
  });
});
