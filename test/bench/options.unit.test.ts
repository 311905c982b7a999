import { expect, it } from 'vitest';
import { PARTS, readOptions } from './options.ts';

const reasonOf = (...args: string[]): string => {
  const asked = readOptions(args);
  return asked.kind === 'fault' ? asked.reason : asked.kind;
};

it('everything is measured in one go of ten minutes where nothing is named, and only what is named otherwise', () => {
  const all = readOptions([]);
  expect(all).toMatchObject({ kind: 'run', options: { atMostSeconds: 500, nodes: [10_000, 100_000], seconds: 2 } });
  const named = readOptions(['fold', 'claims', '--events', '5000', '--nodes', '50']);
  expect(named).toMatchObject({
    kind: 'run',
    options: { parts: ['claims', 'fold'], foldEvents: 5_000, nodes: [50], atMostSeconds: Infinity },
  });
});

it('names what makes no sense', () => {
  expect(reasonOf('nosuch')).toBe('there is no part "nosuch"');
  expect(reasonOf('claims', '--runs', '0')).toBe('--runs is a whole number above 0, not "0"');
  expect(reasonOf('--nodes', '100,x')).toBe('--nodes is a whole number above 0, not "x"');
  expect(reasonOf('--seconds=-1')).toBe('--seconds is a number above 0, not "-1"');
  expect(reasonOf('--nosuch')).toContain("'--nosuch'");
  expect(reasonOf('--plot')).toContain("'--plot");
});

it('help is help whatever stands beside it', () => {
  expect(reasonOf('nosuch', '--help')).toBe('help');
  expect(PARTS.map((part) => reasonOf(part))).toEqual(PARTS.map(() => 'run'));
});
