import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../testing/command.ts';
import { fleetbookHere } from '../testing/in-process.ts';

/** A node of 20 VCPU with instances of 16 and 8, of which the inventory shrank with event 10, the last but one. */
const INCIDENT = fileURLToPath(new URL('../../../../docs/incidents/shrunken-inventory.incident', import.meta.url));

let directory: Awaited<ReturnType<typeof makeDirectory>>;

beforeAll(async () => {
  directory = await makeDirectory();
  await copyFile(INCIDENT, join(directory.path, 'whole.incident'));
});

afterAll(() => directory.remove());

function verify(...more: string[]) {
  return fleetbookHere(['verify', ...more], directory.path);
}

async function against(said: unknown, ...more: string[]) {
  await writeFile(join(directory.path, 'node.json'), JSON.stringify(said));
  return verify('--data', 'whole.incident', '--against', 'node.json', ...more);
}

const guest = (instance: string, amount: number) => ({
  instance,
  charge: [{ provider: 'host-1', class: 'VCPU', amount }],
});

describe('verify of a range', () => {
  it('proves it on the state before it, and says where that comes from', async () => {
    const proved = await verify('--data', 'whole.incident', '--from', '6', '--to', '9');
    expect(proved, proved.stderr).toMatchObject({ code: 0 });
    expect(proved.stdout).toMatch(/^log +4 commits, 4 events, 6 to 9, /);
    expect(proved.stdout).toMatch(/\nstate before +[0-9a-f]{32} at event 5, from every event before it\n/);
    expect(proved.stdout).toMatch(/\nreference +not folded/);
    expect(proved.stdout).toMatch(/\nfile +[0-9a-f]{32} at event 11, after the range\n/);
    expect(proved.stdout).toMatch(/\nIt can be trusted, from event 6 to 9: /);
  });

  it('comes to the digest that the whole log has there', async () => {
    const digestOf = async (...line: string[]): Promise<unknown> =>
      JSON.parse((await verify('--data', 'whole.incident', '--json', ...line)).stdout);
    const whole = await digestOf('--to', '9');
    expect(whole).toMatchObject({ isTrusted: true, number: 9, range: { from: 1, to: 9 } });
    expect(whole).toHaveProperty('reference', Object(whole).replay);
    expect(await digestOf('--from', '6', '--to', '9')).toHaveProperty('replay', Object(whole).replay);
  });

  it('is what an incident file is that begins later than the ledger', async () => {
    const line = ['incident', 'export', '--data', 'whole.incident', '--from', '8', '--to', '9', '--out', 'part'];
    expect(await fleetbookHere(line, directory.path)).toMatchObject({ code: 0 });
    const proved = await verify('--data', 'part');
    expect(proved, proved.stderr).toMatchObject({ code: 0 });
    expect(proved.stdout).toMatch(/\nIt can be trusted, from event 8 to 9: the chain is whole, and replay = file\.\n$/);
    const events = await fleetbookHere(['events', '--data', 'part', '--instance', 'job-2'], directory.path);
    expect(events, events.stderr).toMatchObject({ code: 0 });
    expect(events.stdout).toMatch(/^8 .*\n9 .*\n$/);
    const plan = await fleetbookHere(['node', 'drain', 'host-1', '--data', 'part', '--as-of', '8'], directory.path);
    expect(plan.stdout).toMatch(/\njob-1 .*\njob-2 +unconfirmed /);
  });

  it('says how much of the log it did not read', async () => {
    const proved = await verify('--data', 'whole.incident', '--to', '6', '--json');
    expect(JSON.parse(proved.stdout)).toMatchObject({ range: { from: 1, to: 6, unread: expect.any(Number) } });
    expect((await verify('--data', 'whole.incident', '--to', '6')).stdout).toMatch(
      /\nnot read +\d+ commits after event 6\n/,
    );
  });

  it('can be taken out of an incident file that begins later than the ledger', async () => {
    const line = (from: string, file: string, out: string) =>
      fleetbookHere(['incident', 'export', '--data', file, '--from', from, '--to', '9', '--out', out], directory.path);
    expect(await line('7', 'whole.incident', 'from-7')).toMatchObject({ code: 0 });
    for (const from of ['7', '9']) {
      const taken = await line(from, 'from-7', `inner-${from}`);
      expect(taken, taken.stderr).toMatchObject({ code: 0 });
      expect(taken.stdout).toMatch(/\nstate before +at event \d, from a snapshot at event 6, bound by commit hash\n/);
      const proved = await verify('--data', `inner-${from}`);
      expect(proved.stdout).toMatch(new RegExp(`from event ${from} to 9: the chain is whole, and replay = file`));
    }
  });

  it('refuses instants that are not there, and an end before the beginning', async () => {
    expect(await verify('--data', 'whole.incident', '--from', '99')).toMatchObject({ code: 2, stdout: '' });
    expect(await verify('--data', 'whole.incident', '--from', '9', '--to', '6')).toMatchObject({ code: 2 });
    const told = await verify('--data', 'whole.incident', '--from', '99', '--json');
    expect(JSON.parse(told.stdout)).toEqual({ outcome: 'error', error: expect.objectContaining({ retry: 'never' }) });
  });
});

