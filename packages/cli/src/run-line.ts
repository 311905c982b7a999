import { setTimeout as delay } from 'node:timers/promises';
import type { Call, Ending, Failure } from './call.ts';
import { helpOfNoun, helpOfVerb, overview } from './grammar/help.ts';
import { type Parsed, parseCommandLine } from './grammar/parse.ts';
import { VERBS } from './grammar/table.ts';
import { bugFailure, exitCodeOf, showFailure } from './output/failure.ts';
import { packageVersion } from './version.ts';

/** What a command line has around it; `interrupted` ends every verb that does not stop by itself. */
export interface Surroundings extends Omit<Call, 'args' | 'verbs' | 'startedMs' | 'leaveWord'> {
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
  // Who follows has no end of the whole in mind.
  const timeoutMs = verb.stopsByItself || args.isSet('follow') ? undefined : args.number('timeout');
  let word: readonly string[] = [];
  const timer = new AbortController();
  try {
    const run = await verb.load();
    const leaveWord = (lines: readonly string[]): void => {
      word = lines;
    };
    const call = { ...around, args, verbs: VERBS, startedMs: performance.now(), leaveWord };
    const cutShort = timeoutMs === undefined ? [] : [whenOverdue(timeoutMs, timer.signal, () => word)];
    const isInterrupted = interrupted.then((ending) => {
      for (const line of verb.stopsByItself ? [] : word) {
        terminal.say(line);
      }
      return ending;
    });
    const ended: Promise<Ending> = run(call);
    const ending = await (verb.stopsByItself ? ended : Promise.race([ended, isInterrupted, ...cutShort]));
    return 'failure' in ending ? showFailure(terminal, ending.failure, isJson, verb.flags) : exitCodeOf(ending);
  } catch (thrown) {
    return showFailure(terminal, bugFailure(thrown), isJson);
  } finally {
    timer.abort();
  }
}

/** What the verb itself finds out within its time tells more: it is given a moment longer to say it. */
const LAST_MOMENT_MS = 50;

async function whenOverdue(givenMs: number, signal: AbortSignal, word: () => readonly string[]): Promise<Ending> {
  await delay(givenMs + LAST_MOMENT_MS, undefined, { signal }).catch(() => undefined);
  const timeoutMs = Math.round(givenMs);
  const failure: Failure = {
    code: 'TIMEOUT',
    message: `No answer within ${timeoutMs} ms.`,
    retry: 'same-id',
    details: { timeoutMs },
  };
  return { failure: word().length === 0 ? failure : { ...failure, next: word() } };
}
