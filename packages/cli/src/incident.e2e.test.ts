import { createHmac } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirectory } from './testing/command.ts';
import { type CellHere, fleetbookHere, startCellHere } from './testing/in-process.ts';

let directory: Awaited<ReturnType<typeof makeDirectory>>;
let cell: CellHere;

beforeAll(async () => {
  directory = await makeDirectory();
  cell = await startCellHere(directory.path);
  await run('node', 'register', 'n-1', '--actor', 'agent-1', '--boot-id', 'boot-1');
  await run('node', 'report', 'n-1', '--actor', 'agent-1', '--resource', 'VCPU=64');
  await run('claim', 'i-1', '--node', 'n-1', '--resource', 'VCPU=60', '--tenant', 'secret', '--command-id', 'claim-1');
  await run('claim', 'i-2', '--node', 'n-1', '--resource', 'VCPU=8', '--command-id', 'claim-2');
  await run('incident', 'export', '--from', '6', '--to', '7', '--out', 'whole.incident');
  await writeFile(join(directory.path, 'key'), ' a key\n');
  await run('incident', 'export', '--from', '6', '--to', '7', '--out', 'a.incident', '--redact-tenants', 'key');
});

afterAll(async () => {
  await cell.stop();
  await directory.remove();
});

function run(...line: string[]) {
  return fleetbookHere(line, directory.path);
}

describe('an incident file', () => {
  it('is proved, and answers every question about its range without a cell', async () => {
    await cell.stop();
    const opened = await run('incident', 'open', 'whole.incident');
    expect(opened, opened.stderr).toMatchObject({ code: 0 });
    expect(opened.stdout).toMatch(/events 6 to 7, .*\n.*\n.*\n.*\n.*\nIt can be trusted/);
    for (const line of [
      ['explain', 'claim-2', '--json'],
      ['who', 'n-1', 'VCPU', '--as-of', '6', '--json'],
      ['node', 'show', 'n-1', '--as-of', '7', '--json'],
      ['diff', '6', '7', '--json'],
    ]) {
      const told = await run(...line, '--data', 'whole.incident');
      expect(told.stdout, told.stderr).toContain('"outcome":"answer"');
    }
    const why = await run('why-not', '--node', 'n-1', '--resource', 'VCPU=8', '--data', 'whole.incident');
    expect(why.stdout).toContain('would fit if this were released');
    expect(await run('usage', '--as-of', '3', '--data', 'whole.incident')).toMatchObject({ code: 2 });
  });

  it('does not claim to know of a command before it whether it was recorded', async () => {
    await run('incident', 'export', '--from', '7', '--to', '7', '--out', 'later.incident', '--data', 'whole.incident');
    const text = await run('command', 'show', 'claim-1', '--data', 'later.incident');
    expect(text).toMatchObject({ code: 1 });
    expect(text.stderr).toContain('the file begins with event 7, and what was decided before is not in it');
    const json = await run('command', 'show', 'claim-1', '--data', 'later.incident', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ status: 'not-found', first: 7 });
  });

  it('has no name of a tenant when it is redacted', async () => {
    const who = await run('who', 'n-1', '--data', 'a.incident');
    const hashed = createHmac('sha256', 'a key').update('secret').digest('hex').slice(0, 16);
    expect(who.stdout).toMatch(new RegExp(`i-1 +tenant-${hashed} `));
    expect((await run('incident', 'open', 'a.incident')).stdout).toContain('keyed hashes');
  });

  it('says of a part of a redacted one, too, that it is redacted', async () => {
    await run('incident', 'export', '--from', '7', '--to', '7', '--out', 'part.incident', '--data', 'a.incident');
    expect((await run('incident', 'open', 'part.incident')).stdout).toContain('keyed hashes');
  });

  it('is refused when a byte is flipped, when it is cut short, and when it is none', async () => {
    const path = join(directory.path, 'whole.incident');
    const bytes = await readFile(path);
    bytes[bytes.length - 9] = (bytes[bytes.length - 9] ?? 0) ^ 1;
    await writeFile(join(directory.path, 'flipped'), bytes);
    await writeFile(join(directory.path, 'short'), bytes.subarray(0, bytes.length - 9));
    for (const name of ['flipped', 'short', 'key']) {
      const refused = await run('incident', 'open', name);
      expect(refused).toMatchObject({ code: 5, stdout: '' });
      expect(refused.stderr).toContain('BUNDLE_DAMAGED');
      expect(await run('who', 'n-1', '--data', name)).toMatchObject({ code: 5 });
    }
  });
});
