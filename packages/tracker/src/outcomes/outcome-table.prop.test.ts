import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutcomeTable } from './outcome-table.ts';

interface Model {
  readonly high: number;
  readonly low: number;
  readonly number: number;
  readonly time: number;
}

// Few low words, neighbours and the largest one: long runs of slots, wrapped around the end of the index.
const low = fc.constantFrom(0, 1, 2, 14, 15, 16, 0xffff_fffe, 0xffff_ffff);
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('add' as const),
      high: fc.integer({ min: 0, max: 2 }),
      low,
      ageMs: fc.integer({ min: 0, max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('forget' as const), byMs: fc.integer({ min: 0, max: 12 }) }),
  },
);

/** What the table promises, on a plain list. */
function forget(model: Model[], horizon: number): void {
  while (model[0] !== undefined && model[0].time < horizon) {
    model.shift();
  }
}

describe('outcome table', () => {
  it('finds the same as a list that forgets from its front', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = new OutcomeTable(1);
        const model: Model[] = [];
        let now = 100;
        for (const [index, one] of steps.entries()) {
          if (one.kind === 'add') {
            const entry = { high: one.high, low: one.low, number: index + 1, time: now + one.ageMs };
            now += 1;
            table.add(entry, entry);
            model.push(entry);
          } else {
            table.forgetBefore(now - one.byMs);
            forget(model, now - one.byMs);
          }
          checkEqual(table, model);
        }
      }),
    );
  });

  it('finds the same when it was captured and restored, over several pieces, and goes on', () => {
    const sizes = fc.record({ kept: fc.nat({ max: 40_000 }), forgotten: fc.nat({ max: 20_000 }) });
    fc.assert(
      fc.property(sizes, ({ kept, forgotten }) => {
        const table = new OutcomeTable(1);
        const keyOf = (number: number) => ({ high: number % 3, low: Math.imul(number, 0x9e3779b1) >>> 0 });
        for (let number = 1; number <= forgotten + kept; number += 1)
          table.add(keyOf(number), { number, time: number });
        table.forgetBefore(forgotten + 1);
        const again = new OutcomeTable(1);
        for (const packed of table.capture()()) again.restore(packed);
        again.add(keyOf(0), { number: forgotten + kept + 1, time: forgotten + kept + 1 });
        for (let number = 1; number <= forgotten + kept; number += 97) {
          expect(again.find(keyOf(number))).toEqual(number > forgotten ? [number] : []);
        }
        expect(again.find(keyOf(0))).toEqual([forgotten + kept + 1]);
        expect([again.size, again.oldestNumber]).toEqual([kept + 1, forgotten + 1]);
      }),
      { numRuns: 20 },
    );
  });
});

function checkEqual(table: OutcomeTable, model: readonly Model[]): void {
  for (const { high, low: lowWord } of model) {
    const wanted = model.filter((entry) => entry.high === high && entry.low === lowWord).map(({ number }) => number);
    const found = [...table.find({ high, low: lowWord })].sort((left, right) => left - right);
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      throw new Error(`found ${found.join()} where ${wanted.join()} is kept`);
    }
  }
  if (table.size !== model.length || table.oldestNumber !== model[0]?.number) {
    throw new Error(`keeps ${table.size} from ${table.oldestNumber}, not ${model.length} from ${model[0]?.number}`);
  }
}
