import type { Verb } from './verb.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that completes verbs and flags in the shell. */
export function completionScript(shell: Shell, verbs: readonly Verb[]): string {
  return SCRIPTS[shell](verbs);
}

const SCRIPTS: Readonly<Record<Shell, (verbs: readonly Verb[]) => string>> = {
  bash: (verbs) => bashFunction(verbs).concat('complete -F _fleetbook fleetbook').join('\n'),
  zsh: (verbs) =>
    ['#compdef fleetbook', 'autoload -Uz bashcompinit && bashcompinit']
      .concat(bashFunction(verbs), 'complete -F _fleetbook fleetbook')
      .join('\n'),
  fish: (verbs) => fishLines(verbs).join('\n'),
};

/** Every way to write a verb. */
function spellings(verb: Verb): string[] {
  return verb.alias === undefined ? [verb.words] : [verb.words, verb.alias];
}

function firstWords(verbs: readonly Verb[]): string[] {
  return [...new Set(verbs.flatMap(spellings).map((words) => words.split(' ')[0] ?? ''))];
}

function nouns(verbs: readonly Verb[]): string[] {
  return [...new Set(verbs.flatMap(({ words }) => (words.includes(' ') ? [words.split(' ')[0] ?? ''] : [])))];
}

function verbsOf(verbs: readonly Verb[], noun: string): string[] {
  return verbs.flatMap(({ words }) => (words.startsWith(`${noun} `) ? [words.slice(noun.length + 1)] : []));
}

function bashFunction(verbs: readonly Verb[]): string[] {
  const ofNouns = nouns(verbs).map((noun) => `    ${noun}) words='${verbsOf(verbs, noun).join(' ')}' ;;`);
  const flags = verbs.map((verb) => {
    const pattern = spellings(verb).map((words) => `'${words}'*`);
    return `    ${pattern.join('|')}) words='${[...verb.flags.map(({ name }) => `--${name}`), '--help'].join(' ')}' ;;`;
  });
  return [
    '_fleetbook() {',
    "  local words=''",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell expands it
    '  local current="${COMP_WORDS[COMP_CWORD]}" line="${COMP_WORDS[*]:1}"',
    '  if [[ $current == -* ]]; then',
    '    case $line in',
    ...flags,
    '    esac',
    '  elif [[ $COMP_CWORD -eq 1 ]]; then',
    `    words='${firstWords(verbs).join(' ')}'`,
    '  elif [[ $COMP_CWORD -eq 2 ]]; then',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell expands it
    '    case ${COMP_WORDS[1]} in',
    ...ofNouns,
    `    completion) words='${SHELLS.join(' ')}' ;;`,
    '    esac',
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
  ];
}

function fishLines(verbs: readonly Verb[]): string[] {
  const first = `complete -c fleetbook -f -n '__fish_use_subcommand' -a '${firstWords(verbs).join(' ')}'`;
  const second = nouns(verbs).map(
    (noun) =>
      `complete -c fleetbook -f -n '__fish_seen_subcommand_from ${noun}' -a '${verbsOf(verbs, noun).join(' ')}'`,
  );
  const shells = `complete -c fleetbook -f -n '__fish_seen_subcommand_from completion' -a '${SHELLS.join(' ')}'`;
  const flags = verbs.flatMap((verb) =>
    verb.flags.map((flag) => {
      const seen = spellings(verb)
        .map((words) =>
          words
            .split(' ')
            .map((word) => `__fish_seen_subcommand_from ${word}`)
            .join('; and '),
        )
        .join('; or ');
      const about = flag.about.replaceAll("'", "\\'");
      const value = flag.kind === 'switch' ? '' : ' -r';
      return `complete -c fleetbook -n '${seen}' -l ${flag.name}${value} -d '${about}'`;
    }),
  );
  return [first, ...second, shells, ...flags];
}
