import { parseCommand, type WhatIfQuery } from '@fleetbook/contracts';
import { ANSWER_SCHEMAS } from '@fleetbook/contracts/answers';
import { DEFAULT_POLICIES } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { foundHistory, type HistoryWriter } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { exported, opened } from '../testing/bundle-of.ts';
import { pastOf, type TestPast } from '../testing/past-of.ts';
import { stepsOf } from '../testing/refusal-steps.ts';

type Insert = NonNullable<WhatIfQuery['insert']>;
type Body = Insert['body'];

const ORIGIN = { client: 'test', version: '1', host: 'here' };

function claiming(actor: string, body: Body): Insert {
  return {
    ...{ role: 'scheduler', actor, type: 'ClaimInstance' },
    body: { node: 'a', request: { resources: { VCPU: 8 } }, ...body },
  };
}

/** Sends what is inserted elsewhere, as whoever sends commands does. */
function send(writer: HistoryWriter, { role, actor, type, body }: Insert): void {
  const whole = { commandId: 'unnamed', issuedAt: writer.now(), origin: ORIGIN, ...body };
  const read = parseCommand({ role, actor, command: type }, Buffer.from(JSON.stringify(whole)));
  if (!read.ok) {
    throw new Error(read.error.message);
  }
  writer.decide(read.value.actor, read.value.command, read.value.commandId);
}

/** Two nodes, and what was sent there. */
async function pastAfter(...sent: readonly Insert[]) {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 1 });
  stepsOf(writer);
  const before = writer.number;
  sent.forEach((each) => void send(writer, each));
  await writer.flush();
  return { past: pastOf(log, { segmentEvents: 6 }), log, writer, before };
}

async function inserted(past: TestPast, from: number, insert: Insert): Promise<unknown> {
  const reply = await past.ask('what-if', { from: String(from), insert });
  if (reply.outcome === 'error') {
    return { code: reply.error.code, details: reply.error.details };
  }
  return ANSWER_SCHEMAS['what-if'].parse(reply.answer);
}

describe('an inserted command', () => {
  it('is refused with the id of a claim that somebody else made before', async () => {
    const { past, writer } = await pastAfter(claiming('s-8', { commandId: 'q-1', instance: 'i1' }));
    const other = claiming('s-9', { commandId: 'q-1', instance: 'i2' });
    expect(await inserted(past, writer.number, other)).toMatchObject({
      ...{ code: 'CLAIM_ID_TAKEN', details: { commandId: 'q-1' } },
    });
  });

  it('is refused with the id of another command of its own sender', async () => {
    const { past, writer } = await pastAfter(claiming('s-8', { commandId: 'q-1', instance: 'i1' }));
    const other = claiming('s-8', { commandId: 'q-1', instance: 'i2' });
    expect(await inserted(past, writer.number, other)).toMatchObject({
      ...{ code: 'COMMAND_ID_REUSED', details: { commandId: 'q-1' } },
    });
  });

  it('is refused with the id of a claim that was made before an incident file begins', async () => {
    const sent = claiming('s-8', { commandId: 'q-1', instance: 'i1' });
    const { log, writer } = await pastAfter(sent, claiming('s-8', { commandId: 'q-2', instance: 'i3' }));
    const { number } = writer;
    const { past } = await opened((await exported(log, { from: number, to: number })).bytes);
    for (const [actor, code] of [
      ['s-8', 'COMMAND_ID_REUSED'],
      ['s-9', 'CLAIM_ID_TAKEN'],
    ] as const) {
      const insert = claiming(actor, { commandId: 'q-1', instance: 'i2' });
      expect(await inserted(past, number, insert)).toMatchObject({ code, details: { commandId: 'q-1' } });
    }
  });

  it('that was sent before gets the answer that it got, and changes nothing', async () => {
    const same = claiming('s-8', { commandId: 'q-1', instance: 'i1' });
    const { past, writer } = await pastAfter(same);
    expect(await inserted(past, writer.number, same)).toMatchObject({
      inserted: { commandId: 'q-1', types: [], repeats: writer.number },
      ...{ diverged: 0, diff: { isSame: true } },
    });
    const big = claiming('s-8', { commandId: 'q-2', instance: 'i2', request: { resources: { VCPU: 100 } } });
    const refused = await pastAfter(big);
    expect(await inserted(refused.past, refused.writer.number, big)).toMatchObject({
      ...{ code: 'NO_CAPACITY', details: { judgedAt: refused.writer.number - 1 } },
    });
  });

  it('may have the id of a command that is decided later; that one meets with it', async () => {
    const later = claiming('s-8', { commandId: 'q-1', instance: 'i1' });
    const { past, before } = await pastAfter(later);
    for (const [actor, code] of [
      ['s-8', 'COMMAND_ID_REUSED'],
      ['s-9', 'CLAIM_ID_TAKEN'],
    ] as const) {
      expect(await inserted(past, before, claiming(actor, { commandId: 'q-1', instance: 'i2' }))).toMatchObject({
        inserted: { commandId: 'q-1', types: ['InstanceClaimed'] },
        ...{ diverged: 1, divergences: [{ commandId: 'q-1', instead: { outcome: 'refused', code } }] },
      });
    }
  });

  it('has to be issued within the times that the ledger takes', async () => {
    const { past, writer, before } = await pastAfter(claiming('s-8', { commandId: 'q-1', instance: 'i1' }));
    const at = writer.events.find(({ number }) => number === before)?.at ?? 0;
    const { clockSkewMs, outcomeRetentionMs } = DEFAULT_POLICIES;
    const issued = (issuedAt: number) => inserted(past, before, claiming('s-9', { instance: 'i2', issuedAt }));
    expect(await issued(at - outcomeRetentionMs - 1)).toMatchObject({ code: 'COMMAND_TOO_OLD', details: { at } });
    expect(await issued(at + clockSkewMs + 1)).toMatchObject({ code: 'CLOCK_AHEAD', details: { at, clockSkewMs } });
    for (const taken of [at - outcomeRetentionMs, at + clockSkewMs]) {
      expect(await issued(taken)).toMatchObject({ inserted: { types: ['InstanceClaimed'] } });
    }
  });
});
