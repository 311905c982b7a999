import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const COMMAND = fileURLToPath(new URL('../../bin/fleetbook.mjs', import.meta.url));
const FULL = '/dev/full';

it('output that cannot be written ends with exit code 4, never with an answer', (context) => {
  if (!existsSync(FULL)) {
    context.skip('this system has no device that is always full');
  }
  const line = `"${process.execPath}" "${COMMAND}" errors > ${FULL}`;
  const { status, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  expect(status).toBe(4);
  expect(stderr).toMatch(/^The output cannot be written: .*\n$/);
});
