import type {
  DiffAnswer,
  Difference,
  HoldersAnswer,
  QueryAnswers,
  QueryBodies,
  QueryName,
  TimelineAnswer,
} from '@fleetbook/contracts';
import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import { LIFE_INSTANCES, lifeSteps, writeHistory } from '@fleetbook/projector/testing/histories';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pastOf, type TestPast } from '../testing/past-of.ts';

const NODES = ['a', 'b', 'cc'];

async function answer<Name extends QueryName>(past: TestPast, name: Name, body: QueryBodies[Name]) {
  const reply = await past.ask(name, body);
  if (reply.outcome === 'error') {
    throw new Error(`${name}: ${reply.error.code} ${reply.error.message}`);
  }
  ANSWER_SCHEMAS[name].parse(reply.answer);
  const isAnswer = (_value: unknown): _value is QueryAnswers[Name] => true;
  const { answer: value } = reply;
  if (!isAnswer(value)) {
    throw new Error('never');
  }
  return value;
}

interface Pasts {
  /** Of many segments, and of one. */
  readonly cut: TestPast;
  readonly whole: TestPast;
  readonly last: number;
}

function everyPast(check: (pasts: Pasts, one: number, other: number) => Promise<void>, numRuns: number): Promise<void> {
  const places = fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 5, max: 60 }));
  const property = fc.asyncProperty(lifeSteps, places, async (life, [one, other, segmentEvents]) => {
    const { log, writer } = await writeHistory([], life);
    const last = writer.number;
    const pasts = { cut: pastOf(log, { segmentEvents }), whole: pastOf(log), last };
    await check(pasts, 1 + (one % last), 1 + (other % last));
  });
  return fc.assert(property, { numRuns });
}

function swapped<Stand, Row extends Difference<Stand>>({ before, after, ...row }: Row) {
  return {
    ...row,
    ...(after === undefined ? {} : { before: after }),
    ...(before === undefined ? {} : { after: before }),
  };
}

describe('the difference between two instants of any history', () => {
  it('is the same from saved states and from the log alone, and the other way round from the other side', async () => {
    await everyPast(async ({ cut, whole }, one, other) => {
      const limit = 1_000;
      const there = await answer(cut, 'diff', { from: String(one), to: String(other), limit });
      const straight = await answer(whole, 'diff', { from: String(one), to: String(other), limit });
      expect(listsOf(there)).toEqual(listsOf(straight));
      const back = await answer(cut, 'diff', { from: String(other), to: String(one), limit });
      expect(back.claims.map(swapped)).toEqual(there.claims);
      expect(back.shelved?.map(swapped)).toEqual(there.shelved);
      expect(back.moves.map(swapped)).toEqual(there.moves);
      expect(back.inventory.map(swapped)).toEqual(there.inventory);
      expect(back.isSame).toBe(there.isSame);
      expect((await answer(cut, 'diff', { from: String(one), to: String(one) })).isSame).toBe(true);
    }, 12);
  });

  it('has as many claims more as usage counts more, and tells of each instance that was shelved', async () => {
    await everyPast(async ({ cut }, one, other) => {
      const [from, to] = [String(one), String(other)];
      const { counts, shelved: rows = [] } = await answer(cut, 'diff', { from, to });
      const [left, right] = [await answer(cut, 'usage', { asOf: from }), await answer(cut, 'usage', { asOf: to })];
      expect(counts.claims.added - counts.claims.removed).toBe(right.claims - left.claims);
      const expected: string[] = [];
      for (const instance of LIFE_INSTANCES) {
        const [before, after] = await Promise.all([from, to].map((asOf) => cut.ask('instance', { instance, asOf })));
        const [was, is] = [before, after].map((reply) =>
          reply?.outcome === 'answer' && Object(reply.answer).status === 'offloaded'
            ? Object(reply.answer).claimId
            : '',
        );
        if (was !== is) {
          expected.push(instance);
        }
      }
      expect(rows.map(({ instance }) => instance)).toEqual(expected.toSorted());
    }, 12);
  });

  it('of a node says what two questions about the node say', async () => {
    await everyPast(async ({ cut }, one, other) => {
      for (const node of NODES) {
        const [from, to] = [String(one), String(other)];
        const replies = await Promise.all([from, to].map((asOf) => cut.ask('usage', { asOf, node })));
        if (replies.every(({ outcome }) => outcome === 'answer')) {
          const [left, right] = [
            await answer(cut, 'usage', { asOf: from, node }),
            await answer(cut, 'usage', { asOf: to, node }),
          ];
          const { nodes } = await answer(cut, 'diff', { from, to, node });
          const changed = nodes.flatMap(({ classes }) => classes.map(({ class: name }) => name));
          expect(changed).toEqual(classesThatDiffer(left, right));
        }
      }
    }, 6);
  });
});

