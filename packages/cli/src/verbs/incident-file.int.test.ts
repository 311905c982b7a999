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

  it('is searched for no predicate that cannot be read, and says where it cannot', async () => {
    const refused = await onFile('bisect', 'charged(host-1) > 9', '--json');
    expect(refused).toMatchObject({ code: 2 });
    expect(JSON.parse(refused.stdout)).toMatchObject({
      outcome: 'error',
      error: { code: 'PREDICATE_INVALID', details: { position: 15 } },
    });
  });
});
