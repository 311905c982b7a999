import { access, cp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withNatsServer } from '@fleetbook/messaging/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { documentOf, endCommands, fleetbook, interrupt, makeDirectory } from './testing/command.ts';
import { type CellHere, endCellsHere, fleetbookHere, type Said, startCellHere } from './testing/in-process.ts';

let prepared: Awaited<ReturnType<typeof makeDirectory>>;
let lost: LostLog;
let directory: Awaited<ReturnType<typeof makeDirectory>>;
let archive: string;
let cell: CellHere | undefined;

beforeAll(async () => {
  prepared = await makeDirectory();
  use(prepared);
  lost = await loseLog();
});

/** Each test has the same cell to itself. */
beforeEach(async () => {
  use(await makeDirectory());
  await cp(prepared.path, directory.path, { recursive: true });
});

afterEach(async () => {
  await endCommands();
  await endCellsHere();
  cell = undefined;
  await directory.remove();
});

afterAll(async () => {
  await endCellsHere();
  await prepared?.remove();
});

function use(given: typeof directory): void {
  directory = given;
  archive = join(directory.path, 'archive');
}

const surroundings = () => ({ directory: directory.path, environment: { FLEETBOOK_ARCHIVE_DIRECTORY: archive } });
const run = (...line: string[]): Promise<Said> => fleetbookHere(line, directory.path, surroundings().environment);
const store = (name = '.fleetbook'): string => join(directory.path, name, 'nats-server/store');

async function ok(...line: string[]): Promise<Said> {
  const finished = await run(...line);
  expect(finished, `${line.join(' ')}: ${finished.stderr}${finished.stdout}`).toMatchObject({ code: 0 });
  return finished;
}

async function up(): Promise<void> {
  cell = await startCellHere(directory.path, surroundings().environment);
}

async function down(): Promise<void> {
  await cell?.stop();
  cell = undefined;
}

async function claim(id: string): Promise<void> {
  await ok('claim', id, '--node', 'n-1', '--resource', 'VCPU=1', '--command-id', id);
}

/** Until the archive has all that the log has. */
async function archived(): Promise<void> {
  await vi.waitFor(
    async () =>
      expect(documentOf(await run('status', '--json'))).toMatchObject({
        projector: { archive: { lagEvents: 0 }, status: 'green' },
      }),
    { timeout: 60_000 },
  );
}

interface LostLog {
  readonly replay: string;
  readonly number: number;
}

/** A cell with claims `before-…`, a copy of its store, and claims `after-…`: the latter are in the archive alone. */
async function loseLog(): Promise<LostLog> {
  await up();
  await ok('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-1');
  await ok('node', 'report', 'n-1', '--actor', 'agent-1', '--resource', 'VCPU=64');
  await claim('before-1');
  await down();
  await cp(store(), join(directory.path, 'older'), { recursive: true });
  await up();
  await claim('after-1');
  await claim('after-2');
  await archived();
  await down();
  const { replay, number } = Object(documentOf(await ok('verify', '--data', '.fleetbook', '--json')));
  await rm(store(), { recursive: true });
  await cp(join(directory.path, 'older'), store(), { recursive: true });
  return { replay, number };
}

async function claimsInLog(): Promise<readonly string[]> {
  const { stdout } = await ok('events', '--type', 'InstanceClaimed', '--data', '.fleetbook', '--json');
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return events.map(({ commandId }) => commandId);
}

