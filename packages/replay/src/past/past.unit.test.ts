import type { QueryReply } from '@fleetbook/contracts';
import { apply, type DecidedEvent, emptyLedger, type LedgerEvent } from '@fleetbook/domain';
import { LogUnavailableError } from '@fleetbook/event-log';
import { createMemoryLog, createMemoryStore } from '@fleetbook/event-log/memory';
import {
  addNode,
  agentOf,
  claimOf,
  decideBatchThatExpires,
  foundHistory,
  ORIGIN_OF_TESTS,
  SCHEDULER,
} from '@fleetbook/projector/testing';
import { ledgerDigest } from '@fleetbook/snapshot';
import { describe, expect, it } from 'vitest';
import { logBeyondSafeIntegers } from '../testing/beyond-safe.ts';
import { pastOf } from '../testing/past-of.ts';

/** A node and ten claims on it; an index of it cut into segments of eight events. */
async function filledCell() {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 2 });
  addNode(writer, 'n');
  for (let index = 1; index <= 10; index += 1) {
    writer.decide(SCHEDULER, claimOf('n', `i${index}`), `claim-${index}`);
  }
  await writer.flush();
  return { log, writer, startAt: writer.events[0]?.at ?? 0 };
}

function checkpoint(upTo: number, digest: string): DecidedEvent {
  return { type: 'Checkpoint', schemaVersion: 1, data: { upTo, digestVersion: 1, digest } };
}

function digestAfter(events: readonly LedgerEvent[]): string {
  const ledger = emptyLedger();
  for (const event of events) {
    apply(ledger, event);
  }
  return ledgerDigest(ledger);
}

function claimsIn(reply: QueryReply<unknown>): unknown {
  return reply.outcome === 'answer' ? Object(reply.answer).claims : reply.error.code;
}

describe('an instant', () => {
  it('is the last decision that was recorded by then', async () => {
    const { log, writer, startAt } = await filledCell();
    const past = pastOf(log);
    const claim = writer.events.find(({ commandId }) => commandId === 'claim-4');
    const at = claim?.at ?? 0;
    for (const [asOf, claims] of [
      [new Date(at).toISOString(), 4],
      [new Date(at - 1).toISOString(), 3],
      [new Date(at).toISOString().replace('Z', '+00:00'), 4],
      ['command:claim-4', 3],
      ['after:command:claim-4', 4],
      [String(claim?.number), 4],
      ['0s', 10],
    ] as const) {
      expect([asOf, claimsIn(await past.ask('usage', { asOf }))]).toEqual([asOf, claims]);
    }
    const early = await past.ask('usage', { asOf: new Date(startAt).toISOString() });
    expect(early).toMatchObject({ past: { number: 2, at: startAt } });
  });

  it('is answered although the log is lost to sight once, and not when it stays so', async () => {
    const { log } = await filledCell();
    let failures = 1;
    const failing: typeof log = {
      ...log,
      read(after) {
        failures -= 1;
        if (failures >= 0) {
          throw new LogUnavailableError('no answer');
        }
        return log.read(after);
      },
    };
    const past = pastOf(failing);
    expect(claimsIn(await past.ask('usage', { asOf: '0s' }))).toBe(10);
    failures = 2;
    expect(claimsIn(await past.ask('usage', { asOf: '0s' }))).toBe('UNAVAILABLE');
  });

  it('that the log does not reach is refused with what it does reach', async () => {
    const { log, writer, startAt } = await filledCell();
    const past = pastOf(log);
    const before = new Date(startAt - 1).toISOString();
    for (const asOf of ['0', String(writer.number + 1), before, '2101-01-01T00:00:00Z', 'command:nobody']) {
      expect(await past.ask('usage', { asOf })).toMatchObject({
        outcome: 'error',
        error: { code: 'NO_SUCH_INSTANT', details: { asOf, first: 1, last: writer.number, firstAt: startAt } },
      });
    }
  });

  it('of a saved state says so', async () => {
    const { log, writer } = await filledCell();
    const reply = await pastOf(log, { segmentEvents: 8 }).ask('usage', { asOf: String(writer.number) });
    expect(reply).toMatchObject({ past: { proof: 'snapshot', savedAt: 9 } });
  });

  it('that a checkpoint covers says so', async () => {
    const { log, writer } = await filledCell();
    const upTo = 9;
    writer.record([checkpoint(upTo, digestAfter(writer.events.slice(0, upTo)))]);
    await writer.flush();
    const reply = await pastOf(log, { segmentEvents: 8 }).ask('usage', { asOf: String(upTo + 1) });
    expect(reply).toMatchObject({ past: { proof: 'checkpoint', savedAt: upTo } });
  });

  it('is folded from the log where a checkpoint states another digest than the saved state has', async () => {
    const { log, writer } = await filledCell();
    writer.record([checkpoint(9, 'f'.repeat(32))]);
    await writer.flush();
    const reply = await pastOf(log, { segmentEvents: 8 }).ask('usage', { asOf: '10' });
    expect(reply).toMatchObject({ past: { proof: 'log' } });
  });
});

