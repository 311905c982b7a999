import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take longest, longest first. Begun last they would run alone; and how long each took is remembered beside
 * the installed packages only, so a fresh clone knows nothing of it.
 */
export const LONGEST = [
  'test/bench/bench.int.test.ts',
  'test/pack/pack.int.test.ts',
  'packages/cli/src/recovery.e2e.test.ts',
  'test/e2e/lost-log.e2e.test.ts',
  'test/docs/pages.e2e.test.ts',
  'packages/cli/src/demo/demo.e2e.test.ts',
  'test/e2e/moves.e2e.test.ts',
  'test/e2e/main-path.e2e.test.ts',
  'test/torture/torture.int.test.ts',
  'packages/cli/src/up.e2e.test.ts',
  'packages/cli/src/backup.e2e.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((left, right) => rankOf(left.moduleId) - rankOf(right.moduleId));
  }
}

export function rankOf(moduleId: string): number {
  const place = LONGEST.findIndex((path) => moduleId.endsWith(`/${path}`));
  return place < 0 ? LONGEST.length : place;
}
