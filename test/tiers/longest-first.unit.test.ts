import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { LONGEST, rankOf } from './longest-first.ts';

it('names files that there are', () => {
  const missing = LONGEST.filter((path) => !existsSync(fileURLToPath(new URL(`../../${path}`, import.meta.url))));
  expect(missing).toEqual([]);
});

it('begins with them in their order, and goes on with the others', () => {
  const [first = '', second = ''] = LONGEST;
  const files = ['/clone/test/e2e/other.e2e.test.ts', `/clone/${second}`, `/clone/${first}`];
  const ordered = files.toSorted((left, right) => rankOf(left) - rankOf(right));
  expect(ordered).toEqual([`/clone/${first}`, `/clone/${second}`, '/clone/test/e2e/other.e2e.test.ts']);
});