describe('a question that wants the log to be at least as new as a token', () => {
  const ask = ({ ask: of }: ReturnType<typeof pastOf>, atLeast: string) => [
    of('usage', { atLeast, asOf: '5' }),
    of('timeline', { atLeast, node: 'n' }),
    of('bisect', { atLeast, predicate: 'charged(n, VCPU) > 0' }),
  ];

  it('is answered once the log holds that event', async () => {
    const { log, writer } = await filledCell();
    const past = pastOf(log);
    await past.ask('usage', { asOf: '5' });
    const decision = await writer.send(SCHEDULER, claimOf('n', 'later'), 'later');
    expect(decision.kind).toBe('accepted');
    for (const reply of await Promise.all(ask(past, `history-1.${writer.number}`))) {
      expect(reply).toMatchObject({ outcome: 'answer' });
    }
  });

  it('is refused while the log does not, and for a history that the log never was of', async () => {
    const { log, writer } = await filledCell();
    const past = pastOf(log);
    for (const reply of await Promise.all(ask(past, `history-1.${writer.number + 1}`))) {
      const details = { wanted: writer.number + 1, number: writer.number };
      expect(reply).toMatchObject({ error: { code: 'PROJECTION_BEHIND', details } });
    }
    for (const reply of await Promise.all(ask(past, 'another.3'))) {
      expect(reply).toMatchObject({ error: { code: 'HISTORY_CHANGED', details: { historyId: 'history-1' } } });
    }
  });
});

describe('an index', () => {
  it('that is damaged is made anew, and answers as before', async () => {
    const { log, writer } = await filledCell();
    const asOf = String(writer.number);
    const first = pastOf(log, { segmentEvents: 8 });
    const answered = await first.ask('node', { asOf, node: 'n' });
    const paths = [...first.disk.files.keys()];
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) {
      const bytes = Uint8Array.from(first.disk.files.get(path) ?? []);
      const place = bytes.length >> 1;
      bytes[place] = (bytes[place] ?? 0) ^ 1;
      first.disk.files.set(path, bytes);
      const again = pastOf(log, { segmentEvents: 8 }, first.disk);
      expect(await again.ask('node', { asOf, node: 'n' }), path).toEqual(answered);
    }
  });

  it('is taken up whole where files of another one lie in between, and these are removed', async () => {
    const { log, writer } = await filledCell();
    const asOf = String(writer.number);
    const first = pastOf(log, { segmentEvents: 8 });
    await first.ask('usage', { asOf });
    const readsOf = async (): Promise<readonly number[]> => {
      const reads: number[] = [];
      const noting: typeof log = {
        ...log,
        read(after) {
          reads.push(after.number);
          return log.read(after);
        },
      };
      await pastOf(noting, { segmentEvents: 8 }, first.disk).ask('usage', { asOf });
      return reads;
    };
    const expected = await readsOf();
    const paths = [...first.disk.files.keys()];
    const foreign = ['seal', 'data'].map((kind) => `/replay/0000000000000002.${kind}`);
    for (const path of foreign) {
      first.disk.files.set(path, Buffer.from('of another version'));
    }
    expect(await readsOf()).toEqual(expected);
    expect([...first.disk.files.keys()]).toEqual(paths);
  });

  it('that the log ends before is evidence of loss', async () => {
    const { log, writer } = await filledCell();
    const first = pastOf(log, { segmentEvents: 8 });
    await first.ask('digest', { asOf: '1' });
    const store = createMemoryStore();
    const other = createMemoryLog({ store });
    const short = await foundHistory(other, { eventsPerCommit: 2 });
    addNode(short, 'n');
    await short.flush();
    expect(short.number).toBeLessThan(writer.number);
    const reply = await pastOf(other, { segmentEvents: 8 }, first.disk).ask('usage', { asOf: '1' });
    expect(reply).toMatchObject({ outcome: 'error', error: { code: 'LOG_WENT_BACK' } });
  });

  it('goes on where the log does', async () => {
    const { log, writer } = await filledCell();
    const past = pastOf(log, { segmentEvents: 8 });
    expect(claimsIn(await past.ask('usage', { asOf: String(writer.number) }))).toBe(10);
    await writer.send(SCHEDULER, claimOf('n', 'i11'), 'claim-11');
    expect(claimsIn(await past.ask('usage', { asOf: 'after:command:claim-11' }))).toBe(11);
  });

  it('that takes longer to make than a question waits is said, and made all the same', async () => {
    const { log, writer } = await filledCell();
    const asOf = String(writer.number);
    function after(_delayMs: number, task: () => void) {
      task();
      return () => undefined;
    }
    const impatient = pastOf(log, { patienceMs: 1, timers: { after, soon: (task) => void setImmediate(task) } });
    expect(await impatient.ask('usage', { asOf })).toMatchObject({ error: { code: 'UNAVAILABLE' } });
  });
});

