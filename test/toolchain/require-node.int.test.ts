import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

const module = new URL('../../packages/operations/require-node.mjs', import.meta.url).href;

/** Runs an entry point that believes it is on the given version of Node. */
function startOn(version: string): { status: number | null; stdout: string; stderr: string } {
  const believe = `Object.defineProperty(process.versions, 'node', { value: '${version}' });`;
  const script = `${believe} await import('${module}'); process.stdout.write('started');`;
  return spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
}

describe('an entry point', () => {
  it.each(['18.19.1', '20.20.2', '22.9.0'])('says in one line that Node %s is too old, and what to do', (version) => {
    const { status, stdout, stderr } = startOn(version);
    expect(status).toBe(4);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^Node 24 or newer is needed, this is [\d.]+: run it through npm [^\n]+\n$/);
    expect(stderr).toContain(version);
  });

  it.each(['24.0.0', '26.1.0'])('starts on Node %s', (version) => {
    expect(startOn(version)).toMatchObject({ status: 0, stdout: 'started', stderr: '' });
  });
});
