import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/tiers/longest-first.ts';
import { filePatterns, tiers } from './test/tiers/tiers.ts';

export default defineConfig({
  test: {
    maxWorkers: Math.min(2, availableParallelism()),
    passWithNoTests: true,
    // The code keeps no state in modules, so files may share them: reading them again took half of a tier's time.
    isolate: false,
    silent: 'passed-only',
    sequence: { sequencer: LongestFirst },
    restoreMocks: true,
    // A poll waits for a condition; how long that takes is the machine's affair, and a hang ends with its test.
    expect: { poll: { timeout: 60_000, interval: 20 } },
    unstubEnvs: true,
    projects: tiers.map((tier) => ({
      extends: true,
      test: {
        name: tier.name,
        include: filePatterns(tier),
        testTimeout: tier.testTimeoutMs,
        hookTimeout: tier.testTimeoutMs,
        maxWorkers: tier.filesAtATime,
        ...(tier.setup === undefined ? {} : { globalSetup: tier.setup }),
        ...(tier.setupOfFile === undefined ? {} : { setupFiles: tier.setupOfFile }),
      },
    })),
  },
});
