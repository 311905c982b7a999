import type { ExplainAnswer, ExplainQuery } from '@fleetbook/contracts';
import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import { DEFAULT_POLICIES, decideSilence, dueDecisions, REJECTION_CODES } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { foundHistory, SCHEDULER } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { pastOf } from '../testing/past-of.ts';
import { FIT_WORK_LIMIT, type Steps, stepsOf } from '../testing/refusal-steps.ts';
import { REFUSALS } from '../testing/refusals.ts';

/** Leads a history and asks of it, of an index of several segments. */
async function told(lead: (steps: Steps) => void) {
  const log = createMemoryLog();
  const policies = { ...DEFAULT_POLICIES, fitWorkLimit: FIT_WORK_LIMIT };
  const writer = await foundHistory(log, { eventsPerCommit: 3, policies });
  lead(stepsOf(writer));
  await writer.flush();
  const past = pastOf(log, { segmentEvents: 6 });
  return {
    writer,
    async explain(query: ExplainQuery): Promise<ExplainAnswer> {
      const reply = await past.ask('explain', query);
      if (reply.outcome === 'error') {
        throw new Error(`${reply.error.code} ${reply.error.message}`);
      }
      ANSWER_SCHEMAS.explain.parse(reply.answer);
      const isAnswer = (_value: unknown): _value is ExplainAnswer => true;
      const { answer } = reply;
      if (!isAnswer(answer)) {
        throw new Error('never');
      }
      return answer;
    },
    ask: (query: ExplainQuery) => past.ask('explain', query),
  };
}

describe('every refusal is explained', () => {
  it('for each code that the ledger records', () => {
    const recorded = REJECTION_CODES.filter((code) => code !== 'NOT_AUTHORISED');
    expect(REFUSALS.map(({ code }) => code).toSorted()).toEqual(recorded.toSorted());
  });

  it.each(REFUSALS)(
    '$code with its numbers, as the decider comes to them again on the state before',
    async (refusal) => {
      const { writer, explain } = await told(refusal.lead);
      const answer = await explain({ event: writer.number });
      const facts = { judgedAt: writer.number - 1, ...refusal.details };
      expect(answer).toMatchObject({
        outcome: 'refused',
        judgedOn: { number: writer.number - 1 },
        refusal: { code: refusal.code },
        again: { agrees: true, outcome: 'refused', code: refusal.code, details: facts },
      });
      expect(answer.holders.map((line) => `${line.instance} ${line.class} ${line.amount}`)).toEqual(
        refusal.holders ?? [],
      );
      expect(answer.causes[0]).toMatchObject({ number: 1, relation: 'ledger', of: 'main' });
    },
  );
});

