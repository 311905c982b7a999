import { ERROR_CATALOGUE, errorEntry, fleetbookError, isErrorCode } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { usageFailure } from '../call.ts';
import { bugFailure, showFailure } from './failure.ts';
import type { Terminal } from './terminal.ts';

function terminal(): Terminal & { readonly printed: string[]; readonly said: string[] } {
  const printed: string[] = [];
  const said: string[] = [];
  return {
    printed,
    said,
    print: (line) => void printed.push(line),
    say: (line) => void said.push(line),
    readInput: async () => new Uint8Array(),
    isInteractive: false,
    hasColour: false,
    columns: Number.POSITIVE_INFINITY,
  };
}

describe('a failure', () => {
  it.each(Object.keys(ERROR_CATALOGUE).filter(isErrorCode))(
    '%s gives its exit code, message and next step',
    async (code) => {
      const shown = terminal();
      expect(await showFailure(shown, fleetbookError(code), false)).toBe(errorEntry(code).exitCode);
      expect(shown.said[0]).toMatch(new RegExp(`^${code}: .`));
      expect(shown.said[1]).toMatch(/^ {2}\S/);
      expect(shown.printed).toEqual([]);
    },
  );

  it('of a question does not tell to repeat a command', async () => {
    const shown = terminal();
    await showFailure(shown, fleetbookError('TIMEOUT', { timeoutMs: 5_000 }), false);
    expect(shown.said.join()).not.toMatch(/command/);
  });

  it('is one JSON document on stdout when asked for', async () => {
    const shown = terminal();
    await showFailure(shown, usageFailure('Nothing was said', 'say something'), true);
    expect(shown.printed.map((line) => JSON.parse(line))).toMatchObject([
      { outcome: 'error', error: { code: 'USAGE', message: 'Nothing was said.', retry: 'never' } },
    ]);
    expect(shown.said).toEqual(['USAGE: Nothing was said.', '  say something']);
  });

  it('hands on the whole reply where there is one', async () => {
    const shown = terminal();
    const error = fleetbookError('NO_CAPACITY', { node: 'n-1' });
    await showFailure(shown, { ...error, document: { outcome: 'refused', error } }, true);
    expect(JSON.parse(shown.printed[0] ?? '')).toMatchObject({ outcome: 'refused' });
  });

  it('names no flag that its verb does not have', async () => {
    for (const code of ['INVALID_FIELD', 'UNKNOWN_FIELD', 'TIMEOUT', 'OUTCOME_UNKNOWN', 'DISK_FULL'] as const) {
      const shown = terminal();
      await showFailure(shown, fleetbookError(code), false, []);
      expect(shown.said.join()).not.toMatch(/--dry-run|--command-id|Sending/);
    }
  });

  it('nobody expected is a bug, exit code 70, with its stack', async () => {
    const shown = terminal();
    expect(await showFailure(shown, bugFailure(new Error('impossible')), false)).toBe(70);
    expect(shown.said.join('\n')).toContain('Error: impossible');
  });
});
