import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sourceEnvironment } from '@fleetbook/cli/testing';
import { describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('./run-torture.ts', import.meta.url));
const run = promisify(execFile);
const env = sourceEnvironment();

describe('the torture', () => {
  it('kills, goes on, finds nothing wrong, and ends with one object', async ({ signal }) => {
    const line = ['--kills', '2', '--seed', '1', '--no-full-disk'];
    const { stdout } = await run(process.execPath, [command, ...line], { signal, env });
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      ...{ ok: true, seed: 1, endedBy: 'kills', digestsAgree: true, unknown: 0, wrong: [] },
      acknowledged: expect.toSatisfy((count: unknown) => Number(count) > 50, 'is above 50'),
    });
  });

  it('says how it is used when it is asked for something else', async () => {
    const failed = run(process.execPath, [command, '--kills', 'many'], { env });
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('npm run torture') });
  });
});
