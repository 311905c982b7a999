import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { interrupt, makeDirectory } from './testing/command.ts';
import { type CellHere, fleetbookHere, type Said, startCellHere, tokenIn } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let cell: CellHere;

beforeAll(async () => {
  directory = await makeDirectory();
  cell = await startCellHere(directory.path);
  await expectOk('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-1');
  await expectOk('node', 'report', 'n-1', '--actor', 'agent-1', '--resource', 'VCPU=64');
  await expectOk('claim', 'i-1', '--node', 'n-1', '--resource', 'VCPU=8', '--command-id', 'claim-1');
  await commandAndWait('drop', 'i-1', '--actor', 'agent-1', '--command-id', 'drop-1');
});

afterAll(async () => {
  await cell.stop();
  await directory.remove();
});

function run(...line: string[]): Promise<Said> {
  return fleetbookHere(line, directory.path);
}

async function expectOk(...line: string[]): Promise<Said> {
  const finished = await run(...line);
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished;
}

/** Until the projector, which is asked about the past, has folded it. */
async function commandAndWait(...line: string[]): Promise<void> {
  const token = tokenIn(await expectOk(...line));
  await expectOk('node', 'list', '--at-least', token ?? 'none');
}

describe('the past of a cell', () => {
  it('is asked of its services by the verbs that ask about now', async () => {
    const held = await expectOk('instance', 'show', 'i-1', '--as-of', 'command:drop-1');
    expect(held.stdout).toContain('held');
    expect(held.stderr).toMatch(/as of \S+\.6, recorded \S+, issued \S+\nproof: every event folded from the log/);
    const ended = await expectOk('state', '--instance', 'i-1', '--as-of', 'after:command:drop-1');
    expect(ended.stdout).toContain('ended');
  });

  it('is compared, drawn and asked for holders', async () => {
    expect(await run('diff', '5', 'after:command:claim-1')).toMatchObject({ code: 1 });
    expect(await run('diff', '5', 'after:command:drop-1', '--tenant', 'nobody')).toMatchObject({ code: 0 });
    expect(await run('diff', '5', '99999')).toMatchObject({ code: 2 });
    const drawn = await expectOk('timeline', 'node', 'n-1', '--as-of', '6');
    expect(drawn.stdout).toMatch(/InstanceClaimed +n-1 i-1\n.*VCPU █░+ 8\/64/);
    expect((await expectOk('who', 'n-1', 'VCPU', '--as-of', '6')).stdout).toContain('i-1');
    expect(await run('who', 'n-1', 'VCPU')).toMatchObject({ code: 1 });
  });

  it('is asked why: in words, as JSON and as a flowchart', async () => {
    const told = await expectOk('explain', 'claim-1');
    expect(told.stdout).toMatch(/ClaimInstance was accepted\n.*judged again {2}the same: accepted\n/s);
    expect((await expectOk('explain', '6', '--json')).stdout).toContain('"agrees":true');
    expect((await expectOk('explain', 'drop-1', '--mermaid')).stdout).toMatch(/^flowchart TD\n/);
    expect((await expectOk('explain', 'command:claim-1')).stdout).toBe(told.stdout);
    expect(await run('explain', 'nobody')).toMatchObject({ code: 1 });
  });

  it('is asked why not: what would have made room', async () => {
    const line = ['why-not', '--node', 'n-1', '--resource', 'VCPU=60'];
    expect(await run(...line)).toMatchObject({ code: 0 });
    const then = await run(...line, '--as-of', 'after:command:claim-1');
    expect(then).toMatchObject({ code: 1 });
    expect(then.stdout).toMatch(/would fit if this were released:\n.*\ni-1 .*claim-1/);
  });

  it('is decided again with one thing changed', async () => {
    const without = await run('what-if', '--from', '5', '--drop-event', '6');
    expect(without).toMatchObject({ code: 1 });
    expect(without.stdout).toMatch(/1 of 1 commands .*\n.*\nfirst at event 7\n.*\n.*drop-1 .*CLAIM_NOT_FOUND/);
    expect(await run('what-if', '--from', '5', '--policy', 'driftPolicy=observe')).toMatchObject({ code: 0 });
    const command = { role: 'scheduler', actor: 's', type: 'ClaimInstance', node: 'x', instance: 'i-2' };
    const input = JSON.stringify({ ...command, request: { resources: { VCPU: 1 } } });
    const line = ['what-if', '--from', '5', '--insert', '-'];
    expect(await fleetbookHere(line, directory.path, {}, input)).toMatchObject({ code: 3 });
    expect(await run('what-if', '--from', '5')).toMatchObject({ code: 2 });
  });

  it('is searched for the first time that something was so', async () => {
    expect((await expectOk('bisect', 'charged(n-1, VCPU) >= 8')).stdout).toMatch(/^true since event 6\n/);
    expect(await run('bisect', 'charged(n-1, VCPU) > 8')).toMatchObject({ code: 1 });
    const wrong = await run('bisect', 'charged(n-1) > 8');
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toMatch(/^PREDICATE_INVALID: .* at character 12: /);
  });

  it('refuses instants that the log does not reach', async () => {
    for (const asOf of ['0', '99999', '2001-01-01T00:00:00Z', '2101-01-01T00:00:00Z', 'command:nobody']) {
      const refused = await run('usage', '--as-of', asOf);
      expect(refused, asOf).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toContain('NO_SUCH_INSTANT');
    }
    expect(await run('usage', '--as-of', 'yesterday')).toMatchObject({ code: 2 });
  });

  it('is drawn on as it happens, until it is stopped', async () => {
    let hasClaimed = false;
    const line = ['timeline', 'instance', 'i-3', '--follow'];
    await commandAndWait('claim', 'i-3', '--node', 'n-1', '--resource', 'VCPU=1', '--command-id', '12345678');
    const drawn = await interrupt(line, { directory: directory.path }, async (output) => {
      if (!hasClaimed && output.includes('InstanceClaimed')) {
        hasClaimed = true;
        await expectOk('drop', 'i-3', '--actor', 'agent-1');
      }
      return output.includes('InstanceDropped');
    });
    expect(drawn, drawn.stderr).toMatchObject({ code: 130 });
    expect(drawn.stdout).toMatch(/InstanceClaimed.*InstanceDropped/s);
    expect(drawn.stdout.match(/InstanceDropped/g)).toHaveLength(1);
    expect(await run(...line, '--as-of', '6')).toMatchObject({ code: 2 });
    expect((await expectOk('explain', '12345678')).stdout).toMatch(/ClaimInstance was accepted/);
    expect((await expectOk('explain', 'command:12345678')).stdout).toMatch(/ClaimInstance was accepted/);
  });

  it('is what its events and the plan of a drain are of, as well', async () => {
    const listed = await expectOk('events', '--node', 'n-1', '--as-of', 'after:command:claim-1');
    expect(listed.stdout.match(/\n/g)).toHaveLength(3);
    expect(listed.stdout).toMatch(/InstanceClaimed.*i-1\n$/);
    expect(await run('events', '--as-of', '99999')).toMatchObject({ code: 2, stdout: '' });
    expect(await run('events', '--as-of', '6', '--follow')).toMatchObject({ code: 2 });
    const drained = await run('node', 'drain', 'n-1', '--as-of', 'after:command:claim-1');
    expect(drained.stdout).toMatch(/^instance .*\ni-1 /);
    expect(drained.stderr).toMatch(/as of \S+\.6, recorded /);
    expect((await expectOk('node', 'drain', 'n-1', '--as-of', 'command:claim-1')).stdout).toContain('holds nothing');
  });

  it('is told of a directory on which nothing runs, as its services told it', async () => {
    const line = ['state', '--as-of', 'after:command:claim-1', '--json'];
    const live = await expectOk(...line);
    await cell.stop();
    expect((await expectOk(...line, '--data', '.fleetbook')).stdout).toBe(live.stdout);
  });
});
