import type { Run } from '../call.ts';

interface FlagFacts {
  /** Without the leading dashes. */
  readonly name: string;
  /** One line for people, without a full stop. */
  readonly about: string;
}

/** Is there or is not. */
export interface SwitchFlag extends FlagFacts {
  readonly kind: 'switch';
}

/** Takes any text; `among` closes the list of what is allowed. */
export interface TextFlag extends FlagFacts {
  readonly kind: 'text';
  /** What stands for the value in the help. */
  readonly value: string;
  readonly among?: readonly string[];
  readonly isRepeatable?: true;
}

/** Takes a whole number between two bounds. */
export interface WholeFlag extends FlagFacts {
  readonly kind: 'whole';
  readonly value: string;
  readonly least: number;
  readonly most: number;
}

/** Takes `500ms`, `2s` or `1m`. */
export interface DurationFlag extends FlagFacts {
  readonly kind: 'duration';
  readonly value: string;
  /** Without it there is no limit. */
  readonly mostHours?: number;
}

export type Flag = SwitchFlag | TextFlag | WholeFlag | DurationFlag;

/** A word after the verb. */
export interface Positional {
  /** As the help shows it: `NODE`. */
  readonly name: string;
  readonly isOptional?: true;
}

/** A line of the grammar: `fleetbook <words> [positionals] [flags]`. */
export interface Verb {
  readonly words: string;
  /** Another way to write `words`. */
  readonly alias?: string;
  /** Where the overview lists it. */
  readonly group: 'run' | 'node' | 'instance' | 'move' | 'ask' | 'log' | 'replay' | 'operate';
  /** One line for people, without a full stop. */
  readonly about: string;
  /** What else the reader of `--help` should know: whole sentences, one line each. */
  readonly notes?: readonly string[];
  readonly positionals?: readonly Positional[];
  readonly flags: readonly Flag[];
  /** Goes on until it is stopped and then ends in order; every other verb ends at once on Ctrl-C. */
  readonly stopsByItself?: true;
  /** A command that can be typed as it stands. */
  readonly example: string;
  /** Loads the code that does it: only the verb asked for is loaded. */
  readonly load: () => Promise<Run>;
}
