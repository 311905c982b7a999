/** What one run of one tier came to, as the reporter hands it to the runner. */
export interface TierSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

export interface SkippedTest {
  readonly name: string;
  readonly reason: string | undefined;
}

export interface TierResult extends TierSummary {
  readonly tier: string;
  readonly seconds: number;
  readonly budgetSeconds: number;
}

/** A tier whose process died before it could report: nothing it ran counts, and the run has failed. */
export const crashed: TierSummary = { passed: 0, failed: 1, skipped: [] };

/** The lines printed after all tiers; the last one is the verdict, alone. */
export function summaryLines(results: readonly TierResult[], failedChecks: number): string[] {
  const skipped = results.flatMap((result) => result.skipped);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, failedChecks);
  return [
    '',
    ...results.map(tierLine),
    ...results.filter(isOverBudget).map(overBudgetLine),
    ...skipped.map((test) => `skipped: ${test.name}: ${test.reason ?? 'NO REASON GIVEN, which fails the run'}`),
    ...(failedChecks > 0 ? ['check failed: see its output above'] : []),
    `${passed} passed, ${failed} failed, ${skipped.length} skipped`,
  ];
}

function isOverBudget(result: TierResult): boolean {
  return result.seconds > result.budgetSeconds;
}

function tierLine(result: TierResult): string {
  const time = `${result.seconds.toFixed(1)} s`;
  const counts = `${result.passed} passed, ${result.failed} failed, ${result.skipped.length} skipped`;
  return `${result.tier.padEnd(12)}${time.padStart(8)}  (budget ${result.budgetSeconds} s)  ${counts}`;
}

function overBudgetLine(result: TierResult): string {
  const over = (result.seconds - result.budgetSeconds).toFixed(1);
  return `WARNING: tier ${result.tier} took ${over} s more than its budget of ${result.budgetSeconds} s`;
}
