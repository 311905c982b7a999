// `npm run bench`: how fast it is, on the machine it runs on. See docs/performance.md.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { Bench } from './bench.ts';
import { type BenchOptions, type Part, readOptions, USAGE } from './options.ts';
import { candidatesPart } from './parts/candidates.ts';
import { claimsPart, echoPart } from './parts/claims.ts';
import { failOverPart } from './parts/fail-over.ts';
import { foldPart } from './parts/fold.ts';
import { movesPart } from './parts/moves.ts';
import { verbsPart } from './parts/verbs.ts';
import { Findings, InterruptedError } from './report/findings.ts';
import { jsonOf } from './report/json.ts';
import { readMachine } from './report/machine.ts';
import { textOf } from './report/text.ts';
import { runStart } from './start/run-start.ts';

const EXIT_USAGE = 2;
/** On the disk that a cell's data would be on: in memory, as `/tmp` may be, syncing would cost nothing. */
const DIRECTORY = resolve('.fleetbook/bench');

const RUN: Readonly<Record<Part, (bench: Bench) => Promise<void>>> = {
  claims: claimsPart,
  moves: movesPart,
  candidates: candidatesPart,
  fold: foldPart,
  failover: failOverPart,
  verbs: verbsPart,
  echo: echoPart,
};

/** Measures and reports; gives the exit code. */
async function main(options: BenchOptions, interrupted: Promise<never>): Promise<number> {
  const startMs = performance.now();
  mkdirSync(DIRECTORY, { recursive: true });
  const machine = await readMachine(DIRECTORY);
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const findings = new Findings(startMs + options.atMostSeconds * 1_000, say);
  const bench = new Bench({ options, findings, directory: DIRECTORY, interrupted, say });
  try {
    for (const part of options.parts) {
      await findings.attempt(part, () => RUN[part](bench));
    }
  } finally {
    await bench.closeCell();
  }
  const measured = { machine, options, seconds: (performance.now() - startMs) / 1_000, findings };
  process.stdout.write(textOf(measured));
  if (options.isJson) {
    process.stdout.write(`${JSON.stringify(jsonOf(measured))}\n`);
  }
  return findings.failures.length === 0 ? 0 : 1;
}

function whenInterrupted(): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new InterruptedError(signal)));
    }
  });
  // Between two cells nobody waits for it.
  interrupted.catch(() => undefined);
  return interrupted;
}

/** What the command line asks for; undefined where it makes no sense. Some parts need a log of their own, no cell. */
async function run(args: readonly string[]): Promise<number | undefined> {
  const [part, ...rest] = args;
  if (part === 'start') {
    await runStart(rest);
    return 0;
  }
  if (part === 'replay') {
    const { runReplayBench } = await import('./replay/run-replay.ts');
    return runReplayBench(rest);
  }
  const options = readOptions(args);
  return options === undefined ? undefined : main(options, whenInterrupted());
}

try {
  const exitCode = await run(process.argv.slice(2));
  if (exitCode === undefined) {
    process.stderr.write(`${USAGE}\n`);
  }
  process.exitCode = exitCode ?? EXIT_USAGE;
} catch (error) {
  process.stderr.write(`the benchmark failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
