import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench } from '../bench.ts';
import { median } from '../measure/sample.ts';
import type { BenchCell } from '../processes/cell.ts';
import { environmentOfCell } from '../processes/service.ts';
import type { Found } from '../report/findings.ts';
import { rangeText, rounded } from '../report/numbers.ts';

const FLEETBOOK = fileURLToPath(new URL('../../../packages/cli/bin/fleetbook.mjs', import.meta.url));
const STARTS_PER_RUN = 5;
const VERBS = { help: ['--help'], nodeList: ['node', 'list'], usage: ['usage'] } as const;
const run = promisify(execFile);

/** How long a person waits for a verb: a process that starts, asks the running cell, prints and ends. */
export function verbsPart(bench: Bench): Promise<void> {
  return bench.onSharedCell(async (cell) => {
    await cell.projector();
    await bench.findings.step('verbs', () => measureVerbs(bench, cell));
  });
}

async function measureVerbs({ rounds }: Bench, cell: BenchCell): Promise<Found> {
  const found: [name: string, milliseconds: readonly number[]][] = [];
  for (const [name, line] of Object.entries(VERBS)) {
    // The first start of all finds nothing compiled.
    await waitFor(cell, line);
    const all: number[] = [];
    while (all.length === 0 || (all.length < rounds.runs * STARTS_PER_RUN && performance.now() < rounds.endsAtMs)) {
      all.push(await waitFor(cell, line));
    }
    rounds.onRun(`fleetbook ${line.join(' ')}: ${Math.round(median(all))} ms`);
    found.push([name, all]);
  }
  return {
    json: { verbsMs: Object.fromEntries(found.map(([name, all]) => [name, rounded(median(all))])) },
    lines: found.map(([name, all]) => `verb ${name}: ${rangeText(all)} ms from the start of its process to its end`),
  };
}

async function waitFor({ name, server }: BenchCell, line: readonly string[]): Promise<number> {
  const startMs = performance.now();
  await run(process.execPath, [FLEETBOOK, ...line], { env: environmentOfCell(name, server) });
  return performance.now() - startMs;
}