describe('verify against a node', () => {
  it('says that it agrees', async () => {
    const said = { node: 'host-1', incarnation: 1, totals: [{ class: 'VCPU', total: 20 }] };
    const agreed = await against({ ...said, guests: [guest('job-1', 16), guest('job-2', 8)] });
    expect(agreed, agreed.stderr).toMatchObject({ code: 0 });
    expect(agreed.stdout).toMatch(/replay = reference = file\.\nhost-1 agrees with the ledger\.\n$/);
  });

  it('names each difference of its guests and its inventory, and ends with exit code 1', async () => {
    const inventories = [{ class: 'VCPU', total: 32 }];
    const providers = [
      { id: 'host-1', inventories },
      { id: 'host-1.gpu0', parent: 'host-1', inventories: [{ class: 'GPU', total: 1 }] },
    ];
    const said = { node: 'host-1', incarnation: 2, providers, guests: [guest('job-1', 16), guest('ghost', 1)] };
    const differs = await against(said, '--json');
    expect(differs).toMatchObject({ code: 1 });
    const [node] = JSON.parse(differs.stdout).against;
    expect(node).toEqual({
      node: 'host-1',
      differences: [
        { kind: 'incarnation-differs', about: 'host-1', ledger: 1, node: 2 },
        { kind: 'class-missing', about: 'host-1 MEMORY_MB' },
        { kind: 'total-differs', about: 'host-1 VCPU', ledger: 20, node: 32 },
        { kind: 'provider-unknown', about: 'host-1.gpu0' },
        { kind: 'guest-missing', about: 'job-2', details: { claimId: 'claim-job-2' } },
        { kind: 'guest-unknown', about: 'ghost', details: {} },
      ],
      passedOver: [],
    });
    const told = await against(said);
    expect(told.stdout).toMatch(/total-differs +host-1 VCPU +20 +32\n.*\nhost-1 differs from the ledger in 6\.\n$/s);
  });

  it('compares with the end of the range', async () => {
    const said = { node: 'host-1', totals: [{ class: 'VCPU', total: 32 }] };
    expect(await against(said, '--to', '9')).toMatchObject({ code: 0 });
    expect(await against(said)).toMatchObject({ code: 1 });
  });

  it('says nothing of what changed since the node was asked', async () => {
    const said = await against({ node: 'host-1', takenAt: 8, guests: [guest('job-1', 16)] });
    expect(said, said.stderr).toMatchObject({ code: 0 });
    expect(said.stdout).toContain('Nothing is said of job-2');
  });

  it('knows that it does not know the node', async () => {
    const said = await against({ node: 'host-9', guests: [] });
    expect(said).toMatchObject({ code: 1 });
    expect(said.stdout).toContain('node-unknown');
  });

  it.each([
    [{ node: 'host-1' }, 'has neither providers, totals nor guests'],
    [{ node: 'host-1', guests: [], colour: 'red' }, 'There is no field colour here'],
    [{ node: 'host-1', guests: [{}] }, 'guests[0].instance'],
    [{ guests: [] }, 'node'],
    [{ node: 'host-1', totals: [{ class: 'VCPU', total: -1 }] }, 'totals[0].total'],
  ])('refuses a file that is none: %j', async (said, message) => {
    const refused = await against(said);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(message);
  });

  it('refuses a file that is not there, before anything is read', async () => {
    const refused = await verify('--data', 'nowhere', '--against', 'nothing.json');
    expect(refused).toMatchObject({ code: 2 });
    expect(refused.stderr).toContain('--against nothing.json cannot be read');
  });
});
