import type { QueryBodies, QueryName, QueryReply } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import type { EventLog } from '@fleetbook/event-log';
import { type FreeStep, LIFE_INSTANCES, lifeSteps, writeHistory } from '@fleetbook/projector/testing/histories';
import { foldReference, referenceDigest } from '@fleetbook/reference';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pastOf } from '../testing/past-of.ts';

const NODES = ['a', 'b', 'cc'];

function everyHistory(
  check: (log: EventLog, events: readonly LedgerEvent[], segmentEvents: number) => Promise<void>,
  numRuns: number,
): Promise<void> {
  const property = fc.asyncProperty(lifeSteps, fc.integer({ min: 5, max: 90 }), async (life, segmentEvents) => {
    const { log, events } = await written(life);
    await check(log, events, segmentEvents);
  });
  return fc.assert(property, { numRuns });
}

async function written(life: readonly FreeStep[]) {
  const { writer, log } = await writeHistory([], life);
  return { log, events: writer.events };
}

/** The last event of the decision that the event belongs to. */
function endOf(event: LedgerEvent): number {
  return event.number - event.index + event.count - 1;
}

describe('the past of any history', () => {
  it('is at every event number what a naive fold of the events up to there gives', async () => {
    await everyHistory(async (log, events, segmentEvents) => {
      const asked = pastOf(log, { segmentEvents });
      for (const event of events) {
        const end = endOf(event);
        const reply = await asked.ask('digest', { asOf: String(event.number) });
        const expected = referenceDigest(foldReference(events.slice(0, end)));
        const past = { number: end, at: event.at };
        expect(reply).toMatchObject({ past, answer: { number: end, digest: expected } });
      }
    }, 5);
  });

  it('is the same from saved states and from the log alone, also by an index that was opened again', async () => {
    await everyHistory(async (log, events, segmentEvents) => {
      const straight = pastOf(log);
      const first = pastOf(log, { segmentEvents });
      await first.ask('digest', { asOf: '1' });
      const second = pastOf(log, { segmentEvents }, first.disk);
      for (const { number } of events.filter((_event, index) => index % 17 === 0)) {
        for (const [name, body] of questionsAt(String(number))) {
          const reply = await second.ask(name, body);
          expect(comparable(reply)).toEqual(comparable(await straight.ask(name, body)));
          expect(reply.outcome === 'answer' || reply.error.code === 'NOT_FOUND').toBe(true);
        }
      }
    }, 4);
  });
});

describe('one node of any history', () => {
  it('is at every event number what a fold of everything gives, from its row in a saved state as well', async () => {
    let alone = 0;
    await everyHistory(async (log, events, segmentEvents) => {
      const straight = pastOf(log);
      const cut = pastOf(log, { segmentEvents });
      for (const event of events) {
        const { number } = event;
        const naive = foldReference(events.slice(0, endOf(event)));
        for (const [name, body] of NODES.flatMap((node) => questionsOfNode(String(number), node))) {
          const reply = await cut.ask(name, body);
          expect(comparable(reply)).toEqual(comparable(await straight.ask(name, body)));
          alone += reply.outcome === 'answer' && reply.past?.node !== undefined ? 1 : 0;
          if (name === 'usage' && reply.outcome === 'answer') {
            const { id, classes } = Object(reply.answer);
            expect(chargedIn(classes)).toEqual(chargedOn(naive, id));
          }
        }
      }
    }, 4);
    expect(alone).toBeGreaterThan(0);
  });
});

function questionsOfNode(asOf: string, node: string): readonly (readonly [QueryName, QueryBodies[QueryName]])[] {
  return [
    ['node', { asOf, node }],
    ['usage', { asOf, node }],
    ['holders', { asOf, node }],
    ['why-not', { asOf, node, request: { resources: { VCPU: 1 } } }],
  ];
}

function chargedIn(classes: readonly { readonly class: string; readonly charged: number }[]): Record<string, number> {
  return Object.fromEntries(classes.flatMap((each) => (each.charged === 0 ? [] : [[each.class, each.charged]])));
}

/** What the naive fold has every holder on the node holding. */
function chargedOn({ nodes }: ReturnType<typeof foldReference>, node: string): Record<string, number> {
  const sums: Record<string, number> = {};
  const { claims, sides } = nodes.get(node) ?? {};
  for (const line of [...(claims?.values() ?? []), ...(sides?.values() ?? [])].flat()) {
    sums[line.class] = (sums[line.class] ?? 0) + line.amount;
  }
  return sums;
}

function questionsAt(asOf: string): readonly (readonly [QueryName, QueryBodies[QueryName]])[] {
  const ask = <Name extends QueryName>(name: Name, body: QueryBodies[Name]) => [name, body] as const;
  const request = { resources: { VCPU: 2 } };
  return [
    ask('nodes', { asOf }),
    ask('usage', { asOf }),
    ask('attention', { asOf }),
    ask('counters', { asOf }),
    ask('moves', { asOf, status: 'all' }),
    ask('candidates', { asOf, request }),
    ask('capacity', { asOf, request }),
    ...NODES.flatMap((node) => [ask('node', { asOf, node }), ask('history', { asOf, node, limit: 5 })]),
    ...LIFE_INSTANCES.map((instance) => ask('instance', { asOf, instance })),
    ...LIFE_INSTANCES.slice(0, 2).flatMap((instance) => [
      ask('usage', { asOf, tenant: `t-${instance}` }),
      ask('history', { asOf, instance }),
    ]),
  ];
}

/** Without what tells how it was found. */
function comparable(reply: QueryReply<unknown>): unknown {
  return reply.outcome === 'answer' ? { ...reply, past: undefined } : reply;
}
