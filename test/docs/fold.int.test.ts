import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProduct } from '../model/product.ts';
import { randomSteps } from '../model/random-steps.ts';

const FOLD = fileURLToPath(new URL('fold.py', import.meta.url));
const SEED = randomInt(2 ** 31);
const HISTORIES = 150;
const STEPS_PER_HISTORY = 40;

const isPythonThere = spawnSync('python3', ['--version']).status === 0;

describe('docs/reference/fold.md', () => {
  it('is enough to write a fold in another language', (context) => {
    if (!isPythonThere) {
      context.skip('python3 is not installed');
    }
    const products = fc.sample(randomSteps(STEPS_PER_HISTORY), { seed: SEED, numRuns: HISTORIES }).map((steps) => {
      const product = createProduct();
      for (const step of steps) {
        product.run(step);
      }
      return product;
    });
    const input = products.map(({ events }) => JSON.stringify(events)).join('\n');
    const { stdout, stderr } = spawnSync('python3', [FOLD], { input, encoding: 'utf8', maxBuffer: 2 ** 26 });
    expect(stderr, `seed ${SEED}`).toBe('');
    const folds: unknown[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const expected = products.map((product) => [product.digest(), product.records()]);
    expect(folds, `seed ${SEED}`).toEqual(expected);
    expect(expected.flat(2).filter((record) => /^\["inventory",.*,true,/.test(record)).length).toBeGreaterThan(5);
    expect(expected.flat(2).filter((record) => /^\["provider",.*,true\]/.test(record)).length).toBeGreaterThan(5);
  });
});
