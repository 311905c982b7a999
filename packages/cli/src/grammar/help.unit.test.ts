import { describe, expect, it } from 'vitest';
import { completionScript, SHELLS } from './completion.ts';
import { commandLineReference, helpOfNoun, helpOfVerb, overview } from './help.ts';
import { VERBS } from './table.ts';

describe('help', () => {
  it('shows every verb on one page', () => {
    expect(overview(VERBS)).toMatchSnapshot();
  });

  it('shows the verbs of a noun', () => {
    expect(helpOfNoun(VERBS, 'node')).toMatchSnapshot();
  });

  it.each(VERBS.map((verb) => [verb.words, verb] as const))('of %s has usage, flags and an example', (_words, verb) => {
    const text = helpOfVerb(verb);
    expect(text).toContain('usage: fleetbook ');
    expect(text).toContain('example:\n  ');
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  it('is the text of the reference page', async () => {
    await expect(commandLineReference(VERBS)).toMatchFileSnapshot('../../../../docs/reference/command-line.md');
  });
});

describe('completion', () => {
  it.each(SHELLS)('of %s names every verb and flag', (shell) => {
    const script = completionScript(shell, VERBS);
    for (const { words, flags } of VERBS) {
      for (const word of words.split(' ')) {
        expect(script).toContain(word);
      }
      for (const { name } of flags) {
        expect(script).toContain(name);
      }
    }
  });
});
