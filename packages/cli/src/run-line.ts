import type { Call, Ending } from './call.ts';
import { helpOfNoun, helpOfVerb, overview } from './grammar/help.ts';
import { type Parsed, parseCommandLine } from './grammar/parse.ts';
import { VERBS } from './grammar/table.ts';
import { bugFailure, exitCodeOf, showFailure } from './output/failure.ts';
import { packageVersion } from './version.ts';

/** What a command line has around it; `interrupted` ends every verb that does not stop by itself. */
export interface Surroundings extends Omit<Call, 'args' | 'verbs'> {
  readonly interrupted: Promise<Ending>;
}

/** Does what a command line says, shows it, and gives the exit code. */
export async function runLine(line: readonly string[], surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings;
  const parsed = parseCommandLine(VERBS, line);
  switch (parsed.kind) {
    case 'help':
      terminal.print(helpText(parsed));
      return 0;
    case 'fault':
      return showFailure(terminal, parsed.failure, line.includes('--json'));
    case 'run':
      return runVerb(parsed, surroundings);
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

async function runVerb(
  { verb, args }: Extract<Parsed, { kind: 'run' }>,
  { interrupted, ...around }: Surroundings,
): Promise<number> {
  const { terminal } = around;
  const isJson = args.isSet('json');
  try {
    const run = await verb.load();
    const ended: Promise<Ending> = run({ ...around, args, verbs: VERBS });
    const ending = await (verb.stopsByItself ? ended : Promise.race([ended, interrupted]));
    return 'failure' in ending ? showFailure(terminal, ending.failure, isJson) : exitCodeOf(ending);
  } catch (thrown) {
    return showFailure(terminal, bugFailure(thrown), isJson);
  }
}