function listsOf({ counts, nodes, inventory, claims, shelved, moves }: DiffAnswer) {
  return { counts, nodes, inventory, claims, shelved, moves };
}

type Usage = QueryAnswers['usage'];

function classesThatDiffer(left: Usage, right: Usage): readonly string[] {
  const names = new Set([...left.classes, ...right.classes].map(({ class: name }) => name));
  const text = ({ classes }: Usage, name: string): string => {
    const found = classes.find((figures) => figures.class === name);
    return JSON.stringify(found === undefined ? undefined : { ...figuresOf(found) });
  };
  return [...names].sort().filter((name) => text(left, name) !== text(right, name));
}

function figuresOf(figures: Usage['classes'][number]) {
  return 'capacity' in figures ? { charged: figures.charged, capacity: figures.capacity } : {};
}

describe('the timeline of any history', () => {
  it('shows after each event the figures that a question as of that event gives', async () => {
    await everyPast(async ({ cut }, one) => {
      for (const node of NODES) {
        const { entries } = await answer(cut, 'timeline', { node, asOf: String(one), limit: 12 }).catch(() => NOTHING);
        for (const { event, classes } of entries.filter((entry) => entry.event.index + 1 === entry.event.count)) {
          const usage = await answer(cut, 'usage', { node, asOf: String(event.number) });
          const expected = usage.classes.map((figures) => ({ class: figures.class, ...figuresOf(figures) }));
          expect(classes ?? expected).toEqual(expected);
        }
      }
    }, 5);
  });

  it('names page by page every event that the history of the same thing names', async () => {
    await everyPast(async ({ cut, last }) => {
      for (const instance of LIFE_INSTANCES.slice(0, 6)) {
        const { events } = await answer(cut, 'history', { instance, asOf: String(last), limit: 1_000 });
        const numbers: number[] = [];
        for (let before: number | undefined = last + 1; before !== undefined; ) {
          const page: TimelineAnswer = await answer(cut, 'timeline', { instance, limit: 3, before }).catch(
            () => NOTHING,
          );
          numbers.unshift(...page.entries.map(({ event }) => event.number));
          before = page.next;
        }
        expect(numbers).toEqual(events.map(({ number }) => number).toReversed());
      }
    }, 5);
  });
});

const NOTHING: TimelineAnswer = { entries: [] };

describe('who holds what on a node', () => {
  it('adds up to what is charged there', async () => {
    await everyPast(async ({ cut }, one) => {
      for (const node of NODES) {
        const asOf = String(one);
        const nobody: HoldersAnswer = { node, holders: [], isComplete: true };
        const { holders } = await answer(cut, 'holders', { node, asOf }).catch(() => nobody);
        const { classes } = await answer(cut, 'usage', { node, asOf }).catch(() => ({ classes: [] }));
        for (const { class: name, charged } of classes) {
          const held = holders.filter((holder) => holder.class === name);
          expect(held.reduce((sum, { amount }) => sum + amount, 0)).toBe(charged);
        }
      }
    }, 12);
  });
});
