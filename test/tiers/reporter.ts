import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestCase, TestModule, TestSuite } from 'vitest/node';
import type { SkippedTest, TierSummary } from './summary.ts';

declare module 'vitest' {
  interface TaskMeta {
    /** Why a test or a whole suite is skipped; the runner prints it. `context.skip('why')` does the same. */
    skipReason?: string;
  }
}

/** Writes what a run came to as JSON to the file named by FLEETBOOK_TEST_SUMMARY. */
class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const file = process.env['FLEETBOOK_TEST_SUMMARY'];
    if (file === undefined) {
      return;
    }
    writeFileSync(file, JSON.stringify(summarise(modules, unhandledErrors.length)));
  }
}

function summarise(modules: readonly TestModule[], unhandledErrors: number): TierSummary {
  let passed = 0;
  let failed = unhandledErrors;
  const skipped: SkippedTest[] = [];
  for (const module of modules) {
    failed += brokenSuites(module);
    for (const test of module.children.allTests()) {
      const state = test.result().state;
      if (state === 'passed') {
        passed += 1;
      } else if (state === 'skipped') {
        skipped.push({ name: `${module.relativeModuleId} > ${test.fullName}`, reason: skipReason(test) });
      } else {
        failed += 1;
      }
    }
  }
  return { passed, failed, skipped };
}

/** Files and suites that failed by themselves: an import that throws, a hook that fails. */
function brokenSuites(module: TestModule): number {
  let broken = module.errors().length > 0 ? 1 : 0;
  for (const suite of module.children.allSuites()) {
    broken += suite.errors().length > 0 ? 1 : 0;
  }
  return broken;
}

function skipReason(test: TestCase): string | undefined {
  const result = test.result();
  if (result.state === 'skipped' && result.note !== undefined) {
    return result.note;
  }
  let task: TestCase | TestSuite | TestModule = test;
  while (task.type !== 'module') {
    const reason: string | undefined = task.meta().skipReason;
    if (reason !== undefined) {
      return reason;
    }
    task = task.parent;
    if (task.errors().length > 0) {
      return 'the suite around it failed';
    }
  }
  return undefined;
}

// biome-ignore lint/style/noDefaultExport: vitest loads a custom reporter by its default export
export default SummaryReporter;
