import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from './plan.ts';
import { shrink } from './shrink.ts';
import { type Outcome, simulate } from './simulate.ts';
import type { Tampering } from './world/world.ts';

/** A plan that once failed, and the rule that it broke. */
export interface Regression extends Plan {
  readonly rule: string;
}

const DIRECTORY = join(import.meta.dirname, 'regressions');
const SHRINKING_RUNS = 120;

/** Every stored plan, by the name of its file. */
export function readRegressions(): ReadonlyMap<string, Regression> {
  const names = readdirSync(DIRECTORY).filter((name) => name.endsWith('.json'));
  return new Map(names.sort().map((name) => [name, readPlan(join(DIRECTORY, name))]));
}

export function readPlan(path: string): Regression {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The smallest plan found that breaks the same rule as this one did. */
export async function smallest(plan: Plan, outcome: Outcome, tampering: Tampering = {}): Promise<Regression> {
  const rule = outcome.violation?.rule ?? '';
  const fails = async (tried: Plan): Promise<boolean> => (await simulate(tried, tampering)).violation?.rule === rule;
  return { rule, ...(await shrink(plan, fails, SHRINKING_RUNS)) };
}

/** Stores a plan where it will be run first from now on, and gives the command that repeats it. */
export function store(regression: Regression): string {
  const name = `${regression.rule.replaceAll(/[^a-z]+/g, '-')}-${regression.seed}.json`;
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(join(DIRECTORY, name), `${JSON.stringify(regression, null, 2)}\n`);
  return `npm run simulate -- --plan test/simulation/regressions/${name}`;
}
