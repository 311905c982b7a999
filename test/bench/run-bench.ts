// `npm run bench`: how fast it is, on the machine it runs on. See docs/performance.md.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { type CandidateFigures, measureCandidates } from './measure/candidates.ts';
import { type ClaimFigures, measureClaims, measureClaimsWithProjector, measureOpenLoop } from './measure/claims.ts';
import { type FailOverFigures, measureFailOver } from './measure/fail-over.ts';
import { type FoldFigures, measureFold } from './measure/fold.ts';
import { type MoveFigures, measureMoves } from './measure/moves.ts';
import type { Rounds, Series } from './measure/sample.ts';
import { type BenchOptions, readOptions, USAGE } from './options.ts';
import { type BenchCell, withCell } from './processes/cell.ts';
import { jsonOf } from './report/figures.ts';
import { readMachine } from './report/machine.ts';
import { textOf } from './report/text.ts';
import { runStart } from './start/run-start.ts';

const EXIT_USAGE = 2;
/** On the disk that a cell's data would be on: in memory, as `/tmp` may be, syncing would cost nothing. */
const DIRECTORY = resolve('.fleetbook/bench');

async function main(options: BenchOptions, interrupted: Promise<never>): Promise<void> {
  const startMs = performance.now();
  mkdirSync(DIRECTORY, { recursive: true });
  const machine = await readMachine(DIRECTORY);
  const { parts, nodes, runs, seconds, events, kills, profile } = options;
  const rounds: Rounds = { runs, seconds, onRun: (text) => void process.stderr.write(`${text}\n`) };
  const place = { parent: DIRECTORY, profile, interrupted };
  const found = new Findings();

  for (const size of parts.has('candidates') ? nodes : []) {
    await withCell({ ...place, nodes: size }, async (cell) => {
      found.candidates.push(await measureCandidates(cell, rounds));
    });
  }
  if ([...parts].some((part) => part !== 'candidates' && part !== 'failover')) {
    const whole = { ...place, nodes: nodes.at(-1) ?? 0 };
    await withCell(whole, (cell) => measureRest(cell, { parts, rounds, events }, found));
  }

  if (parts.has('failover')) {
    const { onRun: onTurn } = rounds;
    found.failOver = await Promise.race([interrupted, measureFailOver({ parent: DIRECTORY, kills, onTurn })]);
  }

  const taken = (performance.now() - startMs) / 1000;
  const measured = { machine, options, seconds: taken, ...found };
  process.stdout.write(textOf(measured));
  if (options.isJson) {
    process.stdout.write(`${JSON.stringify(jsonOf(measured))}\n`);
  }
}

class Findings {
  claims: ClaimFigures | undefined;
  moves: MoveFigures | undefined;
  withProjector: readonly Series[] = [];
  openLoop: readonly Series[] = [];
  readonly candidates: CandidateFigures[] = [];
  fold: FoldFigures | undefined;
  failOver: FailOverFigures | undefined;
}

interface Wanted extends Pick<BenchOptions, 'parts' | 'events'> {
  readonly rounds: Rounds;
}

/** The parts that share a cell, in an order that lets each use what the one before has left. */
async function measureRest(cell: BenchCell, { parts, events, rounds }: Wanted, found: Findings): Promise<void> {
  if (parts.has('claims') || parts.has('echo')) {
    found.claims = await measureClaims(cell, !parts.has('claims'), rounds);
  }
  if (parts.has('moves')) {
    found.moves = await measureMoves(cell, rounds);
  }
  if (parts.has('claims')) {
    found.withProjector = await measureClaimsWithProjector(cell, rounds);
    found.openLoop = await measureOpenLoop(cell, rounds);
  }
  if (parts.has('fold')) {
    found.fold = await measureFold(cell, events, rounds);
  }
}

function whenInterrupted(): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => reject(new Error(`ended by ${signal}`)));
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
  if (options === undefined) {
    return undefined;
  }
  await main(options, whenInterrupted());
  return 0;
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
