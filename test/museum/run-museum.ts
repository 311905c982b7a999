// Puts every broken variant of the product before the checks, each in a copy of the tree:
//   npm run museum                     all of them
//   npm run museum -- --only ID        one (several: --only A --only B)
//   npm run museum -- --json           the last line is one JSON object
// Exit code 0: the checks are green on the product, and each variant turned its own red in time. 1: not so.
import { performance } from 'node:perf_hooks';
import { root } from '../docs/pages.ts';
import { commandOptions } from '../support/command-options.ts';
import { killAll } from './child.ts';
import { CopyOfTree } from './copy-of-tree.ts';
import { type Finding, look, lookAtSeeds, lookAtTests } from './look.ts';
import { readVariants, type Variant } from './variant.ts';

/** For all that has to be green on the product. */
const BASELINE_MS = 900_000;

interface Shown {
  readonly id: string;
  /** What turned red; null when nothing did. */
  readonly caughtBy: string | null;
  readonly seconds: number;
  /** Why it was not caught. */
  readonly reason?: string;
}

async function main(): Promise<number> {
  const values = commandOptions({ only: { type: 'string', multiple: true }, json: { type: 'boolean' } });
  if (values === undefined) {
    process.stderr.write('usage: npm run museum -- [--only ID …] [--json]\n');
    return 2;
  }
  const variants = readVariants().filter(({ id }) => values.only?.includes(id) ?? true);
  const unknown = values.only?.filter((id) => !variants.some((variant) => variant.id === id)) ?? [];
  if (unknown.length > 0) {
    process.stderr.write(`there is no variant ${unknown.join(', ')}\n`);
    return 2;
  }
  const copy = new CopyOfTree(root);
  process.once('exit', () => copy.remove());
  const baseline = await lookAtProduct(copy, variants);
  say(baseline.kind === 'green' ? 'the product: green' : `the product: ${describe(baseline)}`);
  const shown: Shown[] = [];
  for (const variant of baseline.kind === 'green' ? variants : []) {
    shown.push(await show(copy, variant));
  }
  const missed = shown.filter(({ caughtBy }) => caughtBy === null);
  say(`${shown.length - missed.length} of ${variants.length} variants caught`);
  if (values.json === true) {
    process.stdout.write(`${JSON.stringify({ baselineGreen: baseline.kind === 'green', variants: shown })}\n`);
  }
  return shown.length === variants.length && missed.length === 0 ? 0 : 1;
}

/** What has to turn red on a variant is green on the product, or it tells nothing. */
async function lookAtProduct({ directory }: CopyOfTree, variants: readonly Variant[]): Promise<Finding> {
  const seeds = variants.flatMap(({ catcher }) => (catcher.kind === 'simulator' ? [catcher] : []));
  const tests = variants.flatMap(({ catcher }) => (catcher.kind === 'test' ? [catcher] : []));
  if (seeds.length > 0) {
    const firstSeed = Math.min(...seeds.map((each) => each.firstSeed));
    const lastSeed = Math.max(...seeds.map((each) => each.lastSeed));
    const finding = await lookAtSeeds(directory, { kind: 'simulator', firstSeed, lastSeed }, BASELINE_MS);
    if (finding.kind !== 'green') {
      return finding;
    }
  }
  return tests.length > 0 ? lookAtTests(directory, tests, BASELINE_MS) : { kind: 'green' };
}

async function show(copy: CopyOfTree, variant: Variant): Promise<Shown> {
  const { id, patch, catcher, budgetSeconds } = variant;
  if (!copy.apply(patch)) {
    return tell({ id, caughtBy: null, seconds: 0, reason: 'the patch does not apply any more' });
  }
  const started = performance.now();
  const finding = await look(copy.directory, catcher, budgetSeconds * 1_000);
  const seconds = Number(((performance.now() - started) / 1_000).toFixed(1));
  copy.revert(patch);
  return tell(
    finding.kind === 'red'
      ? { id, caughtBy: finding.by, seconds }
      : { id, caughtBy: null, seconds, reason: describe(finding) },
  );
}

function tell(shown: Shown): Shown {
  const { id, caughtBy, seconds, reason } = shown;
  say(caughtBy === null ? `${id}: NOT CAUGHT, ${seconds} s: ${reason}` : `${id}: caught, ${seconds} s, by ${caughtBy}`);
  return shown;
}

function describe(finding: Finding): string {
  switch (finding.kind) {
    case 'green':
      return 'everything stays green';
    case 'red':
      return `red by ${finding.by}`;
    case 'broken':
      return finding.reason;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => {
    killAll();
    process.exit(exitCode);
  });
}
process.exitCode = await main();
