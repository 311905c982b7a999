import type { Ending, Failure } from '../call.ts';
import { nextStepFor } from './next-steps.ts';
import { styled } from './table.ts';
import type { Terminal } from './terminal.ts';

const EXIT_USAGE = 2;

export function exitCodeOf(ending: Extract<Ending, { exitCode: number }>): number {
  return ending.exitCode;
}

/**
 * Shows code, message and what to do next on stderr, with --json the error on stdout too. Gives the exit code.
 * @param flags of the verb, where there is one.
 */
export async function showFailure(
  terminal: Terminal,
  failure: Failure,
  isJson: boolean,
  flags?: readonly { readonly name: string }[],
): Promise<number> {
  const { next, document, ...error } = failure;
  if (isJson) {
    terminal.print(JSON.stringify(document ?? { outcome: 'error', error }));
  }
  terminal.say(`${styled(terminal, 'red', error.code)}: ${error.message}`);
  for (const line of [next ?? nextStepFor(error, flags)].flat()) {
    terminal.say(`  ${line}`);
  }
  if (error.code === 'USAGE') {
    return EXIT_USAGE;
  }
  const { errorEntry } = await import('@fleetbook/contracts');
  return errorEntry(error.code).exitCode;
}

/** Something was thrown that nobody expected. */
export function bugFailure(thrown: unknown): Failure {
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  return {
    code: 'INTERNAL_ERROR',
    message: 'This program failed.',
    retry: 'never',
    details: { reason: text },
    next: ['This is a bug of fleetbook. Please report it with these lines:', ...text.split('\n')],
  };
}
