import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('./run-bench.ts', import.meta.url));
const run = promisify(execFile);

describe('the benchmark', () => {
  it('measures every part and ends with one object', async () => {
    // Enough nodes that a fast machine does not fill them: a refused claim ends a benchmark.
    const sizes = ['--seconds', '0.15', '--runs', '1', '--nodes', '4000', '--events', '500', '--kills', '2'];
    const { stdout } = await run(process.execPath, [command, ...sizes, '--json']);
    const figures: Record<string, unknown> = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    const positive = expect.toSatisfy((value: unknown) => Number(value) > 0, 'is above 0');
    expect(figures).toMatchObject({
      claimsPerSecond: positive,
      batchedClaimsPerSecond: positive,
      natsEchoPerSecond: positive,
      moves: { stepsPerSecond: positive, timeOfClaim: positive },
      claimP50Ms: positive,
      claimP99Ms: positive,
      candidatesP99Ms: { 4000: positive },
      candidatesInService: { 4000: { count: positive, meanMs: positive } },
      foldEventsPerSecond: positive,
      withProjector: { claimsPerSecond: positive, batchedClaimsPerSecond: positive },
      openLoop: { claimsPerSecond: positive },
      failOver: { killed: { turns: 2, p50Ms: positive }, handedOver: { turns: 1 } },
      machine: { cores: positive, natsServer: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
    });
  });

  it('says how it is used when it is asked for something else', async () => {
    const failed = run(process.execPath, [command, 'holidays']);
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('npm run bench') });
  });
});
