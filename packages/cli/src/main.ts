import type { Ending } from './call.ts';
import { processTerminal } from './output/terminal.ts';
import { runLine } from './run-line.ts';

const EXIT_INTERRUPTED = 130;
const EXIT_UNAVAILABLE = 4;
/** As a shell tells of a program that SIGPIPE ended. */
const EXIT_CUT_OFF = 141;
/** How long a verb that knows its answer may take to end, once nobody reads it any more. */
const LAST_MOMENT_MS = 5_000;

const words = process.argv.slice(2);
/** Of a cell the services are what counts: it goes on where its own output has no room. */
const goesOnUnheard = words[0] === 'up';
const output = { isCutOff: false, hasEnded: false };

process.exitCode = await main();
output.hasEnded = true;
// What a verb left open (a socket that is closing, say) does not keep the process.
process.stdout.write('', (error) => {
  if (!error || output.isCutOff) {
    process.exit();
  }
});

async function main(): Promise<number> {
  const stop = new AbortController();
  const isCutOff = watchOutput(stop);
  const code = await runLine(words, {
    terminal: processTerminal(process.env),
    environment: process.env,
    directory: process.cwd(),
    stop: stop.signal,
    interrupted: Promise.race([onInterrupt(stop), isCutOff]),
  });
  return output.isCutOff && code === EXIT_INTERRUPTED ? EXIT_CUT_OFF : code;
}

/** The first signal asks a long verb to end and ends any other; a second one ends the process at once. */
function onInterrupt(stop: AbortController): Promise<Ending> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (stop.signal.aborted) {
          process.exit(EXIT_INTERRUPTED);
        }
        stop.abort();
        resolve({ exitCode: EXIT_INTERRUPTED });
      });
    }
  });
}

/**
 * `fleetbook diff | head` ends with the answer of the verb where it has one, and as cut off where it has none yet.
 * Output that cannot be written for another reason is no answer, whatever it would have been; what a cell says is none.
 */
function watchOutput(stop: AbortController): Promise<Ending> {
  process.stderr.on('error', () => undefined);
  return new Promise((resolve) => {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      const isUnwritable = error.code !== 'EPIPE';
      if (isUnwritable && !goesOnUnheard) {
        process.stderr.write(`The output cannot be written: ${error.message}\n`);
        process.exit(EXIT_UNAVAILABLE);
      }
      if (output.hasEnded) {
        process.exit();
      }
      if (!isUnwritable && !output.isCutOff) {
        output.isCutOff = true;
        stop.abort();
        setTimeout(() => resolve({ exitCode: EXIT_INTERRUPTED }), LAST_MOMENT_MS);
      }
    });
  });
}
