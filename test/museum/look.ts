import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, runNode } from './child.ts';
import type { Catcher } from './variant.ts';

/** What the simulator or a test says of a tree. */
export type Finding =
  | { readonly kind: 'green' }
  /** `by`: what turned red, for people. */
  | { readonly kind: 'red'; readonly by: string }
  /** Neither: it did not come to an answer. */
  | { readonly kind: 'broken'; readonly reason: string };

type Simulator = Extract<Catcher, { kind: 'simulator' }>;
type NamedTest = Extract<Catcher, { kind: 'test' }>;

interface SimulatorReport {
  readonly ok: boolean;
  readonly seed?: number;
  readonly violation?: { readonly rule: string };
}

interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

const REPORT = 'museum-report.json';

export function look(directory: string, catcher: Catcher, timeoutMs: number): Promise<Finding> {
  return catcher.kind === 'simulator'
    ? lookAtSeeds(directory, catcher, timeoutMs)
    : lookAtTests(directory, [catcher], timeoutMs);
}

/** Up to the first seed that breaks a rule. */
export async function lookAtSeeds(directory: string, seeds: Simulator, timeoutMs: number): Promise<Finding> {
  const { firstSeed, lastSeed } = seeds;
  const range = ['--seed', String(firstSeed), '--seeds', String(lastSeed - firstSeed + 1)];
  const ended = await runNode(
    directory,
    ['test/simulation/run-simulation.ts', ...range, '--json', '--keep'],
    timeoutMs,
  );
  const line = ended.output.split('\n').find((each) => each.startsWith('{"ok":'));
  if (line === undefined) {
    return broken(ended);
  }
  const { ok, seed, violation }: SimulatorReport = JSON.parse(line);
  return ok ? { kind: 'green' } : { kind: 'red', by: `simulator, seed ${seed}: ${violation?.rule}` };
}

/** Red when one of the tests fails, green when each of them has run and none has failed. */
export async function lookAtTests(directory: string, tests: readonly NamedTest[], timeoutMs: number): Promise<Finding> {
  const report = join(directory, REPORT);
  rmSync(report, { force: true });
  const files = new Set(tests.map(({ file }) => file));
  const titles = [...new Set(tests.map(({ title }) => patternOf(title)))].join('|');
  const reporter = ['--reporter', 'json', '--outputFile', report];
  const args = ['node_modules/vitest/vitest.mjs', 'run', ...files, '--testNamePattern', `(${titles})$`, ...reporter];
  const ended = await runNode(directory, args, timeoutMs);
  if (ended.exitCode === undefined || !existsSync(report)) {
    return broken(ended);
  }
  const { testResults }: TestReport = JSON.parse(readFileSync(report, 'utf8'));
  let missing: string | undefined;
  for (const { file, title } of tests) {
    const results = testResults.filter(({ name }) => name === join(directory, file));
    const isNamed = new RegExp(`^${patternOf(title)}$`);
    const runs = results.flatMap(({ assertionResults }) => assertionResults.filter((each) => isNamed.test(each.title)));
    if (runs.some(({ status }) => status === 'failed')) {
      return { kind: 'red', by: `${file} > ${title}` };
    }
    if (!runs.some(({ status }) => status === 'passed')) {
      missing ??= `${file} > ${title} did not run. ${results.map(({ message }) => message).join(' ')}`;
    }
  }
  return missing === undefined ? { kind: 'green' } : { kind: 'broken', reason: missing };
}

function broken({ exitCode, output }: Ended): Finding {
  const end = output.trim().split('\n').slice(-5).join('\n');
  return { kind: 'broken', reason: exitCode === undefined ? 'the time was over' : `no report, but:\n${end}` };
}

/** A regular expression of a title whose placeholders stand for anything. */
function patternOf(title: string): string {
  return title.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(/%[a-zA-Z]|\\\$[a-zA-Z.]+/g, '.*');
}
