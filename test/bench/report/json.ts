import { compareWithBudgets } from './budgets.ts';
import { rounded } from './numbers.ts';
import { seriesKeys, shortened } from './series.ts';
import type { Measured } from './text.ts';

/** The object of `--json`. What was not asked for is absent; every figure is the median of the runs. */
export function jsonOf({ machine, options, seconds, findings }: Measured): Readonly<Record<string, unknown>> {
  const { json, series, failures, leftOut } = findings;
  return {
    ...json,
    machine,
    budgets: compareWithBudgets(json).map(({ what, path, is, wanted, reached, ofWanted, ofLimits }) => ({
      ...{ what, path, is, wanted, reached, ofWanted: rounded(ofWanted) },
      ofLimits: Object.fromEntries(Object.entries(ofLimits).map(([name, share]) => [name, rounded(share)])),
    })),
    settings: { seconds: options.seconds, runs: options.runs, nodes: options.nodes, parts: [...options.parts] },
    seconds: Math.round(seconds),
    series: series.filter(({ samples }) => samples.length > 0).map(seriesKeys),
    failures,
    leftOut,
    fewerRuns: shortened(series, options.runs),
  };
}
