import type { WhatIfAnswer, WhatIfQuery } from '@fleetbook/contracts';
import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { foundHistory } from '@fleetbook/projector/testing';
import { lifeSteps, writeHistory } from '@fleetbook/projector/testing/histories';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pastOf, type TestPast } from '../testing/past-of.ts';
import { type Steps, stepsOf } from '../testing/refusal-steps.ts';

async function whatIf(past: TestPast, query: WhatIfQuery): Promise<WhatIfAnswer> {
  const reply = await past.ask('what-if', query);
  if (reply.outcome === 'error') {
    throw new Error(`${reply.error.code} ${reply.error.message}`);
  }
  ANSWER_SCHEMAS['what-if'].parse(reply.answer);
  const isAnswer = (_value: unknown): _value is WhatIfAnswer => true;
  const { answer } = reply;
  if (!isAnswer(answer)) {
    throw new Error('never');
  }
  return answer;
}

describe('any history decided again', () => {
  it('comes to what is recorded, where nothing is changed', async () => {
    const property = fc.asyncProperty(lifeSteps, fc.nat(), fc.integer({ min: 5, max: 60 }), async (life, one, size) => {
      const { log, writer } = await writeHistory([], life);
      const past = pastOf(log, { segmentEvents: size });
      const from = String(1 + (one % writer.number));
      const same = await whatIf(past, { from, policies: {} });
      expect(same.divergences).toEqual([]);
      expect(same.diff).toMatchObject({ isSame: true });
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('without its last decision ends where it stood before it', async () => {
    const property = fc.asyncProperty(lifeSteps, fc.integer({ min: 5, max: 60 }), async (life, size) => {
      const { log, writer } = await writeHistory([], life);
      const past = pastOf(log, { segmentEvents: size });
      const last = writer.events.at(-1);
      const before = writer.number - (last?.count ?? 1);
      const without = await whatIf(past, { from: '2', drop: writer.number });
      const reply = await past.ask('diff', { from: String(writer.number), to: String(before) });
      expect(listsOf(without.diff)).toEqual(reply.outcome === 'answer' ? listsOf(reply.answer) : undefined);
    });
    await fc.assert(property, { numRuns: 15 });
  });
});

function listsOf(answer: unknown): unknown {
  const isDiff = (value: unknown): value is WhatIfAnswer['diff'] => typeof value === 'object' && value !== null;
  if (!isDiff(answer)) {
    throw new Error('no difference');
  }
  const { nodes, inventory, claims, moves } = answer;
  return { nodes, inventory, claims, moves };
}

async function pastAfter(lead: (steps: Steps) => void) {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 3 });
  lead(stepsOf(writer));
  await writer.flush();
  return { past: pastOf(log, { segmentEvents: 6 }), writer };
}

const numberOf = (writer: Awaited<ReturnType<typeof foundHistory>>, commandId: string): number =>
  writer.events.find((event) => event.commandId === commandId)?.number ?? 0;

describe('what would have happened', () => {
  const filled = (steps: Steps): void => {
    steps.claim('i1', { resources: { VCPU: 60 } });
    steps.claim('i2', { resources: { VCPU: 8 } });
  };

  it('without a claim is that a refused one fits, and what differs in the end', async () => {
    const { past, writer } = await pastAfter(filled);
    const drop = numberOf(writer, 'claim-i1');
    const answer = await whatIf(past, { from: String(drop - 1), drop });
    expect(answer).toMatchObject({
      ...{ changed: 'drop', decisions: 1, diverged: 1 },
      divergences: [
        {
          commandId: 'claim-i2',
          recorded: { types: ['CommandRejected'], code: 'NO_CAPACITY' },
          instead: { outcome: 'accepted', types: ['InstanceClaimed'] },
        },
      ],
      diff: { counts: { claims: { added: 1, removed: 1, changed: 0 } } },
    });
  });

  it('with another command is that a later one is refused, with its numbers', async () => {
    const { past, writer } = await pastAfter((steps) => steps.claim('i2', { resources: { VCPU: 8 } }));
    const from = String(numberOf(writer, 'claim-i2') - 1);
    const body = { node: 'a', instance: 'first', request: { resources: { VCPU: 60 } } };
    const insert = { role: 'scheduler', actor: 's', type: 'ClaimInstance', body } as const;
    expect(await whatIf(past, { from, insert })).toMatchObject({
      inserted: { commandId: 'what-if', types: ['InstanceClaimed'] },
      divergences: [{ instead: { outcome: 'refused', code: 'NO_CAPACITY', details: { rules: [{ headroom: 4 }] } } }],
    });
  });

  it('with another policy is that searches end elsewhere', async () => {
    const groups = ['x', 'y'].map((name) => ({ name, resources: { CUSTOM_GPU_MILLI: 600 } }));
    const { past, writer } = await pastAfter((steps) => steps.claim('i1', { groups }));
    const from = String(writer.number - 1);
    expect(await whatIf(past, { from, policies: { fitWorkLimit: 1 } })).toMatchObject({
      divergences: [{ instead: { outcome: 'refused', code: 'REQUEST_TOO_COMPLEX' } }],
    });
  });

  it('lets a claim expire that nobody confirms there', async () => {
    const { past, writer } = await pastAfter((steps) => {
      const request = { resources: { VCPU: 1 } };
      const agent = { role: 'agent', id: 'agent-a' } as const;
      const scheduler = { role: 'scheduler', id: 's' } as const;
      steps.ask(scheduler, { type: 'ClaimInstance', node: 'a', instance: 'i1', request, ttlMs: 5_000 }, 'claim-i1');
      steps.ask(agent, { type: 'ConfirmClaim', node: 'a', instance: 'i1', claimId: 'claim-i1' }, 'confirm');
      steps.writer.pass(70_000);
      steps.claim('i2');
    });
    const answer = await whatIf(past, { from: '3', drop: numberOf(writer, 'confirm') });
    expect(answer.diff.claims).toMatchObject([{ instance: 'i1', before: { claimId: 'claim-i1' } }]);
    expect(answer.diff.claims[0]).not.toHaveProperty('after');
  });

  it('refuses a range that is longer than it may be, and says how long that is', async () => {
    const log = createMemoryLog();
    const writer = await foundHistory(log);
    filled(stepsOf(writer));
    await writer.flush();
    const past = pastOf(log, { whatIfEvents: 2 });
    const from = writer.number - 3;
    expect(await past.ask('what-if', { from: String(from), policies: {} })).toMatchObject({
      error: {
        code: 'INVALID_FIELD',
        details: {
          path: 'until',
          rule: expect.stringContaining(`at most 2 events after from, which is event ${from}`),
        },
      },
    });
    expect(await past.ask('what-if', { from: String(from + 1), policies: {} })).toMatchObject({ outcome: 'answer' });
  });

  it('refuses what could not have been: a refused or unreadable command, an event outside of the range', async () => {
    const { past, writer } = await pastAfter(filled);
    const ask = (query: Omit<WhatIfQuery, 'from'>) => past.ask('what-if', { from: '8', ...query });
    const insert = {
      role: 'scheduler',
      actor: 's',
      type: 'ClaimInstance',
      body: { node: 'x', instance: 'i' },
    } as const;
    expect(await ask({ insert })).toMatchObject({ error: { code: 'INVALID_FIELD' } });
    const body = { ...insert.body, request: { resources: { VCPU: 1 } } };
    expect(await ask({ insert: { ...insert, body } })).toMatchObject({ error: { code: 'NODE_NOT_FOUND' } });
    expect(await ask({ drop: 4 })).toMatchObject({ error: { code: 'INVALID_FIELD' } });
    expect(await ask({ until: '2', policies: {} })).toMatchObject({ error: { code: 'INVALID_FIELD' } });
    expect(await ask({ until: '9999', policies: {} })).toMatchObject({ error: { code: 'NO_SUCH_INSTANT' } });
    expect(writer.number).toBeGreaterThan(8);
  });
});
