// Runs simulations of a whole cell under faults:
//   npm run simulate -- --seed 7                      one seed, with what happened last if it fails
//   npm run simulate -- --seed 1 --seeds 200 [--json] a range of seeds, up to the first that fails
//   npm run simulate -- --plan FILE                   a plan that was stored
//   npm run soak -- --minutes 10 [--seed 1]           as many seeds as fit
// A seed that fails is shrunk, stored and printed as one command; `--keep` leaves it as it is. Exit code 1 on failure.
import { randomInt } from 'node:crypto';
import { commandOptions } from '../support/command-options.ts';
import { type Plan, planOf } from './plan.ts';
import { readPlan, smallest, store } from './regressions.ts';
import { type Outcome, simulate } from './simulate.ts';
import { addTo, emptyTally, type Tally, tallyLines } from './tally.ts';

const USAGE =
  'usage: npm run simulate -- [--seed N] [--seeds N | --minutes N | --plan FILE] [--json] [--trace] [--keep]\n';

async function main(): Promise<number> {
  const values = commandOptions({
    seed: { type: 'string' },
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    plan: { type: 'string' },
    json: { type: 'boolean' },
    trace: { type: 'boolean' },
    keep: { type: 'boolean' },
  });
  if (values === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const stored = values.plan === undefined ? undefined : readPlan(values.plan);
  const seed = stored?.seed ?? Number(values.seed ?? randomInt(2 ** 30));
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  const seeds = Number(values.seeds ?? (minutes === undefined ? 1 : Infinity));
  if (!Number.isSafeInteger(seed) || Number.isNaN(seeds) || Number.isNaN(minutes)) {
    process.stderr.write(USAGE);
    return 2;
  }
  const plans = stored === undefined ? plansFrom(seed, seeds, minutes) : [stored];
  const started = performance.now();
  const { tally, failure } = await runAll(plans, values.trace === true);
  const seconds = (performance.now() - started) / 1_000;
  if (values.json === true) {
    writeJson(tally, failure?.outcome, seconds);
  } else {
    writeText(tally, seed, seconds);
  }
  if (failure === undefined) {
    return 0;
  }
  await report(failure, values.keep === true || stored !== undefined);
  return 1;
}

function* plansFrom(first: number, count: number, minutes: number | undefined): Generator<Plan> {
  const endMs = performance.now() + (minutes ?? Infinity) * 60_000;
  for (let seed = first; seed < first + count && performance.now() < endMs; seed += 1) {
    yield planOf(seed);
  }
}

interface Failure {
  readonly plan: Plan;
  readonly outcome: Outcome;
}

async function runAll(
  plans: Iterable<Plan>,
  isTraced: boolean,
): Promise<{ readonly tally: Tally; readonly failure: Failure | undefined }> {
  const tally = emptyTally();
  for (const plan of plans) {
    const outcome = await simulate(plan);
    addTo(tally, outcome);
    if (isTraced) {
      process.stdout.write(`${outcome.report.join('\n')}\n`);
    }
    if (outcome.violation !== undefined) {
      return { tally, failure: { plan, outcome } };
    }
  }
  return { tally, failure: undefined };
}

/** Lines of the end of a run that people read. */
const SHOWN_LINES = 80;

async function report({ plan, outcome }: Failure, isKept: boolean): Promise<void> {
  const { violation, report: lines } = outcome;
  process.stderr.write(`${lines.slice(-SHOWN_LINES).join('\n')}\nseed ${plan.seed} fails: ${violation?.message}\n`);
  if (!isKept) {
    const small = await smallest(plan, outcome);
    process.stderr.write(`shrunk to ${small.steps.length} steps and ${small.faults.length} faults\n${store(small)}\n`);
  }
}

function writeText(tally: Tally, seed: number, seconds: number): void {
  const rate = (tally.seeds / seconds) * 60;
  const lines = [
    ...tallyLines(tally),
    `from seed ${seed} on, in ${seconds.toFixed(1)} s: ${rate.toFixed(0)} seeds a minute`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function writeJson(tally: Tally, failed: Outcome | undefined, seconds: number): void {
  const violation = failed === undefined ? {} : { seed: failed.seed, violation: failed.violation };
  process.stdout.write(`${JSON.stringify({ ok: failed === undefined, ...violation, seconds, ...tally })}\n`);
}

process.exitCode = await main();
