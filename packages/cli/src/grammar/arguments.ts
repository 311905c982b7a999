/** The values of one call, already checked against the flags and positionals of its verb. */
export interface Arguments {
  /** A positional that the grammar requires. Throws RangeError for a name it does not have. */
  word(name: string): string;
  optionalWord(name: string): string | undefined;
  text(flag: string): string | undefined;
  /** Every value of a repeatable flag, in order. */
  texts(flag: string): readonly string[];
  /** A whole number, or a duration in milliseconds. */
  number(flag: string): number | undefined;
  isSet(flag: string): boolean;
}

export interface Values {
  readonly words: ReadonlyMap<string, string>;
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly numbers: ReadonlyMap<string, number>;
  readonly switches: ReadonlySet<string>;
}

export function createArguments(values: Values): Arguments {
  return {
    word(name) {
      const word = values.words.get(name);
      if (word === undefined) {
        throw new RangeError(`the grammar does not require ${name}`);
      }
      return word;
    },
    optionalWord: (name) => values.words.get(name),
    text: (flag) => values.texts.get(flag)?.at(-1),
    texts: (flag) => values.texts.get(flag) ?? [],
    number: (flag) => values.numbers.get(flag),
    isSet: (flag) => values.switches.has(flag),
  };
}
