import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createProduct } from '../model/product.ts';
import { randomHistory, type Step } from '../model/random-steps.ts';

const FOLD = fileURLToPath(new URL('fold.py', import.meta.url));
const SEED = randomInt(2 ** 31);
const HISTORIES = 150;
const STEPS_PER_HISTORY = 250;

const isPythonThere = spawnSync('python3', ['--version']).status === 0;

/** The part of the page that fold.py was written from: nodes, full reports, claims, and drops by the node's agent. */
const PLAIN: ReadonlySet<Step['type']> = new Set<Step['type']>([
  'RegisterNode',
  'FullReport',
  'EnableNode',
  'DisableNode',
  'RetireNode',
  'WriterElected',
  'Again',
]);

/** The generator makes something else of a release that would come to nothing, except for these instances. */
const PLAIN_SLOTS = 2;

const plainSteps = (steps: readonly Step[]): Step[] =>
  steps.flatMap((step): Step[] => {
    if (step.type === 'ClaimInstance') {
      const { ttlMs: _ttl, alternates: _alternates, groups: _groups, ...claim } = step;
      return [claim];
    }
    if (step.type === 'DropInstance') {
      return [{ ...step, slot: step.slot % PLAIN_SLOTS, sender: 'agent' }];
    }
    if (step.type === 'ConfirmClaim' || step.type === 'AbortClaim') {
      return [{ ...step, slot: step.slot % PLAIN_SLOTS }];
    }
    return PLAIN.has(step.type) ? [step] : [];
  });

describe('docs/reference/fold.md', () => {
  it('is enough to write a fold in another language', (context) => {
    if (!isPythonThere) {
      context.skip('python3 is not installed');
    }
    const histories = fc.sample(randomHistory(STEPS_PER_HISTORY), { seed: SEED, numRuns: HISTORIES });
    const products = histories.map(({ steps }) => {
      const product = createProduct('observe');
      for (const step of plainSteps(steps)) {
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
