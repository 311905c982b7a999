import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sourceEnvironment } from '@fleetbook/cli/testing';
import { describe, expect, it } from 'vitest';

const command = fileURLToPath(new URL('./run-bench.ts', import.meta.url));
/** For one that hangs, and then ends its processes: on a busy machine half a minute becomes several. */
const RUN_TIMEOUT_MS = 220_000;
const run = promisify(execFile);
const env = sourceEnvironment();

describe('the benchmark', () => {
  it('measures its parts and ends with one object', async () => {
    const parts = ['moves', 'claims', 'fold', 'candidates'];
    const sizes = ['--seconds', '0.05', '--runs', '1', '--nodes', '50', '--events', '300'];
    const { stdout } = await run(process.execPath, [command, ...parts, ...sizes, '--json'], {
      ...{ timeout: RUN_TIMEOUT_MS, env },
    });
    const figures: Record<string, unknown> = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    const positive = expect.toSatisfy((value: unknown) => Number(value) > 0, 'is above 0');
    // Of so short a run nothing may be answered in time.
    const known = expect.any(Number);
    expect(figures).toMatchObject({
      claimsPerSecond: known,
      batchedClaimsPerSecond: known,
      sdkClaimsPerSecond: known,
      natsEchoPerSecond: known,
      claimP50Ms: known,
      claimP99Ms: known,
      withProjector: { claimsPerSecond: known, batchedClaimsPerSecond: known, sdkClaimsPerSecond: known },
      openLoop: { 10000: { p99Ms: positive }, 20000: { p99Ms: positive } },
      projectionLag: { p99Ms: positive },
      ceilings: { rawAppendEventsPerSecond: positive, jsonParsePerSecond: positive },
      log: { bytesPerEvent: positive, eventsPerCommit: positive },
      moves: { stepsPerSecond: known, cpuMicrosecondsPerStep: expect.any(Object) },
      candidatesP99Ms: { 50: positive },
      candidatesAdversarialP99Ms: { 50: positive },
      candidatesInService: { 50: { count: positive, meanMs: positive } },
      foldEventsPerSecond: positive,
      machine: { cores: positive, natsServer: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
      budgets: expect.arrayContaining([expect.objectContaining({ path: 'moves.shortMovesPerSecond' })]),
      failures: [],
      leftOut: [],
    });
  });

  it('says how it is used when it is asked for something else', async () => {
    const failed = run(process.execPath, [command, 'holidays'], { env });
    await expect(failed).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('npm run bench') });
  });
});
