import { parseArgs } from 'node:util';
import { type Failure, usageFailure } from '../call.ts';
import { type Arguments, createArguments } from './arguments.ts';
import { didYouMean } from './did-you-mean.ts';
import type { Flag, Verb } from './verb.ts';

export type Parsed =
  | { readonly kind: 'run'; readonly verb: Verb; readonly args: Arguments }
  | { readonly kind: 'help'; readonly topic: 'overview' | 'version' }
  | { readonly kind: 'help'; readonly topic: 'noun'; readonly noun: string }
  | { readonly kind: 'help'; readonly topic: 'verb'; readonly verb: Verb }
  | { readonly kind: 'fault'; readonly failure: Failure };

const HELP = new Set(['--help', '-h']);
const DURATION = /^(\d{1,9})(ms|s|m|h)$/;
const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** Reads a command line against the table of verbs. */
export function parseCommandLine(verbs: readonly Verb[], line: readonly string[]): Parsed {
  const [first, second, ...others] = line;
  if (first === undefined) {
    return fault('Name what to do', 'fleetbook --help lists the verbs');
  }
  if (first === 'help' && second !== undefined) {
    return parseCommandLine(verbs, [second, ...others, '--help']);
  }
  if (HELP.has(first) || first === 'help') {
    return { kind: 'help', topic: 'overview' };
  }
  if (first === '--version') {
    return { kind: 'help', topic: 'version' };
  }
  if (first.startsWith('-')) {
    return fault(`Flags come after the verb, and ${first} stands first`, 'fleetbook --help lists the verbs');
  }
  const twoWords = second === undefined ? undefined : findVerb(verbs, `${first} ${second}`);
  if (twoWords !== undefined) {
    return parseCall(twoWords, others);
  }
  const oneWord = findVerb(verbs, first);
  return oneWord === undefined ? withoutVerb(verbs, first, second) : parseCall(oneWord, line.slice(1));
}

function findVerb(verbs: readonly Verb[], words: string): Verb | undefined {
  return verbs.find((verb) => verb.words === words || verb.alias === words);
}

function withoutVerb(verbs: readonly Verb[], noun: string, word: string | undefined): Parsed {
  const ofNoun = verbs.filter((verb) => verb.words.startsWith(`${noun} `)).map((verb) => verb.words);
  if (ofNoun.length === 0) {
    const known = verbs.flatMap((verb) => [verb.words.split(' ')[0] ?? '', verb.alias ?? '']);
    return fault(`There is no verb ${noun}`, didYouMean(noun, known) ?? 'fleetbook --help lists the verbs');
  }
  if (word !== undefined && HELP.has(word)) {
    return { kind: 'help', topic: 'noun', noun };
  }
  const reason = word === undefined ? `What about the ${noun}` : `There is no verb ${noun} ${word}`;
  return fault(reason, `one of: ${ofNoun.join(', ')}`);
}

function parseCall(verb: Verb, line: readonly string[]): Parsed {
  if (line.some((word) => HELP.has(word))) {
    return { kind: 'help', topic: 'verb', verb };
  }
  const read = readWords(verb, line);
  if ('failure' in read) {
    return { kind: 'fault', failure: read.failure };
  }
  return { kind: 'run', verb, args: read };
}

function readWords(verb: Verb, line: readonly string[]): Arguments | { readonly failure: Failure } {
  const refuse = (reason: string, next = `fleetbook ${verb.words} --help`) => ({ failure: usageFailure(reason, next) });
  const options = Object.fromEntries(verb.flags.map((flag) => [flag.name, optionOf(flag)]));
  const names = verb.flags.map((flag) => `--${flag.name}`);
  const texts = new Map<string, string[]>();
  const numbers = new Map<string, number>();
  const switches = new Set<string>();
  const words: string[] = [];
  // Not strict: its refusals cannot be told apart well enough to be worded for people.
  for (const token of parseArgs({ args: [...line], options, allowPositionals: true, strict: false, tokens: true })
    .tokens) {
    if (token.kind === 'positional') {
      words.push(token.value);
    }
    if (token.kind !== 'option') {
      continue;
    }
    const flag = verb.flags.find(({ name }) => name === token.name);
    if (flag === undefined) {
      return refuse(`There is no flag ${token.rawName} here`, didYouMean(token.rawName, names));
    }
    const given = texts.has(flag.name) || switches.has(flag.name);
    if (given && !('isRepeatable' in flag)) {
      return refuse(`--${flag.name} is there twice`);
    }
    if (flag.kind === 'switch') {
      if (token.value !== undefined) {
        return refuse(`--${flag.name} takes no value`);
      }
      switches.add(flag.name);
      continue;
    }
    const value = readValue(flag, token.value);
    if ('rule' in value) {
      return refuse(`--${flag.name} ${value.rule}`);
    }
    texts.set(flag.name, [...(texts.get(flag.name) ?? []), value.text]);
    if (value.number !== undefined) {
      numbers.set(flag.name, value.number);
    }
  }
  const named = nameWords(verb, words);
  return named instanceof Map ? createArguments({ words: named, texts, numbers, switches }) : refuse(named.rule);
}

function optionOf(flag: Flag): { readonly type: 'string' | 'boolean' } {
  return { type: flag.kind === 'switch' ? 'boolean' : 'string' };
}

type ReadValue = { readonly text: string; readonly number?: number } | { readonly rule: string };

function readValue(flag: Exclude<Flag, { kind: 'switch' }>, text: string | undefined): ReadValue {
  if (text === undefined || text === '') {
    return { rule: `needs a value: ${flag.value}` };
  }
  switch (flag.kind) {
    case 'text':
      return flag.among === undefined || flag.among.includes(text)
        ? { text }
        : { rule: `is one of ${flag.among.join(', ')}` };
    case 'whole': {
      const number = Number(text);
      return /^\d{1,15}$/.test(text) && number >= flag.least && number <= flag.most
        ? { text, number }
        : { rule: `is a whole number from ${flag.least} to ${flag.most}` };
    }
    case 'duration': {
      const number = durationMs(text);
      if (number === undefined) {
        return { rule: 'is a duration such as 500ms, 5s, 1m or 2h' };
      }
      const { mostHours = Number.POSITIVE_INFINITY } = flag;
      return number > mostHours * UNIT_MS.h ? { rule: `is at most ${mostHours}h` } : { text, number };
    }
  }
}

function durationMs(text: string): number | undefined {
  const [, digits = '', unit] = DURATION.exec(text) ?? [];
  return unit !== undefined && isUnit(unit) ? Number(digits) * UNIT_MS[unit] : undefined;
}

function isUnit(text: string): text is keyof typeof UNIT_MS {
  return Object.hasOwn(UNIT_MS, text);
}

function nameWords(verb: Verb, words: readonly string[]): Map<string, string> | { readonly rule: string } {
  const positionals = verb.positionals ?? [];
  const surplus = words[positionals.length];
  if (surplus !== undefined) {
    return { rule: `${JSON.stringify(surplus)} is one word too many for ${verb.words}` };
  }
  const missing = positionals.find((positional, index) => !positional.isOptional && words[index] === undefined);
  if (missing !== undefined) {
    return { rule: `${verb.words} needs ${missing.name}` };
  }
  return new Map(words.map((word, index) => [positionals[index]?.name ?? '', word]));
}

function fault(reason: string, next: string): Parsed {
  return { kind: 'fault', failure: usageFailure(reason, next) };
}