describe('a log that lost its end', () => {
  it('is trusted by nobody where one service knows more, and its list of events ends with that', async () => {
    await rm(join(directory.path, '.fleetbook', 'tracker'), { recursive: true });
    const stopped = await run('up', '--port', '0');
    expect(stopped).toMatchObject({ code: 5, stderr: expect.stringContaining('LOG_WENT_BACK') });
    const verified = await run('verify', '--data', '.fleetbook', '--json');
    expect(verified).toMatchObject({ code: 5, stderr: expect.stringContaining('LOG_WENT_BACK') });
    expect(verified.stdout).toContain('"isTrusted":false');
    const listed = await run('events', '--type', 'InstanceClaimed', '--data', '.fleetbook');
    expect(listed).toMatchObject({ code: 5, stderr: expect.stringContaining('LOG_WENT_BACK') });
    expect(listed.stdout).toContain('before-1');
    const line = ['log', 'recover', '--accept-loss', '--reason', 'the disk is gone', '--dry-run', '--json'];
    const known = await ok(...line, '--data', '.fleetbook');
    expect(documentOf(known)).toMatchObject({ lostTo: lost.number });
  });

  it('is no log of a projector that remembers another: up says so, and the tracker goes on', async () => {
    cell = await startCellHere(directory.path, surroundings().environment, ['--data', 'other']);
    await down();
    await rm(join(directory.path, 'other', 'projector'), { recursive: true });
    await cp(join(directory.path, '.fleetbook', 'projector'), join(directory.path, 'other', 'projector'), {
      recursive: true,
    });
    const line = ['up', '--port', '0', '--data', 'other'];
    const isTold = async (output: string) => /projector +waiting/.test(output);
    const { stdout } = await interrupt(line, surroundings(), isTold);
    expect(stdout).toMatch(/projector +waiting .*OTHER_HISTORY: the log is of history/);
  });

  it('gets it back from the archive: the same digest, every acknowledged claim once', async () => {
    const { replay, number } = lost;
    const stopped = await run('up', '--port', '0');
    expect(stopped).toMatchObject({ code: 5 });
    expect(stopped.stderr).toContain('LOG_WENT_BACK');
    const line = ['log', 'recover', '--from', archive, '--data', '.fleetbook'];
    expect(documentOf(await ok(...line, '--dry-run', '--json'))).toMatchObject({
      outcome: 'would-recover',
      to: number,
    });
    expect(await run(...line)).toMatchObject({ code: 2 });
    expect(documentOf(await ok(...line, '--yes', '--json'))).toMatchObject({ outcome: 'recovered', to: number });
    expect(documentOf(await ok('verify', '--data', '.fleetbook', '--json'))).toMatchObject({
      ...{ isTrusted: true, replay, number },
    });
    expect(await claimsInLog()).toEqual(['before-1', 'after-1', 'after-2']);
    await up();
    expect(await run(...line, '--yes')).toMatchObject({ code: 4, stderr: expect.stringContaining('WRITER_IN_OFFICE') });
    await claim('later');
    await archived();
    expect(documentOf(await ok('verify', '--json'))).toMatchObject({ isTrusted: true });
  });

  it.each(['--server', 'FLEETBOOK_NATS_URL'])(
    'is brought back to the server that %s names, not beside it',
    async (by) => {
      const own = join(directory.path, '.fleetbook', 'nats-server');
      await rm(own, { recursive: true });
      await withNatsServer(async ({ url, user, password }) => {
        const login = { FLEETBOOK_NATS_USER: user, FLEETBOOK_NATS_PASSWORD: password };
        const environment = by === '--server' ? login : { ...login, FLEETBOOK_NATS_URL: url };
        const at = (...line: string[]): Promise<Said> =>
          fleetbookHere([...line, ...(by === '--server' ? ['--server', url] : [])], directory.path, environment);
        const { number } = lost;
        const line = ['log', 'recover', '--data', '.fleetbook', '--json'];
        const known = await at(...line, '--accept-loss', '--reason', 'the disk is gone', '--dry-run');
        expect(documentOf(known)).toMatchObject({ outcome: 'would-accept-loss', keptTo: 0, lostTo: number });
        const done = await at(...line, '--from', archive, '--yes');
        expect(documentOf(done)).toMatchObject({ outcome: 'recovered', to: number });
        expect((await at('events', '--json')).stdout.trimEnd().split('\n')).toHaveLength(number);
      });
      await expect(access(own)).rejects.toThrow('ENOENT');
    },
  );

  it('is brought back into no directory that is not there', async () => {
    const said = await run('log', 'recover', '--from', archive, '--data', 'misspelt', '--yes');
    expect(said).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no directory') });
    expect(await run('snapshot', 'list', '--data', 'misspelt')).toMatchObject({ code: 2 });
    await expect(access(join(directory.path, 'misspelt'))).rejects.toThrow('ENOENT');
  });

  it.each(['1ms', '2'])('is not asked for the past either: --as-of %s', async (instant) => {
    const said = await run('state', '--as-of', instant, '--data', '.fleetbook');
    expect(said).toMatchObject({ code: 5, stderr: expect.stringContaining('LOG_WENT_BACK') });
  });

  it('whose archive holds something else is left as it is', async () => {
    const segment = join(archive, 'main', '0000000000000001.commits');
    const before = await readFile(segment);
    await rename(join(directory.path, '.fleetbook'), join(directory.path, 'aside'));
    await up();
    await down();
    const refused = await run('log', 'recover', '--from', archive, '--data', '.fleetbook', '--yes');
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('COPY_MISMATCH') });
    expect(await readFile(segment)).toEqual(before);
  });

  it('goes on without it once that is accepted: nodes owe reports, then claims go on', async () => {
    const { number } = lost;
    await rename(archive, join(directory.path, 'archive-of-before'));
    const line = ['log', 'recover', '--accept-loss', '--reason', 'the disk is gone', '--data', '.fleetbook'];
    const said = await run(...line);
    expect(said).toMatchObject({ code: 2 });
    expect(said.stdout).toMatch(new RegExp(`lost +events \\d+ to ${number}\\n`));
    const done = Object(documentOf(await ok(...line, '--yes', '--json')));
    expect(done).toMatchObject({ outcome: 'loss-accepted', lostTo: number });
    expect((await ok(...line, '--yes')).stdout).toContain('There is nothing to give up, and nothing was changed.');
    expect(documentOf(await ok(...line, '--yes', '--json'))).toMatchObject({ outcome: 'unchanged', known: [] });
    await up();
    const owed = await run('claim', 'next', '--node', 'n-1', '--resource', 'VCPU=1');
    expect(owed).toMatchObject({ code: 3, stderr: expect.stringContaining('GUEST_REPORT_OWED') });
    expect((await run('attention')).stdout).toContain('n-1');
    await reportGuests(['before-1', 'after-1', 'after-2']);
    await claim('next');
    expect(await claimsInLog()).toEqual(['before-1', 'next']);
    const verified = documentOf(await ok('verify', '--json'));
    expect(verified).toMatchObject({ isTrusted: true, log: { historyId: done.newHistoryId } });
  });

  it('and everything else is founded anew, and its loss recorded', async () => {
    const { number } = lost;
    await rm(store(), { recursive: true });
    await rename(archive, join(directory.path, 'archive-of-before'));
    const line = ['log', 'recover', '--accept-loss', '--reason', 'the disk is gone', '--data', '.fleetbook'];
    expect(documentOf(await ok(...line, '--dry-run', '--json'))).toMatchObject({ keptTo: 0, lostTo: number });
    await ok(...line, '--yes');
    await up();
    await ok('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-2');
    expect(documentOf(await ok('verify', '--json'))).toMatchObject({ isTrusted: true });
  });
});

/** What the agent finds on the node: a complete list. */
async function reportGuests(instances: readonly string[]): Promise<void> {
  const { answer } = Object(documentOf(await ok('node', 'show', 'n-1', '--json')));
  const { token } = Object(documentOf(await ok('node', 'list', '--json')));
  const guests = instances.map((instance) => ({ instance }));
  const takenAt = Number(String(token).split('.').at(-1));
  const input = JSON.stringify({ incarnation: answer.incarnation, takenAt, complete: true, guests });
  const line = ['node', 'guests', 'n-1', '--actor', 'agent-1', '--file', '-'];
  const finished = await fleetbook(line, { ...surroundings(), input });
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
}
