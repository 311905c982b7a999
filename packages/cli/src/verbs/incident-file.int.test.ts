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
});
