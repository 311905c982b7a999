// `npm run check`: every check, also after one has failed, so that one run shows all there is to mend.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Name and npm script of each check. */
const checks = [
  ['types', 'check:types'],
  ['lint and format', 'check:style'],
  ['import directions, purity, limits, broken variants', 'check:architecture'],
  ['unused code', 'check:unused'],
] as const;

const failed: string[] = [];
for (const [name, script] of checks) {
  process.stdout.write(`\n== check: ${name}\n`);
  const started = performance.now();
  const { status } = spawnSync('npm', ['run', '--silent', script], { cwd: root, stdio: 'inherit' });
  process.stdout.write(`${status === 0 ? 'ok' : 'FAILED'} (${((performance.now() - started) / 1000).toFixed(1)} s)\n`);
  if (status !== 0) {
    failed.push(name);
  }
}
process.stdout.write(failed.length === 0 ? '\nchecks passed\n' : `\nchecks failed: ${failed.join('; ')}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
