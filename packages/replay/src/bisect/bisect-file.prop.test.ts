import type { UsageAnswer } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import { lifeSteps, writeHistory } from '@fleetbook/projector/testing/histories';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bisect } from '../testing/bisect.ts';
import { exported, opened } from '../testing/bundle-of.ts';
import { pastOf, type TestPast } from '../testing/past-of.ts';

const FIGURES = ['charged', 'capacity', 'headroom'] as const;
const CLASSES = ['VCPU', 'CUSTOM_GPU_MILLI'] as const;
const NODES = ['a', 'b', '*'] as const;

interface Asked {
  readonly figure: (typeof FIGURES)[number];
  readonly node: (typeof NODES)[number];
  readonly class: (typeof CLASSES)[number];
}

/** What the state says at an event; undefined where there is no such class. */
async function figureAt(past: TestPast, number: number, { figure, node, class: name }: Asked) {
  const reply = await past.ask('usage', { asOf: String(number), ...(node === '*' ? {} : { node }) });
  const isUsage = (_value: unknown): _value is UsageAnswer => true;
  if (reply.outcome === 'error' || !isUsage(reply.answer) || reply.answer.scope === 'tenant') {
    return undefined;
  }
  return reply.answer.classes.find((each) => each.class === name)?.[figure];
}

/** Whether a value is as wanted before the file, and at the ends of its decisions; unknown ones never are. */
function expectedOf(
  before: number | undefined,
  values: readonly { readonly number: number; readonly value: number | undefined }[],
  isTrue: (value: number) => boolean,
) {
  // Of a class that was there and is gone, the figure is 0.
  let known = before;
  const trues = values.filter(({ value }) => {
    known = value ?? (known === undefined ? undefined : 0);
    return known !== undefined && isTrue(known);
  });
  return { number: trues[0]?.number, wasTrue: before !== undefined && isTrue(before) };
}

/** The file from about the middle of a random life on, with the events in it. */
async function fileOf(life: Parameters<typeof writeHistory>[1], place: number) {
  const { log, writer } = await writeHistory([], life);
  const bundle = await exported(log, { from: 2 + (place % (writer.number - 1)), to: writer.number });
  const { past } = await opened(bundle.bytes);
  const events = writer.events.filter(({ number }) => number >= bundle.from);
  const ends = events.filter(({ index, count }) => index === count - 1).map(({ number }) => number);
  return { log, past, events, ends, first: bundle.from };
}

function countOf(events: readonly LedgerEvent[], type: string, last: number): number {
  return events.filter((event) => event.type === type && event.number <= last).length;
}

const place = fc.nat();

describe('the first decision of an incident file with which something was true', () => {
  it('is the first at which its state says so, and what was so before it is told', async () => {
    const asked = fc.record({
      figure: fc.constantFrom(...FIGURES),
      node: fc.constantFrom(...NODES),
      class: fc.constantFrom(...CLASSES),
      value: fc.integer({ min: 0, max: 140 }),
    });
    const property = fc.asyncProperty(lifeSteps, place, asked, async (life, at, { value: limit, ...figure }) => {
      const { log, past, ends, first } = await fileOf(life, at);
      const before = await figureAt(pastOf(log), first - 1, figure);
      const values: { readonly number: number; readonly value: number | undefined }[] = [];
      for (const number of ends) {
        values.push({ number, value: await figureAt(past, number, figure) });
      }
      const last = values.at(-1)?.value ?? limit;
      const tests = [
        { operator: '>', wanted: limit, isTrue: (it: number) => it > limit },
        { operator: '<', wanted: limit, isTrue: (it: number) => it < limit },
        { operator: '==', wanted: last, isTrue: (it: number) => it === last },
      ];
      for (const { operator, wanted, isTrue } of tests) {
        const predicate = `${figure.figure}(${figure.node}, ${figure.class}) ${operator} ${wanted}`;
        const expected = expectedOf(before, values, isTrue);
        const found = await bisect(past, predicate);
        expect(typeof found === 'string' ? found : found.instant.number, predicate).toBe(
          expected.number ?? 'NEVER_TRUE',
        );
        if (typeof found !== 'string') {
          expect({ wasTrue: found.wasTrue ?? false, first: found.first }, predicate).toEqual({
            wasTrue: expected.wasTrue,
            first: first === 1 ? undefined : first,
          });
        }
      }
    });
    await fc.assert(property, { numRuns: 15 });
  });

  it('counts from the first event of the file on, and says so', async () => {
    const asked = fc.record({
      type: fc.constantFrom('CommandRejected', 'InstanceClaimed', 'ClaimExpired'),
      count: fc.integer({ min: 1, max: 4 }),
    });
    const property = fc.asyncProperty(lifeSteps, place, asked, async (life, at, { type, count }) => {
      const { past, events, ends, first } = await fileOf(life, at);
      const expected = ends.find((number) => countOf(events, type, number) >= count);
      const found = await bisect(past, `events(${type}) >= ${count}`);
      expect(typeof found === 'string' ? found : found.instant.number).toBe(expected ?? 'NEVER_TRUE');
      expect(typeof found === 'string' || first === 1 ? first : found.first).toBe(first);
    });
    await fc.assert(property, { numRuns: 15 });
  });

  it('is of several terms the first at which they are true together', async () => {
    const property = fc.asyncProperty(lifeSteps, place, fc.integer({ min: 0, max: 60 }), async (life, at, limit) => {
      const { past, ends } = await fileOf(life, at);
      const predicate = `capacity(a, VCPU) > 0 and charged(*, VCPU) <= ${limit}`;
      const trues: number[] = [];
      for (const number of ends) {
        const capacity = await figureAt(past, number, { figure: 'capacity', node: 'a', class: 'VCPU' });
        const charged = await figureAt(past, number, { figure: 'charged', node: '*', class: 'VCPU' });
        if ((capacity ?? 0) > 0 && (charged ?? 1_000) <= limit) {
          trues.push(number);
        }
      }
      const found = await bisect(past, predicate);
      expect(typeof found === 'string' ? found : found.instant.number).toBe(trues[0] ?? 'NEVER_TRUE');
    });
    await fc.assert(property, { numRuns: 10 });
  });
});
