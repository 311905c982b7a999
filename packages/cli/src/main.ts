import type { Ending } from './call.ts';
import type { Arguments } from './grammar/arguments.ts';
import { helpOfNoun, helpOfVerb, overview } from './grammar/help.ts';
import { type Parsed, parseCommandLine } from './grammar/parse.ts';
import { VERBS } from './grammar/table.ts';
import type { Verb } from './grammar/verb.ts';
import { bugFailure, exitCodeOf, showFailure } from './output/failure.ts';
import { processTerminal, type Terminal } from './output/terminal.ts';
import { packageVersion } from './version.ts';

const EXIT_INTERRUPTED = 130;

process.exitCode = await main();
// What a verb left open (a socket that is closing, say) does not keep the process.
process.stdout.write('', () => process.exit());

async function main(): Promise<number> {
  endQuietlyWithoutReader();
  const terminal = processTerminal(process.env);
  const parsed = parseCommandLine(VERBS, process.argv.slice(2));
  switch (parsed.kind) {
    case 'help':
      terminal.print(helpText(parsed));
      return 0;
    case 'fault':
      return showFailure(terminal, parsed.failure, process.argv.includes('--json'));
    case 'run':
      return runVerb(parsed.verb, parsed.args, terminal);
  }
}

function helpText(parsed: Extract<Parsed, { kind: 'help' }>): string {
  switch (parsed.topic) {
    case 'overview':
      return overview(VERBS);
    case 'version':
      return packageVersion();
    case 'noun':
      return helpOfNoun(VERBS, parsed.noun);
    case 'verb':
      return helpOfVerb(parsed.verb);
  }
}

async function runVerb(verb: Verb, args: Arguments, terminal: Terminal): Promise<number> {
  const stop = new AbortController();
  const interrupted = onInterrupt(stop);
  const isJson = args.isSet('json');
  try {
    const run = await verb.load();
    const environment = process.env;
    const call = { args, verbs: VERBS, terminal, environment, directory: process.cwd(), stop: stop.signal };
    const ended: Promise<Ending> = run(call);
    const ending = await (verb.stopsByItself ? ended : Promise.race([ended, interrupted]));
    return 'failure' in ending ? showFailure(terminal, ending.failure, isJson) : exitCodeOf(ending);
  } catch (thrown) {
    return showFailure(terminal, bugFailure(thrown), isJson);
  }
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

/** `fleetbook events | head` is no failure. */
function endQuietlyWithoutReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      process.exit(0);
    }
    throw error;
  });
}
