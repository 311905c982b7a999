import { describe, expect, it } from 'vitest';
import { optionsOf } from './options.ts';

describe('the command line of the torture', () => {
  it('ends after 200 kills, and after half an hour at most', () => {
    expect(optionsOf([])).toMatchObject({ kills: 200, minutes: 30, ground: 'one server', fillsDisk: true });
  });

  it('takes one bound without the other', () => {
    expect(optionsOf(['--kills', '5'])).toMatchObject({ kills: 5, minutes: Infinity });
    expect(optionsOf(['--minutes', '5'])).toMatchObject({ kills: Infinity, minutes: 5 });
  });

  it('fills a disk only where there is one server that syncs', () => {
    const lines = [['--cluster'], ['--eventstoredb'], ['--lazy-sync'], ['--no-full-disk']];
    expect(lines.map((line) => optionsOf(line)?.fillsDisk)).toEqual([false, false, false, false]);
  });

  it.each([
    [['--kills', 'many']],
    [['--minutes', '0']],
    [['--seed', '1.5']],
    [['--cluster', '--eventstoredb']],
    [['--cluster', '--lazy-sync']],
    [['--holidays']],
  ])('does not understand %j', (line) => {
    expect(optionsOf(line)).toBeUndefined();
  });
});
