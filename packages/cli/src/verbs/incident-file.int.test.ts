import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { fleetbookHere } from '../testing/in-process.ts';

const FILE = fileURLToPath(new URL('../../../../docs/incidents/expired-claim.incident', import.meta.url));

function onFile(...line: string[]) {
  return fleetbookHere([...line, '--data', FILE], '/');
}

describe('an incident file', () => {
  it.each([
    ['events', '--limit', '100000'],
    ['timeline', 'node', 'host-1'],
  ])('is shown to its end where it is to be followed: %s', async (...line) => {
    const whole = await onFile(...line);
    const followed = await onFile(...line, '--follow');
    expect(followed, followed.stderr).toMatchObject({ code: 0, stdout: whole.stdout });
    expect(followed.stderr).toContain('nothing is added there');
  });

  it.each([['status'], ['health'], ['projection', 'status'], ['projection', 'rebuild']])(
    'has no services to be asked about: %s %s',
    async (...line) => {
      const refused = await onFile(...line);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toMatch(/^USAGE: .*expired-claim\.incident is an incident file: no services run on it/);
      const help = await fleetbookHere([...line, '--help'], '/');
      expect(help.stdout).not.toContain('incident file');
    },
  );

  it('is no data directory', async () => {
    const refused = await onFile('snapshot', 'list');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(/^USAGE: There is no directory .*expired-claim\.incident\./);
  });

  it('is searched for no predicate that cannot be read, and says where it cannot', async () => {
    const refused = await onFile('bisect', 'charged(host-1) > 9', '--json');
    expect(refused).toMatchObject({ code: 2 });
    expect(JSON.parse(refused.stdout)).toMatchObject({
      outcome: 'error',
      error: { code: 'PREDICATE_INVALID', details: { position: 15 } },
    });
  });
});

describe('a name that nobody knew', () => {
  it('is told apart from what nobody holds, and from what is the same', async () => {
    expect((await onFile('who', 'host-1', 'VCPU')).stdout).toBe('nobody holds VCPU on host-1\n');
    expect((await onFile('who', 'host-1', 'VCPUS')).stdout).toBe(
      'there is no class, unit or provider VCPUS on host-1\n',
    );
    const same = await onFile('diff', '4', '8', '--tenant', 'nobody');
    expect(same).toMatchObject({ code: 0 });
    expect(same.stderr).toContain('tenant nobody held nothing at either instant');
  });

  it('of an instant comes with the bounds of what is there', async () => {
    const bounds = '; events 1 to 8 are there, recorded 2023-11-14T22:13:20.000Z to 2023-11-14T22:15:01.007Z.\n';
    for (const [asOf, reason] of [
      ['99', 'the log ends with event 8'],
      ['2024-01-01T00:00:00Z', 'nothing is known of what is after 2023-11-14T22:15:01.007Z'],
    ] as const) {
      const refused = await onFile('state', '--as-of', asOf);
      expect(refused.stderr).toContain(`There is no instant ${asOf}: ${reason}${bounds}`);
    }
  });
});

describe('the difference from one instant', () => {
  it('goes to the end of the file', async () => {
    const toTheEnd = await onFile('diff', '4', '8', '--json');
    expect(toTheEnd).toMatchObject({ code: 1 });
    expect(await onFile('diff', '4', '--json')).toEqual(toTheEnd);
  });
});

describe('the export of an incident', () => {
  it('replaces a file only where it is told to, and makes no directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fleetbook-cli-'));
    try {
      const path = join(directory, 'a.incident');
      const line = ['incident', 'export', '--from', '4', '--to', '8', '--out'];
      await writeFile(path, 'mine');
      const refused = await onFile(...line, path);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(refused.stderr).toMatch(/^USAGE: There is a file .*a\.incident already\.\n.*--force/);
      expect(await readFile(path, 'utf8')).toBe('mine');
      const missing = await onFile(...line, join(directory, 'none', 'a.incident'));
      expect(missing).toMatchObject({ code: 2 });
      expect(missing.stderr).toMatch(/^USAGE: There is no directory .*none\.\n/);
      expect(await onFile(...line, directory, '--force')).toMatchObject({ code: 2 });
      expect(await onFile(...line, path, '--force')).toMatchObject({ code: 0 });
      expect((await readFile(path)).length).toBeGreaterThan(1_000);
      const copied = await fleetbookHere(['backup', 'create', '--to', 'b', '--data', path], directory);
      expect(copied.stderr).toContain('the file begins with event 4');
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe('the id of a decision of the writer', () => {
  it('is understood by every verb that takes the id of a command', async () => {
    const [id] = /ClaimExpired\.\d+/.exec((await onFile('explain', '7')).stdout) ?? [];
    const shown = await onFile('command', 'show', id ?? '');
    expect(shown, shown.stderr).toMatchObject({ code: 0 });
    expect(shown.stdout).toMatch(/outcome +decided by the ledger itself/);
    expect(shown.stdout).toContain('ClaimExpired');
    expect((await onFile('timeline', 'command', id ?? '')).stdout).toContain('ClaimExpired');
    expect((await onFile('explain', id ?? '')).stdout).toContain('ClaimExpired was decided by the ledger itself');
    expect((await onFile('usage', '--as-of', `command:${id}`)).stderr).toMatch(/\.6, recorded/);
  });
});

describe('what there is none of', () => {
  it.each([
    [['diff', '4', '8', '--node', 'nope'], 'NOT_FOUND: There is no node nope.'],
    [['events', '--node', 'nope'], 'NOT_FOUND: There is no node nope.'],
    [['events', '--instance', 'nope'], 'NOT_FOUND: There is no instance nope.'],
    [['explain', '0'], 'NOT_FOUND: There is no event 0.\n  fleetbook events lists those there are.'],
    [['explain', '99'], 'NOT_FOUND: There is no event 99.\n  fleetbook events lists those there are.'],
    [['explain', 'nope'], 'NOT_FOUND: There is no command nope.\n  Check the id: fleetbook events --json shows'],
  ])('is an answer that is no: %j', async (line, text) => {
    const answered = await onFile(...line);
    expect(answered).toMatchObject({ code: 1, stdout: '' });
    expect(answered.stderr).toContain(text);
  });

  it('is told where a list of events is of nothing', async () => {
    const listed = await onFile('events', '--from', '99');
    expect(listed).toMatchObject({ code: 0, stdout: '', stderr: 'none of the events 1 to 8 is like this\n' });
  });
});

describe('an answer about the past', () => {
  it.each([[['events', '--as-of', '5']], [['explain', '7', '--mermaid', '--as-of', '8']]])(
    'says which instant it is of, and what vouches for it: %j',
    async (line) => {
      const { stderr } = await onFile(...line);
      expect(stderr).toMatch(/^as of history-1\.[58], recorded 2023-11-14T22:.*, issued .*\nproof: every event /);
    },
  );
});

describe('a hint', () => {
  it.each([
    ['state', '--as-of', 'now'],
    ['diff', '4', 'now'],
    ['what-if', '--from', 'now', '--drop-event', '5'],
    ['why-not', '--node', 'host-1', '--resource', 'VCPU=1', '--as-of', 'now'],
    ['bisect', 'events(ClaimExpired) > 0', '--as-of', 'now'],
  ])('names no flag that the verb does not have: %s %s', async (...line) => {
    const refused = await onFile(...line);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('"now" is none: leave it out, or write 0s.');
    expect(refused.stderr).not.toContain('--dry-run');
  });
});
