import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../testing/command.ts';
import { fleetbookHere } from '../testing/in-process.ts';

/** A node of 32 VCPU with job-1 on it since event 6; it takes job-2 with event 8, and is of 20 VCPU with event 10. */
const INCIDENT = fileURLToPath(new URL('../../../../docs/incidents/shrunken-inventory.incident', import.meta.url));

let directory: Awaited<ReturnType<typeof makeDirectory>>;

beforeAll(async () => {
  directory = await makeDirectory();
  const range = ['--from', '8', '--to', '11', '--out', join(directory.path, 'later')];
  await fleetbookHere(['incident', 'export', '--data', INCIDENT, ...range], directory.path);
});

afterAll(() => directory.remove());

function onLater(...line: string[]) {
  return fleetbookHere([...line, '--data', 'later'], directory.path);
}

describe('an incident file that begins later than the ledger', () => {
  it('says of what was so when it begins that nobody knows since when, and names no command for it', async () => {
    const found = await onLater('bisect', 'capacity(host-1, VCPU) > 20');
    expect(found).toMatchObject({ code: 0 });
    expect(found.stdout).toMatch(/^true since event 8 or before\n/);
    expect(found.stdout).toMatch(/\nknown from +event 8, with which the file begins; so do counts\n$/);
    expect(found.stdout).not.toContain('claim-job-2');
    expect(found.stderr).toContain('proof: snapshot at event 7');
  });

  it('says what became true in it, and what became so once more', async () => {
    expect((await onLater('bisect', 'charged(host-1, VCPU) > 20')).stdout).toMatch(/^true since event 8\n/);
    const again = 'charged(host-1, VCPU) < 20 or capacity(host-1, VCPU) < 32';
    expect((await onLater('bisect', again)).stdout).toMatch(/^true again since event 10\n/);
  });

  it('says where counts begin of what was never true in it', async () => {
    const never = await onLater('bisect', 'events(ClaimConfirmed) > 1');
    expect(never).toMatchObject({ code: 1 });
    expect(never.stderr).toMatch(/^NEVER_TRUE: .* a file that begins with event 8, where counts begin, it was never/);
    const before = await onLater('bisect', 'charged(host-1, VCPU) < 20');
    expect(before.stderr).toContain('it was never true; just before event 8 it was: ');
  });

  it('tells what was there before it from what never was', async () => {
    const begins = 'before event 8, with which the file begins';
    const timeline = await onLater('timeline', 'instance', 'job-1');
    expect(timeline).toMatchObject({ code: 0, stdout: '' });
    expect(timeline.stderr).toContain(`it was there ${begins}: what happened then is not in the file`);
    for (const [what, reason] of [
      ['claim-job-1', 'it was decided'],
      ['6', 'it was'],
    ] as const) {
      expect((await onLater('explain', what)).stderr).toContain(`: ${reason} ${begins}.`);
    }
    expect((await onLater('explain', 'claim-job-99')).stderr).toMatch(
      /^NOT_FOUND: There is no command claim-job-99\.\n/,
    );
    expect((await onLater('explain', '8')).stdout).toMatch(/\njudged on +event 7, /);
  });
});
