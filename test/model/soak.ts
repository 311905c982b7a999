// Checks the product against the naive reference along long random histories:
//   npm run soak:model -- --steps 1000000             with a seed of its own, which it prints
//   npm run soak:model -- --steps 20000 --seed 7      the same histories again; --shrink looks for the shortest
//                                                     history that fails, which takes minutes
import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { commandOptions } from '../support/command-options.ts';
import { checkAgreement, type Reached } from './agreement.ts';
import { randomHistory } from './random-steps.ts';

const STEPS_PER_RUN = 300;
const RUNS_PER_ROUND = 20;

function main(): number {
  const values = commandOptions({ steps: { type: 'string' }, seed: { type: 'string' }, shrink: { type: 'boolean' } });
  const wanted = Number(values?.steps ?? '20000');
  const first = Number(values?.seed ?? randomInt(2 ** 30));
  if (values === undefined || !Number.isSafeInteger(wanted) || wanted < 1 || !Number.isSafeInteger(first)) {
    process.stderr.write('usage: npm run soak:model -- [--steps N] [--seed N] [--shrink]\n');
    return 2;
  }
  const reached: Reached = new Map();
  const started = performance.now();
  let done = 0;
  for (let seed = first; done < wanted; seed += 1) {
    const check = fc.property(randomHistory(STEPS_PER_RUN), (history) => {
      done += history.steps.length;
      checkAgreement(history, reached);
    });
    const result = fc.check(check, { seed, numRuns: RUNS_PER_ROUND, endOnFailure: values.shrink !== true });
    if (result.failed) {
      process.stdout.write(`seed ${seed} fails\n${fc.defaultReportMessage(result)}\n${String(result.errorInstance)}\n`);
      return 1;
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const all = Object.fromEntries([...reached].sort(([left], [right]) => (left < right ? -1 : 1)));
  process.stdout.write(
    `seed ${first}: ${done} steps, ${Math.round(done / seconds)} a second\n${JSON.stringify(all)}\n`,
  );
  return 0;
}

process.exitCode = main();
