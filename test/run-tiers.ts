// Runs the checks and then every tier that has files, one after the other:
//   npm test                         everything
//   npm test -- unit                 one tier (several names: several tiers)
//   npm test -- unit packages/domain one tier, only files whose path contains the text
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crashed, summaryLines, type TierResult, type TierSummary } from './tiers/summary.ts';
import { filePatterns, type Tier, tiers } from './tiers/tiers.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const reporter = join(root, 'test/tiers/reporter.ts');

async function main(args: readonly string[]): Promise<number> {
  const named = tiers.filter((tier) => args.includes(tier.name));
  const filters = args.filter((arg) => !tiers.some((tier) => tier.name === arg));
  const everything = args.length === 0;
  const failedChecks = everything && (await run('npm', ['run', '--silent', 'check'], {})) !== 0 ? 1 : 0;

  const results: TierResult[] = [];
  for (const tier of (named.length > 0 ? named : tiers).filter(hasFiles)) {
    results.push(await runTier(tier, filters));
  }
  process.stdout.write(`${summaryLines(results, failedChecks).join('\n')}\n`);
  const failed = results.some(
    (result) => result.failed > 0 || result.skipped.some((test) => test.reason === undefined),
  );
  return failed || failedChecks > 0 ? 1 : 0;
}

function hasFiles(tier: Tier): boolean {
  return filePatterns(tier).some((pattern) => globSync(pattern, { cwd: root, exclude: isInstalled }).length > 0);
}

function isInstalled(path: string): boolean {
  return path.endsWith('node_modules');
}

async function runTier(tier: Tier, filters: readonly string[]): Promise<TierResult> {
  process.stdout.write(`\n== ${tier.name} (budget ${tier.budgetSeconds} s)\n`);
  const directory = mkdtempSync(join(tmpdir(), 'fleetbook-tier-'));
  const file = join(directory, 'summary.json');
  const started = performance.now();
  try {
    const options = ['run', '--project', tier.name, '--reporter', 'default', '--reporter', reporter];
    const exitCode = await run(process.execPath, [vitest, ...options, ...filters], { FLEETBOOK_TEST_SUMMARY: file });
    const seconds = (performance.now() - started) / 1000;
    return { ...readSummary(file, exitCode), tier: tier.name, seconds, budgetSeconds: tier.budgetSeconds };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function readSummary(file: string, exitCode: number): TierSummary {
  let summary: TierSummary;
  try {
    summary = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return crashed;
  }
  // A run that ends badly after its report (a worker that never stops, say) has failed too.
  return exitCode !== 0 && summary.failed === 0 ? { ...summary, failed: 1 } : summary;
}

function run(command: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

process.exitCode = await main(process.argv.slice(2));
