import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const program = fileURLToPath(new URL('testing/verify_stored_format.py', import.meta.url));
const vectors = fileURLToPath(new URL('golden/history-1.json', import.meta.url));

it('a program in another language checks the golden vectors', (context) => {
  if (spawnSync('python3', ['--version']).status !== 0) {
    context.skip('python3 is not installed');
  }
  const run = spawnSync('python3', [program, vectors], { encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(run.stdout.trim()).toBe('3 commits, 6 events, 3 records');
});
