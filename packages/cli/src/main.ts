import type { Ending } from './call.ts';
import { processTerminal } from './output/terminal.ts';
import { runLine } from './run-line.ts';

const EXIT_INTERRUPTED = 130;
const EXIT_UNAVAILABLE = 4;

process.exitCode = await main();
// What a verb left open (a socket that is closing, say) does not keep the process.
process.stdout.write('', (error) => {
  if (!error) {
    process.exit();
  }
});

async function main(): Promise<number> {
  watchOutput();
  const stop = new AbortController();
  return runLine(process.argv.slice(2), {
    terminal: processTerminal(process.env),
    environment: process.env,
    directory: process.cwd(),
    stop: stop.signal,
    interrupted: onInterrupt(stop),
  });
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

/** `fleetbook events | head` is no failure; output that cannot be written is no answer, whatever it would have been. */
function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      process.exit(0);
    }
    process.stderr.write(`The output cannot be written: ${error.message}\n`);
    process.exit(EXIT_UNAVAILABLE);
  });
}