describe('the difference between two instants', () => {
  it('tells an instance that was shelved apart from the claims, also where neither state was read for it', async () => {
    const log = createMemoryLog();
    const writer = await foundHistory(log);
    addNode(writer, 'a');
    writer.decide(SCHEDULER, claimOf('a', 'i1', undefined, 'team-a'), 'claim-i1');
    writer.decide(SCHEDULER, claimOf('a', 'i2', undefined, 'team-a'), 'claim-i2');
    const place = { origin: ORIGIN_OF_TESTS, node: 'a' };
    writer.decide(agentOf('a'), { type: 'ConfirmClaim', ...place, instance: 'i1', claimId: 'claim-i1' });
    const before = writer.number;
    writer.decide(agentOf('a'), { type: 'ShelveOffload', ...place, instance: 'i1', claimId: 'claim-i1' });
    const after = writer.number;
    writer.decide(SCHEDULER, { type: 'AbortClaim', ...place, instance: 'i2', claimId: 'claim-i2' });
    await writer.flush();
    const shelved = { claimId: 'claim-i1', node: 'a', tenant: 'team-a' };
    for (const past of [pastOf(log), pastOf(log, { segmentEvents: 2 })]) {
      const ask = async (from: number, to: number) => {
        const reply = await past.ask('diff', { from: String(from), to: String(to) });
        return reply.outcome === 'answer' ? reply.answer : reply;
      };
      expect(await ask(before, after)).toMatchObject({
        counts: { claims: { added: 0, removed: 1 }, shelved: { added: 1, removed: 0 } },
        claims: [{ instance: 'i1', before: { claimId: 'claim-i1' } }],
        shelved: [{ instance: 'i1', after: shelved }],
      });
      expect(await ask(after, 1)).toMatchObject({
        counts: { claims: { added: 0, removed: 1 }, shelved: { added: 0, removed: 1 } },
        shelved: [{ instance: 'i1', before: shelved }],
      });
      expect(await ask(1, after)).toMatchObject({
        counts: { claims: { added: 1, removed: 0 }, shelved: { added: 1, removed: 0 } },
        shelved: [{ instance: 'i1', after: shelved }],
      });
    }
  });
});

it('a sum beyond the safe integers is shown as the largest of them by a difference and a timeline', async () => {
  const { log, writer } = await logBeyondSafeIntegers();
  const past = pastOf(log);
  const capacity = Number.MAX_SAFE_INTEGER;
  expect(await past.ask('diff', { from: '1', to: String(writer.number) })).toMatchObject({
    answer: { nodes: [{ classes: [{ class: 'MEMORY_MB', after: { charged: 0, capacity } }] }] },
  });
  expect(await past.ask('timeline', { node: 'n' })).toMatchObject({
    answer: {
      entries: expect.arrayContaining([
        expect.objectContaining({ classes: [{ class: 'MEMORY_MB', charged: 0, capacity }] }),
      ]),
    },
  });
});

describe('the id of a command', () => {
  async function batchAndExpiry() {
    const log = createMemoryLog();
    const writer = await foundHistory(log);
    addNode(writer, 'n');
    const batch = decideBatchThatExpires(writer, 'n');
    await writer.flush();
    return { past: pastOf(log, { segmentEvents: 3 }), batch, expired: writer.number };
  }

  it('of a part of a batch stands for the batch, and that of a decision of the writer for the event', async () => {
    const { past, batch, expired } = await batchAndExpiry();
    for (const [id, number] of [
      ['batch', batch],
      ['batch.0', batch],
      ['batch.1', batch],
      [`ClaimExpired.${expired}`, expired],
    ] as const) {
      for (const [asOf, stand] of [
        [`command:${id}`, number - 1],
        [`after:command:${id}`, number],
      ] as const) {
        expect(await past.ask('usage', { asOf })).toMatchObject({ past: { number: stand } });
      }
      const events = [{ number }];
      expect(await past.ask('timeline', { command: id })).toMatchObject({
        answer: { entries: [{ event: { number } }] },
      });
      expect(await past.ask('history', { command: id, asOf: '0s' })).toMatchObject({ answer: { events } });
      expect(await past.ask('explain', { command: id })).toMatchObject({ answer: { events } });
    }
  });

  it('of what is not there is no command: a part too many, or another number of the writer', async () => {
    const { past, batch, expired } = await batchAndExpiry();
    for (const id of [
      'batch.2',
      `ClaimExpired.${batch}`,
      `AtomicBatchApplied.${batch}`,
      `ClaimExpired.${expired + 1}`,
    ]) {
      expect(await past.ask('timeline', { command: id })).toMatchObject({ error: { code: 'NOT_FOUND' } });
      expect(await past.ask('usage', { asOf: `command:${id}` })).toMatchObject({ error: { code: 'NO_SUCH_INSTANT' } });
    }
  });
});
