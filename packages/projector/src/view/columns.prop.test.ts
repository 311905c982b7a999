import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEntityHistory } from './entity-history.ts';
import { createOutcomeIndex } from './outcome-index.ts';
import { RowIndex } from './row-index.ts';
import { SettledHistories } from './settled-histories.ts';

const KEPT = 256;

/** Runs of events of a few entities, so that some have more than are kept. */
const runs = fc.array(fc.record({ entity: fc.constantFrom('a', 'b', 'c'), events: fc.integer({ min: 1, max: 400 }) }), {
  maxLength: 12,
});

describe('the history of an entity', () => {
  it('is its newest numbers, whatever came between, and survives a checkpoint', () => {
    fc.assert(
      fc.property(runs, fc.nat({ max: 12 }), (all, cut) => {
        const plain = new Map<string, number[]>();
        let history = createEntityHistory();
        let number = 0;
        for (const [place, { entity, events }] of all.entries()) {
          for (let count = 0; count < events; count += 1) {
            number += 1;
            history.add(entity, number);
            history.add(entity, number);
            plain.set(entity, [...(plain.get(entity) ?? []), number]);
          }
          if (place === cut) {
            const restored = createEntityHistory();
            const rows = history.capture();
            history.add(entity, number + 1);
            Array.from(rows()).forEach(restored.restore);
            history = restored;
          }
        }
        for (const entity of ['a', 'b', 'c', 'd']) {
          const numbers = plain.get(entity) ?? [];
          const known = history.newest(entity);
          expect(known.numbers).toEqual(numbers.slice(-KEPT));
          expect(known.isComplete && numbers.length > KEPT).toBe(false);
          expect(known.isComplete || numbers.length > KEPT).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('histories that are settled', () => {
  const entities = ['a', 'b', 'c', 'd', 'e'];
  const step = fc.record({
    entity: fc.constantFrom(...entities),
    events: fc.integer({ min: 0, max: 300 }),
    isSettled: fc.boolean(),
    isSaved: fc.boolean(),
  });

  it('are what they were, go on where more comes of them, and survive a checkpoint', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const plain = new Map<string, number[]>();
        let [settled, rows] = [new SettledHistories(), new RowIndex()];
        let history = createEntityHistory(rows, { settled, onRow: () => undefined });
        let number = 2 ** 40;
        for (const { entity, events, isSettled, isSaved } of steps) {
          for (let count = 0; count < events; count += 1) {
            number += 1 + 2 ** (count % 40);
            history.add(entity, number);
            plain.set(entity, [...(plain.get(entity) ?? []), number]);
          }
          const row = rows.find(entity);
          if (isSettled && row !== undefined) {
            history.settle(row);
            rows.free(row);
          }
          if (isSaved) {
            const [open, closed] = [history.capture(), settled.capture()];
            history.add(entity, number + 1);
            [settled, rows] = [new SettledHistories(), new RowIndex()];
            for (const columns of closed.ids) settled.restoreIds(columns);
            for (const page of closed.pages) settled.restorePage(page);
            history = createEntityHistory(rows, { settled, onRow: () => undefined });
            Array.from(open()).forEach(history.restore);
          }
          for (const each of entities) {
            const numbers = plain.get(each) ?? [];
            expect(history.newest(each)).toEqual({ numbers: numbers.slice(-KEPT), isComplete: numbers.length <= KEPT });
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the outcomes of commands', () => {
  const decisions = fc.array(fc.nat({ max: 60 }), { maxLength: 400 });

  it('are found by their command, all of them in the order of the log, from the first that was not forgotten', () => {
    fc.assert(
      fc.property(
        decisions,
        fc.constantFrom(64, 3_200, 1_000_000),
        fc.nat({ max: 400 }),
        (commands, maxEntries, cut) => {
          let index = createOutcomeIndex({ maxEntries });
          for (const [place, command] of commands.entries()) {
            index.add(`command-${command}`, place + 1, place);
            if (place === cut) {
              const restored = createOutcomeIndex({ maxEntries });
              const rows = index.capture();
              index.add('later', place + 2, place);
              for (const row of rows()) restored.add(...row);
              restored.restored(index.completeFrom);
              index = restored;
            }
          }
          const numbers = commands.map((command, place) => ({ command, number: place + 1 }));
          for (let command = 0; command <= 60; command += 1) {
            const all = numbers.filter((each) => each.command === command).map(({ number }) => number);
            expect(index.find(`command-${command}`)).toEqual(all.filter((number) => number >= index.completeFrom));
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});
