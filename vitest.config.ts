import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { filePatterns, tiers } from './test/tiers/tiers.ts';

export default defineConfig({
  test: {
    maxWorkers: Math.min(2, availableParallelism()),
    passWithNoTests: true,
    silent: 'passed-only',
    restoreMocks: true,
    unstubEnvs: true,
    projects: tiers.map((tier) => ({
      extends: true,
      test: {
        name: tier.name,
        include: filePatterns(tier),
        testTimeout: tier.testTimeoutMs,
        hookTimeout: tier.testTimeoutMs,
        maxWorkers: tier.filesAtATime,
      },
    })),
  },
});
