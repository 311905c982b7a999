import { apply, emptyLedger, type LedgerEvent } from '@fleetbook/domain';
import { OPERATOR, ORIGIN_OF_TESTS } from '@fleetbook/projector/testing';
import { lifeSteps, writeHistory } from '@fleetbook/projector/testing/histories';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logBeyondSafeIntegers } from '../testing/beyond-safe.ts';
import { bisect } from '../testing/bisect.ts';
import { pastOf } from '../testing/past-of.ts';

/** The last events of decisions with what a figure came to there, in order; for * of all nodes but retired ones. */
function figures(events: readonly LedgerEvent[], node: string, name: string, figure: 'charged' | 'capacity') {
  const ledger = emptyLedger();
  let isKnown = false;
  return events.flatMap((event) => {
    apply(ledger, event);
    const nodes = Array.from(ledger.nodes.values()).filter(({ id, status }) =>
      node === '*' ? status.kind !== 'retired' : id === node,
    );
    const inventories = nodes.flatMap(({ tree }) => tree.providers.flatMap((provider) => provider.inventories));
    isKnown ||= inventories.some((each) => each.class === name);
    const sum = inventories.filter((each) => each.class === name).reduce((total, each) => total + each[figure], 0);
    return !isKnown || event.index < event.count - 1 ? [] : [{ number: event.number, value: sum }];
  });
}

function burstEnd(events: readonly LedgerEvent[], type: string, count: number, withinMs: number): number | undefined {
  const times = events.filter((event) => event.type === type);
  const end = times.find((event, place) => {
    const first = times[place - count + 1];
    return first !== undefined && event.at - first.at < withinMs;
  });
  return end === undefined ? undefined : end.number - end.index + end.count - 1;
}

