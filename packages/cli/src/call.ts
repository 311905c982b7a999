import type { FleetbookError } from '@fleetbook/contracts';
import type { Arguments } from './grammar/arguments.ts';
import type { Verb } from './grammar/verb.ts';
import type { Terminal } from './output/terminal.ts';

/** What the process gives a verb. */
export interface Call {
  readonly args: Arguments;
  readonly verbs: readonly Verb[];
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly stop: AbortSignal;
  /** When the verb began, on the clock of `performance.now`. */
  readonly startedMs: number;
  /** What a person has to know should the verb be cut short from here on, by Ctrl-C or by its time. */
  leaveWord(lines: readonly string[]): void;
}

/** Why a verb could not do what was asked: shown to people, and its code decides the exit code. */
export interface Failure extends FleetbookError {
  /** What to do next, where the verb knows better than the code alone tells. One or more lines. */
  readonly next?: string | readonly string[];
  /** What `--json` prints instead of the error alone: the whole reply, say. */
  readonly document?: unknown;
}

/** 0 yes, 1 the answer is no, 130 interrupted; or a failure, whose code decides. */
export type Ending = { readonly exitCode: 0 | 1 | 130 } | { readonly failure: Failure };

export type Run = (call: Call) => Promise<Ending>;

export const OK: Ending = { exitCode: 0 };
export const NO: Ending = { exitCode: 1 };

/** The command line cannot be understood. Made without the catalogue, which is heavy to load. */
export function usageFailure(reason: string, next?: string): Failure {
  const failure: Failure = { code: 'USAGE', message: `${reason}.`, retry: 'never', details: { reason } };
  return next === undefined ? failure : { ...failure, next };
}