describe('an explained decision', () => {
  const filled = (steps: Steps): void => {
    steps.claim('i1', { resources: { VCPU: 60 } });
    steps.claim('i2', { resources: { VCPU: 8 } });
    steps.ask(
      { role: 'agent', id: 'agent-a' },
      { type: 'DropInstance', node: 'a', instance: 'i1', claimId: 'claim-i1' },
    );
    steps.ask(
      SCHEDULER,
      { type: 'ClaimInstance', node: 'a', instance: 'i2', request: { resources: { VCPU: 8 } } },
      'later',
    );
  };

  it('names what came of it: the refusals that it caused and its end', async () => {
    const { explain } = await told(filled);
    const answer = await explain({ command: 'claim-i1' });
    expect(answer).toMatchObject({ outcome: 'accepted', again: { agrees: true, outcome: 'accepted' } });
    expect(answer.nodes).toMatchObject([{ node: 'a', classes: [{ class: 'VCPU', requested: 60, headroom: 64 }] }]);
    expect(answer.consequences.map(({ type, relation }) => `${relation} ${type}`)).toEqual([
      'refusal CommandRejected',
      'instance InstanceDropped',
    ]);
    expect(answer.causes.map(({ type }) => type)).toEqual(['LedgerCreated', 'NodeRegistered', 'InventoryChanged']);
  });

  it('says of an atomic batch what its parts ask each node for in all', async () => {
    const origin = { client: 'test', version: '0.0.0', host: 'localhost' };
    const claimOf = (instance: string, amount: number, node: string) =>
      ({ type: 'ClaimInstance', origin, node, instance, request: { resources: { VCPU: amount } } }) as const;
    const commands = [claimOf('i1', 3, 'a'), claimOf('i2', 4, 'a'), claimOf('i3', 5, 'b')];
    const { explain } = await told((steps) => steps.ask(SCHEDULER, { type: 'AtomicBatch', commands }, 'batch'));
    const { nodes } = await explain({ command: 'batch' });
    expect(nodes.map(({ node, classes }) => [node, ...classes.map((each) => [each.class, each.requested])])).toEqual([
      ['a', ['VCPU', 7]],
      ['b', ['VCPU', 5]],
    ]);
  });

  it('leads a refusal back to the claims in its way and on to the retry', async () => {
    const { explain } = await told(filled);
    const answer = await explain({ command: 'claim-i2' });
    expect(answer.causes.find(({ relation }) => relation === 'holder')).toMatchObject({
      commandId: 'claim-i1',
      of: 'i1',
    });
    expect(answer.consequences.map(({ commandId }) => commandId)).toEqual(['later']);
  });

  it('is found by the unit that it gave, and by the id of what it made', async () => {
    const slots = REFUSALS.find(({ code }) => code === 'UNIT_TAKEN');
    const { explain, ask } = await told((steps) => slots?.lead(steps));
    expect((await explain({ node: 'a', unit: 's1' })).events[0]).toMatchObject({ commandId: 'claim-i1' });
    expect(await ask({ node: 'a', unit: 's2' })).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await ask({ command: 'nobody' })).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await ask({ event: 999 })).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });

  it('under an id that several actors used is that of the first, and names the others', async () => {
    const { writer, explain } = await told((steps) => {
      const claim = { type: 'ClaimInstance', node: 'a', request: { resources: { VCPU: 60 } } } as const;
      steps.ask(SCHEDULER, { ...claim, instance: 'i1' }, 'first');
      steps.ask(SCHEDULER, { ...claim, instance: 'i2' }, 'night-7');
      steps.ask(
        { role: 'scheduler', id: 'other' },
        { ...claim, instance: 'i3', request: { resources: { VCPU: 1 } } },
        'night-7',
      );
    });
    const last = { number: writer.number, outcome: 'accepted', actor: { role: 'scheduler', id: 'other' } };
    const answer = await explain({ command: 'night-7' });
    expect(answer).toMatchObject({ outcome: 'refused', events: [{ actor: SCHEDULER }] });
    expect(answer.others).toEqual([last]);
    expect(await explain({ event: writer.number })).toMatchObject({
      outcome: 'accepted',
      others: [{ number: writer.number - 1, outcome: 'refused', actor: SCHEDULER }],
    });
    expect(await explain({ command: 'first' })).not.toHaveProperty('others');
  });

  it('is the writer’s own where no command caused it', async () => {
    const { explain } = await told(() => undefined);
    expect(await explain({ event: 2 })).toMatchObject({
      outcome: 'own',
      again: {},
      events: [{ number: 1 }, { number: 2 }],
    });
    expect(await explain({ event: 3 })).toMatchObject({ outcome: 'own', judgedOn: { number: 2 } });
  });

  it('names the time that had passed, where the writer decided for that', async () => {
    const { writer, explain } = await told((steps) => {
      const request = { resources: { VCPU: 1 } };
      steps.ask(SCHEDULER, { type: 'ClaimInstance', node: 'a', instance: 'i1', request, ttlMs: 5_000 }, 'claim-i1');
      steps.writer.pass(70_000);
      steps.writer.record(dueDecisions(steps.writer.ledger, steps.writer.now(), 0));
      const { ledger } = steps.writer;
      steps.writer.record(decideSilence(ledger, () => ledger.nodes.keys(), steps.writer.now()));
    });
    const claimedAt = writer.events.find(({ commandId }) => commandId === 'claim-i1')?.at ?? 0;
    const expired = writer.events.find(({ type }) => type === 'ClaimExpired')?.number ?? 0;
    expect(await explain({ event: expired })).toMatchObject({
      ...{ outcome: 'own', time: { rule: 'time-to-live', limitMs: 5_000, since: claimedAt } },
    });
    expect(await explain({ event: writer.number })).toMatchObject({
      events: [{ type: 'InventoryStale' }],
      time: { rule: 'silence', limitMs: 180_000 },
    });
    expect(await explain({ event: 3 })).not.toHaveProperty('time');
  });

  it('says so when the record is not what the decider comes to', async () => {
    const { writer, explain } = await told((steps) => {
      const command = { type: 'EnableNode', node: 'a', origin: { client: 'x', version: '1', host: 'h' } } as const;
      steps.writer.forge({ type: 'NodeEnabled', schemaVersion: 1, data: {} }, command);
    });
    expect(await explain({ event: writer.number })).toMatchObject({ again: { agrees: false, outcome: 'unchanged' } });
  });
});