describe('the first decision with which something became true', () => {
  it('is found as one by one, whether a figure grows or falls', async () => {
    const asked = fc.record({
      node: fc.constantFrom('a', 'b', 'cc', '*'),
      name: fc.constantFrom('VCPU', 'CUSTOM_GPU_MILLI', 'NONE'),
      figure: fc.constantFrom('charged' as const, 'capacity' as const),
      value: fc.integer({ min: 0, max: 70 }),
      size: fc.integer({ min: 5, max: 60 }),
    });
    const property = fc.asyncProperty(lifeSteps, asked, async (life, { node, name, figure, value, size }) => {
      const { log, writer } = await writeHistory([], life);
      const past = pastOf(log, { segmentEvents: size });
      const expected = figures(writer.events, node, name, figure);
      const tests = {
        '>': (it: number) => it > value,
        '<': (it: number) => it < value,
        '!=': (it: number) => it !== value,
      };
      for (const [operator, isTrue] of Object.entries(tests)) {
        const first = expected.find((each) => isTrue(each.value));
        const found = await bisect(past, `${figure}(${node}, ${name}) ${operator} ${value}`);
        expect(found).toMatchObject(
          first === undefined ? {} : { instant: { number: first.number }, value: first.value },
        );
        expect(typeof found === 'string' ? found : undefined).toBe(first === undefined ? 'NEVER_TRUE' : undefined);
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('is found as one by one, for counts in all and within a time', async () => {
    const asked = fc.record({
      type: fc.constantFrom('CommandRejected', 'InstanceClaimed', 'ClaimExpired', 'DriftFound'),
      count: fc.integer({ min: 1, max: 6 }),
      withinMs: fc.constantFrom(2, 5, 1_000, 60_000),
      size: fc.integer({ min: 5, max: 60 }),
    });
    const property = fc.asyncProperty(lifeSteps, asked, async (life, { type, count, withinMs, size }) => {
      const { log, writer } = await writeHistory([], life);
      const past = pastOf(log, { segmentEvents: size });
      for (const [more, limit] of [
        ['', Number.POSITIVE_INFINITY],
        [` per ${withinMs}ms`, withinMs],
      ] as const) {
        const expected = burstEnd(writer.events, type, count, limit);
        const found = await bisect(past, `events(${type}) >= ${count}${more}`);
        expect(typeof found === 'string' ? found : found.instant.number).toBe(expected ?? 'NEVER_TRUE');
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('is found as one by one, for several terms together', async () => {
    const asked = fc.record({
      more: fc.integer({ min: 0, max: 60 }),
      less: fc.integer({ min: 0, max: 60 }),
      count: fc.integer({ min: 1, max: 8 }),
      withinMs: fc.constantFrom(3, 1_000),
      size: fc.integer({ min: 5, max: 60 }),
    });
    const property = fc.asyncProperty(lifeSteps, asked, async (life, { more, less, count, withinMs, size }) => {
      const { log, writer } = await writeHistory([], life);
      const past = pastOf(log, { segmentEvents: size });
      const a = new Map(figures(writer.events, 'a', 'VCPU', 'charged').map(({ number, value }) => [number, value]));
      const all = new Map(figures(writer.events, '*', 'VCPU', 'charged').map(({ number, value }) => [number, value]));
      const claims = writer.events.filter(({ type }) => type === 'InstanceClaimed');
      const recent = ({ number, at }: LedgerEvent): number =>
        claims.filter((claim) => claim.number <= number && at - claim.at < withinMs).length;
      const ends = writer.events.filter(({ index, count: ofDecision }) => index === ofDecision - 1);
      const isMore = ({ number }: LedgerEvent): boolean => (all.get(number) ?? -1) > more;
      const isLess = ({ number }: LedgerEvent): boolean => (a.get(number) ?? 1_000) <= less;
      const isMany = (event: LedgerEvent): boolean => recent(event) >= count;
      const burst = `events(InstanceClaimed) >= ${count} per ${withinMs}ms`;
      const total = `charged(*, VCPU) > ${more}`;
      const own = `charged(a, VCPU) <= ${less}`;
      const tests: readonly (readonly [string, (event: LedgerEvent) => boolean])[] = [
        [`${total} and ${own}`, (event) => isMore(event) && isLess(event)],
        [`${own} or ${total}`, (event) => isMore(event) || isLess(event)],
        [`${burst} and (${total} or ${own})`, (event) => isMany(event) && (isMore(event) || isLess(event))],
        [`${total} and ${burst} or ${own} and ${total}`, (event) => isMore(event) && (isMany(event) || isLess(event))],
      ];
      for (const [predicate, isTrue] of tests) {
        const found = await bisect(past, predicate);
        const expected = ends.find(isTrue)?.number ?? 'NEVER_TRUE';
        expect(typeof found === 'string' ? found : found.instant.number, predicate).toBe(expected);
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('tells of several terms what each came to', async () => {
    const { log, writer } = await writeHistory([{ do: 'report', node: 'a', gpus: 1, isFast: false }]);
    const found = await bisect(pastOf(log), 'capacity(a, CUSTOM_GPU_MILLI) == 1000 and charged(*, VCPU) == 0');
    expect(found).toMatchObject({
      instant: { number: writer.number },
      ...{ before: 2_000, value: 1_000 },
      terms: [
        { term: 'capacity(a, CUSTOM_GPU_MILLI) == 1000', before: 2_000, value: 1_000, isTrue: true },
        { term: 'charged(*, VCPU) == 0', before: 0, value: 0, isTrue: true },
      ],
    });
  });

  it('is found where a retired node takes its figures out of the sums of the cell, and keeps its own', async () => {
    const { log, writer } = await writeHistory([]);
    writer.decide(OPERATOR, { type: 'RetireNode', origin: ORIGIN_OF_TESTS, node: 'cc' });
    await writer.flush();
    const capacity = figures(writer.events, 'cc', 'VCPU', 'capacity').at(-1)?.value ?? 0;
    const before = figures(writer.events.slice(0, -1), '*', 'VCPU', 'capacity').at(-1)?.value ?? 0;
    const past = pastOf(log);
    expect(capacity).toBeGreaterThan(0);
    expect(await bisect(past, `capacity(*, VCPU) == ${before - capacity} and events(NodeRetired) > 0`)).toMatchObject({
      instant: { number: writer.number },
      ...{ before, value: before - capacity },
    });
    expect(await bisect(past, `capacity(cc, VCPU) < ${capacity} and events(NodeRetired) > 0`)).toBe('NEVER_TRUE');
  });

  it('is found where a provider takes its figures along', async () => {
    const { log, writer } = await writeHistory([{ do: 'report', node: 'a', gpus: 1, isFast: false }]);
    const past = pastOf(log);
    const number = writer.number;
    expect(await bisect(past, 'capacity(a, CUSTOM_GPU_MILLI) == 1000')).toMatchObject({ instant: { number } });
  });

  it('shows a sum beyond the safe integers as the largest of them', async () => {
    const { log, writer } = await logBeyondSafeIntegers();
    const found = await bisect(
      pastOf(log),
      'capacity(n, MEMORY_MB) > 9_007_199_254_740_990 or capacity(*, MEMORY_MB) > 1',
    );
    const value = Number.MAX_SAFE_INTEGER;
    expect(found).toMatchObject({ instant: { number: writer.number }, value, terms: [{ value }, { value }] });
  });

  it('is refused where it cannot be read, and where there is no such node', async () => {
    const { log } = await writeHistory([], []);
    const past = pastOf(log);
    expect(await past.ask('bisect', { predicate: 'charged(a, VCPU) > ' })).toMatchObject({
      error: { code: 'PREDICATE_INVALID', details: { position: 20 } },
    });
    expect(await bisect(past, 'charged(nobody, VCPU) > 1')).toBe('NOT_FOUND');
    expect(await bisect(past, 'refused(NO_CAPACITY) > 0')).toBe('NEVER_TRUE');
  });
});
