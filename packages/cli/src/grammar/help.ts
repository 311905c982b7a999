import type { Flag, Positional, Verb } from './verb.ts';

const GROUPS: Readonly<Record<Verb['group'], string>> = {
  run: 'run',
  node: 'nodes',
  instance: 'instances',
  move: 'moves',
  ask: 'ask',
  log: 'log',
  replay: 'prove',
  operate: 'operate',
};

const EXIT_CODES = [
  'exit codes: 0 yes or done; 1 the answer is no; 2 usage; 3 refused by the ledger; 4 unavailable;',
  '            5 damaged or too new data; 70 a bug; 130 interrupted; 141 cut off',
];

/** `fleetbook --help`. */
export function overview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map((verb) => callOf(verb).length));
  const groups = Object.entries(GROUPS).flatMap(([group, title]) => {
    const lines = verbs.filter((verb) => verb.group === group).map((verb) => lineOf(verb, width));
    return lines.length === 0 ? [] : ['', `${title}:`, ...lines];
  });
  return [
    'fleetbook: an event-sourced resource ledger for compute fleets',
    '',
    'usage: fleetbook <noun> <verb> [id] [flags]',
    ...groups,
    '',
    'fleetbook <verb> --help shows its flags and an example. Start with: fleetbook up',
    ...EXIT_CODES,
  ].join('\n');
}

/** `fleetbook node --help`. */
export function helpOfNoun(verbs: readonly Verb[], noun: string): string {
  const ofNoun = verbs.filter((verb) => verb.words.startsWith(`${noun} `));
  const width = Math.max(...ofNoun.map((verb) => callOf(verb).length));
  return [`usage: fleetbook ${noun} <verb> [id] [flags]`, '', ...ofNoun.map((verb) => lineOf(verb, width))].join('\n');
}

/** `fleetbook node list --help`. */
export function helpOfVerb(verb: Verb): string {
  const width = Math.max(0, ...verb.flags.map((flag) => signatureOf(flag).length));
  const flags = verb.flags.flatMap((flag) => [
    `  ${signatureOf(flag).padEnd(width)}  ${flag.about}${boundsOf(flag)}`,
    ...choicesOf(flag).map((choices) => `  ${' '.repeat(width)}  ${choices}`),
  ]);
  return [
    `fleetbook ${verb.words}: ${verb.about}`,
    '',
    `usage: fleetbook ${callOf(verb)}${flags.length === 0 ? '' : ' [flags]'}`,
    ...(verb.alias === undefined ? [] : [`also:  fleetbook ${verb.alias}`]),
    ...(verb.notes === undefined ? [] : ['', ...verb.notes]),
    ...(flags.length === 0 ? [] : ['', 'flags:', ...flags]),
    '',
    'example:',
    `  ${verb.example}`,
  ].join('\n');
}

/** The text of `docs/reference/command-line.md`. */
export function commandLineReference(verbs: readonly Verb[]): string {
  return [
    '# Command line',
    '',
    '`fleetbook <noun> <verb> [id] [flags]`. Data go to stdout, everything else to stderr; `--json` prints the data as',
    'one JSON document, or one per line where they have no end. Colours are off when stdout is no terminal or',
    '`NO_COLOR` is set. The server is found by `--server`, `FLEETBOOK_NATS_URL`, the `endpoint.json` (written by',
    '`fleetbook up`) in `FLEETBOOK_DATA` or, where that is not set, in the nearest `.fleetbook` in this directory or',
    'one above it, else `nats://127.0.0.1:4222`.',
    '',
    '| exit code | meaning |',
    '| --- | --- |',
    '| 0 | yes, or done |',
    '| 1 | the answer is no: differs, does not fit, not found, red |',
    '| 2 | usage: the command line, a setting or a field of a command breaks a rule |',
    '| 3 | refused by the ledger |',
    '| 4 | unavailable: no server, nobody answers, time-out, behind, overloaded, in use |',
    '| 5 | damaged data, or data of a newer release |',
    '| 70 | a bug |',
    '| 130 | interrupted; of a command that was sent, the id is said, by which its outcome can be asked for |',
    '| 141 | the reader of its output has gone, before there was an answer |',
    '',
    'An error is shown as its code, its message and what to do next; `fleetbook errors CODE` explains a code.',
    ...verbs.flatMap((verb) => ['', `## ${verb.words}`, '', '```text', helpOfVerb(verb), '```']),
    '',
  ].join('\n');
}

function lineOf(verb: Verb, width: number): string {
  const alias = verb.alias === undefined ? '' : ` (also: ${verb.alias})`;
  return `  ${callOf(verb).padEnd(width)}  ${verb.about}${alias}`;
}

function callOf(verb: Verb): string {
  return [verb.words, ...(verb.positionals ?? []).map(placeOf)].join(' ');
}

function placeOf({ name, isOptional }: Positional): string {
  return isOptional ? `[${name}]` : name;
}

function signatureOf(flag: Flag): string {
  return flag.kind === 'switch' ? `--${flag.name}` : `--${flag.name} ${flag.value}`;
}

/** Choices that the signature does not show. */
function choicesOf(flag: Flag): readonly string[] {
  const among = flag.kind === 'text' ? (flag.among ?? []) : [];
  return among.length === 0 || signatureOf(flag).includes('|') ? [] : [`one of ${among.join(', ')}`];
}

function boundsOf(flag: Flag): string {
  return flag.kind === 'whole' && flag.most < 1_000_000 ? `, ${flag.least} to ${flag.most}` : '';
}
