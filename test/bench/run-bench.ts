// `npm run bench`: how fast it is, on the machine it runs on. See docs/performance.md.
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { Bench } from './bench.ts';
import { type Asked, type BenchOptions, type Part, readOptions, USAGE } from './options.ts';
import { candidatesParts } from './parts/candidates.ts';
import { claimsPart, echoPart } from './parts/claims.ts';
import { eventStorePart } from './parts/event-store.ts';
import { failOverPart } from './parts/fail-over.ts';
import { foldPart } from './parts/fold.ts';
import { historyPart } from './parts/history.ts';
import { movesPart } from './parts/moves.ts';
import { replayPart } from './parts/replay.ts';
import { snapshotsPart } from './parts/snapshots.ts';
import { soakPart } from './parts/soak.ts';
import { startPart } from './parts/start.ts';
import { verbsPart } from './parts/verbs.ts';
import { Findings } from './report/findings.ts';
import { jsonOf } from './report/json.ts';
import { readMachine } from './report/machine.ts';
import { plotOf } from './report/plot.ts';
import { record } from './report/record.ts';
import { textOf } from './report/text.ts';

const EXIT_USAGE = 2;
/** On the disk that a cell's data would be on: in memory, as `/tmp` may be, syncing would cost nothing. */
const DIRECTORY = resolve('.fleetbook/bench');

const candidates = candidatesParts();

const RUN: Readonly<Record<Part, (bench: Bench) => Promise<void>>> = {
  claims: claimsPart,
  moves: movesPart,
  candidates: candidates.usual,
  fleets: candidates.further,
  fold: foldPart,
  failover: failOverPart,
  verbs: verbsPart,
  snapshots: snapshotsPart,
  start: startPart,
  history: historyPart,
  replay: replayPart,
  eventstoredb: eventStorePart,
  echo: echoPart,
  soak: soakPart,
};

async function runParts(bench: Bench): Promise<void> {
  const { options, findings, signal } = bench;
  try {
    for (const [place, part] of options.parts.entries()) {
      signal.throwIfAborted();
      bench.begin(options.parts.slice(place));
      await findings.attempt(part, () => RUN[part](bench));
    }
  } catch (error) {
    // What was measured before is told all the same.
    findings.fail('the rest', error instanceof Error ? error.message : String(error));
  } finally {
    await bench.closeCell();
  }
}

/** Measures and reports; gives the exit code. */
async function main(options: BenchOptions, signal: AbortSignal): Promise<number> {
  const startMs = performance.now();
  mkdirSync(DIRECTORY, { recursive: true });
  const machine = await readMachine(DIRECTORY);
  const say = (text: string): void => {
    const seconds = Math.round((performance.now() - startMs) / 1_000);
    process.stderr.write(`${String(seconds).padStart(5)} s  ${text}\n`);
  };
  const findings = new Findings(startMs + options.atMostSeconds * 1_000, signal, say);
  const bench = new Bench({ options, findings, directory: DIRECTORY, signal, say });
  await runParts(bench);
  const measured = { machine, options, seconds: (performance.now() - startMs) / 1_000, findings };
  const figures = jsonOf(measured);
  process.stdout.write(textOf(measured));
  if (options.plot !== undefined) {
    writeFileSync(options.plot, plotOf(findings.series, findings.curve));
    process.stdout.write(`drawn: ${options.plot}\n`);
  }
  if (options.isRecorded) {
    process.stdout.write(`written: ${record(measured, figures).join(', ')}\n`);
  }
  if (options.isJson) {
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  }
  return findings.failures.length === 0 ? 0 : 1;
}

function whenInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => controller.abort(new Error(`ended by ${signal}`)));
  }
  return controller.signal;
}

/** What could not be written in the end is refused before anything is measured. */
function requireRoomFor({ plot }: BenchOptions): void {
  if (plot !== undefined) {
    accessSync(`${dirname(resolve(plot))}${sep}`, constants.W_OK);
  }
}

async function run(asked: Asked): Promise<number> {
  switch (asked.kind) {
    case 'help':
      process.stdout.write(`${USAGE}\n`);
      return 0;
    case 'fault':
      process.stderr.write(`${asked.reason}\n\n${USAGE}\n`);
      return EXIT_USAGE;
    case 'run':
      requireRoomFor(asked.options);
      return main(asked.options, whenInterrupted());
  }
}

try {
  process.exitCode = await run(readOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`the benchmark failed: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
