import { createMemoryLog, createMemoryStore } from '@fleetbook/event-log/memory';
import { ledgerDigest } from '@fleetbook/snapshot';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { addNode, claimOf, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory, type HistoryWriter } from '../testing/history-writer.ts';
import { type TestProjector, testProjector, until } from '../testing/run-projector.ts';

const running: TestProjector[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ projector }) => projector.stop()));
});

function start(test: TestProjector): TestProjector {
  running.push(test);
  test.projector.start();
  return test;
}

async function fleetOf(nodes: readonly string[]) {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  for (const node of nodes) {
    addNode(writer, node);
  }
  await writer.flush();
  return { log, writer };
}

/** An event that is sound in the log and that no state can take: nobody holds the instance. */
function forgePoison(writer: HistoryWriter): void {
  writer.forge(
    { type: 'ClaimConfirmed', schemaVersion: 1, data: {} },
    {
      type: 'ConfirmClaim',
      origin: { client: 'forger', version: '0', host: 'x' },
      node: 'a',
      instance: 'ghost',
      claimId: 'ghost-claim',
    },
  );
}

describe('a projector that has caught up', () => {
  it('has looked at every node before the first question', async () => {
    const { log } = await fleetOf(Array.from({ length: 40 }, (_, place) => `node-${place}`));
    const { projector } = start(testProjector(log));
    await until(() => projector.view.table.nodeCount === 40, 'all nodes are in the table');
    expect(projector.status.phase).toBe('live');
  });
});

describe('atLeast', () => {
  it('waits until the event has been folded', async () => {
    const { log, writer } = await fleetOf(['a']);
    const { projector, ask } = start(testProjector(log));
    await projector.reached(writer.bookmark.number, 10_000);
    const next = writer.bookmark.number + 1;
    const reply = ask('instance', { instance: 'i1', atLeast: `history-1.${next}`, deadlineMs: 10_000 });
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    expect(await reply).toMatchObject({ outcome: 'answer', token: `history-1.${next}` });
  });

  it('is answered PROJECTION_BEHIND with its own token at the deadline', async () => {
    const { log, writer } = await fleetOf(['a']);
    const { projector, ask } = start(testProjector(log));
    const { number } = writer.bookmark;
    await projector.reached(number, 10_000);
    expect(await ask('nodes', { atLeast: `history-1.${number + 1}`, deadlineMs: 5 })).toMatchObject({
      error: { code: 'PROJECTION_BEHIND', details: { wanted: number + 1, number, token: `history-1.${number}` } },
    });
  });

  it('of another history is answered HISTORY_CHANGED without waiting', async () => {
    const { log, writer } = await fleetOf(['a']);
    const { projector, ask } = start(testProjector(log));
    await projector.reached(writer.bookmark.number, 10_000);
    expect(await ask('nodes', { atLeast: 'history-2.999', deadlineMs: 60_000 })).toMatchObject({
      error: { code: 'HISTORY_CHANGED' },
    });
  });

  it('waits also before the first event has been folded', async () => {
    const { log, writer } = await fleetOf(['a']);
    const test = testProjector(log);
    const reply = test.ask('node', { node: 'a', atLeast: `history-1.${writer.bookmark.number}`, deadlineMs: 10_000 });
    start(test);
    expect(await reply).toMatchObject({ outcome: 'answer' });
  });
});

describe('an event that cannot be applied', () => {
  it('leaves the last good state, health red with its number, and answers marked stale', async () => {
    const { log, writer } = await fleetOf(['a', 'b']);
    const good = writer.bookmark.number;
    const before = ledgerDigest(writer.ledger);
    writer.decide(SCHEDULER, claimOf('a', 'i1'));
    forgePoison(writer);
    writer.decide(SCHEDULER, claimOf('b', 'i2'));
    await writer.flush();
    const { projector, answer, ask } = start(testProjector(log));
    await until(() => projector.status.fault?.kind === 'poison', 'the fold stops at the poison');
    expect(projector.status.fault?.number).toBe(good + 2);
    const health = await answer('health', {});
    expect(health).toMatchObject({ status: 'red', number: good });
    expect(health.checks[0]?.reason).toContain(`at event ${good + 2}`);
    expect(await ask('instance', { instance: 'i1' })).toMatchObject({ error: { code: 'NOT_FOUND' } });
    expect(await ask('node', { node: 'a' })).toMatchObject({
      outcome: 'answer',
      token: `history-1.${good}`,
      stale: true,
      staleReason: expect.stringContaining(`event ${good + 2}`),
      answer: { claimCount: 0 },
    });
    expect(await answer('digest', {})).toMatchObject({ digest: before });
    expect(projector.isServing).toBe(false);
  });

  it('is tried again, and the fold goes on once it can be applied', async () => {
    const { log, writer } = await fleetOf(['a']);
    const { projector, answer } = start(testProjector(log));
    await until(() => projector.isServing, 'the projector serves');
    const set = vi.spyOn(projector.view.ledger.instances, 'set');
    set.mockImplementationOnce(() => {
      throw new Error('no room');
    });
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    await until(() => projector.view.bookmark.number === writer.bookmark.number, 'the claim is folded');
    await until(() => projector.isServing, 'the projector serves again');
    expect(set.mock.calls.length).toBeGreaterThan(1);
    expect(await answer('health', {})).toMatchObject({ status: 'green' });
    expect(await answer('digest', {})).toMatchObject({ digest: ledgerDigest(writer.ledger) });
  });

  it('leads to a fold of the whole log when trying again does not help, in case the state is to blame', async () => {
    const { log, writer } = await fleetOf(['a']);
    const { projector } = start(testProjector(log));
    await until(() => projector.isServing, 'the projector serves');
    projector.view.ledger.nodes.delete('a');
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    await until(() => projector.view.bookmark.number === writer.bookmark.number, 'the claim is folded');
    expect(ledgerDigest(projector.view.ledger)).toBe(ledgerDigest(writer.ledger));
  });
});

describe('a commit that is folded half, by a bug of an index', () => {
  it('is never answered from: the state is dropped and folded again', async () => {
    const { log, writer } = await fleetOf(['a']);
    const { projector, answer, ask } = start(testProjector(log, { backoff: { firstMs: 60_000, mostMs: 60_000 } }));
    await until(() => projector.isServing, 'the projector serves');
    vi.spyOn(projector.view.tenants, 'update').mockImplementationOnce(() => {
      throw new Error('a bug in an index');
    });
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    await until(() => projector.status.fault?.kind === 'internal', 'the bug is found');
    expect(await ask('node', { node: 'a' })).toMatchObject({ outcome: 'error', error: { code: 'UNAVAILABLE' } });
    expect(await answer('health', {})).toMatchObject({ status: 'red' });
    await projector.stop();
    const again = start(testProjector(log));
    await until(() => again.projector.isServing, 'another serves');
    expect(await again.answer('digest', {})).toMatchObject({ digest: ledgerDigest(writer.ledger) });
  });
});

describe('a subscription that ends before it has begun', () => {
  it('is tried again', async () => {
    const { log } = await fleetOf(['a']);
    let attempts = 0;
    const subscribe: typeof log.subscribe = async (after, handler) => {
      attempts += 1;
      if (attempts === 1) {
        handler.onEnd(new Error('ended at once'));
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { stop: async () => undefined };
      }
      return log.subscribe(after, handler);
    };
    const { projector } = start(testProjector({ ...log, subscribe }));
    await until(() => attempts > 1 && projector.isServing, 'the projector serves');
  });
});

describe('a damaged log', () => {
  it('stops the fold, and no question is answered from it', async () => {
    const { log, writer } = await fleetOf(['a']);
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    log.storeFaults.flipByte(writer.bookmark.position);
    const { projector, ask, answer } = start(testProjector(log));
    await until(() => projector.status.fault?.kind === 'damage', 'the damage is found');
    expect(await ask('node', { node: 'a' })).toMatchObject({ error: { code: 'LOG_DAMAGED' } });
    expect(await answer('health', {})).toMatchObject({ status: 'red' });
    expect(projector.isServing).toBe(false);
  });

  it('of which one copy is damaged is read from the leader, and health names the copy', async () => {
    const { log } = await fleetOf(['a']);
    const damagedCopy = { server: 'nats-2', position: await log.end(), reason: 'the hash does not fit' };
    const { projector, answer } = start(testProjector({ ...log, damagedCopy }));
    await until(() => projector.isServing, 'the projector serves');
    const { status, checks } = await answer('health', {});
    expect(status).toBe('yellow');
    expect(checks).toContainEqual(
      expect.objectContaining({ name: 'log copy', status: 'yellow', reason: expect.stringContaining('server nats-2') }),
    );
  });

  it('that lost what had been folded is answered LOG_WENT_BACK', async () => {
    const { log, writer } = await fleetOf(['a']);
    const { projector, ask } = start(testProjector(log));
    await until(() => projector.isServing, 'the projector serves');
    log.storeFaults.truncate(writer.bookmark.position - 1);
    await until(() => projector.status.fault?.kind === 'damage', 'the loss is found');
    expect(await ask('node', { node: 'a' })).toMatchObject({ error: { code: 'LOG_WENT_BACK' } });
  });
});

describe('serving', () => {
  it('begins when caught up, ends while the log cannot be asked, and begins again', async () => {
    const store = createMemoryStore();
    const log = createMemoryLog({ store });
    const writer = await foundHistory(log);
    const changes: boolean[] = [];
    const { projector } = start(testProjector(log, { onAnswering: (isAnswering) => changes.push(isAnswering) }));
    await until(() => projector.isServing, 'the projector serves');
    log.storeFaults.setAvailable(false);
    await until(() => !projector.isServing, 'the projector stops serving');
    log.storeFaults.setAvailable(true);
    await until(() => projector.isServing, 'the projector serves again');
    expect(changes).toEqual([true, false, true]);
    expect(projector.view.bookmark.number).toBe(writer.bookmark.number);
  });

  it('ends when the view stays behind the end of the log', async () => {
    const { log, writer } = await fleetOf(['a']);
    const stuck = { ...log, subscribe: async () => ({ stop: async () => undefined }) };
    const { projector } = start(testProjector(stuck, { maxLagMs: 20 }));
    await until(() => projector.isServing, 'the projector serves');
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    await until(() => !projector.isServing, 'the projector stops serving');
    expect(projector.health().checks).toContainEqual(expect.objectContaining({ name: 'lag', status: 'yellow' }));
  });

  it('goes on from a view that is behind while nobody else is up to date, and says so in each answer', async () => {
    const { log, writer } = await fleetOf(['a']);
    let handOn: (() => void) | undefined;
    const slow: typeof log = {
      ...log,
      subscribe: (after, handler) =>
        log.subscribe(after, {
          ...handler,
          onCommits: (commits) => {
            handOn = () => handler.onCommits(commits);
          },
        }),
    };
    let isAnybodyWell = false;
    const changes: boolean[] = [];
    const peers = { digest: async () => 'nobody' as const, isAnybodyWell: async () => isAnybodyWell };
    const onAnswering = (isAnswering: boolean): void => void changes.push(isAnswering);
    const { projector, ask } = start(testProjector(slow, { maxLagMs: 20, peers, onAnswering }));
    await until(() => projector.isServing, 'the projector serves');
    expect(await ask('node', { node: 'a' })).not.toHaveProperty('stale');
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    await until(() => !projector.isServing, 'it is behind');
    expect(projector.isAnswering).toBe(true);
    const staleReason = expect.stringMatching(/^behind the log for \d+ ms$/);
    expect(await ask('node', { node: 'a' })).toMatchObject({ outcome: 'answer', stale: true, staleReason });
    isAnybodyWell = true;
    await until(() => !projector.isAnswering, 'it leaves the questions to another');
    handOn?.();
    await until(() => projector.isServing, 'it has caught up');
    expect(changes).toEqual([true, false, true]);
    expect(await ask('instance', { instance: 'i1' })).not.toHaveProperty('stale');
  });

  it('goes on while neither it nor anybody else can ask the log, and says so in each answer', async () => {
    const store = createMemoryStore();
    const log = createMemoryLog({ store });
    const writer = await foundHistory(log);
    addNode(writer, 'a');
    await writer.flush();
    const peers = { digest: async () => 'nobody' as const, isAnybodyWell: async () => false };
    const { projector, ask } = start(testProjector({ ...log, end: async () => log.end() }, { peers }));
    await until(() => projector.isServing, 'the projector serves');
    log.storeFaults.setAvailable(false);
    await until(() => !projector.isServing, 'the end of the log is not known any more');
    expect(projector.isAnswering).toBe(true);
    const staleReason = 'the end of the log is not known';
    expect(await ask('node', { node: 'a' })).toMatchObject({ outcome: 'answer', stale: true, staleReason });
    log.storeFaults.setAvailable(true);
    await until(() => projector.isServing, 'the projector serves again');
    expect(await ask('node', { node: 'a' })).not.toHaveProperty('stale');
  });

  it('is red in health when nothing is folded though the log goes on, not while there is nothing to', async () => {
    const { log, writer } = await fleetOf(['a']);
    const stuck = { ...log, subscribe: async () => ({ stop: async () => undefined }) };
    const { projector } = start(testProjector(stuck, { maxLagMs: 20, lagIntervalMs: 10, maxStandstillMs: 100 }));
    const lag = () => projector.health().checks.find(({ name }) => name === 'lag');
    await until(() => projector.isServing, 'the projector serves');
    expect(lag()?.status).toBe('green');
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    await until(() => lag()?.status === 'red', 'the projector says that it stands still');
    expect(lag()?.reason).toContain('though the log goes on');
    await until(() => !projector.isServing, 'the projector leaves the questions to others');
  });

  it('answers nothing after a standstill of the process until it has seen the end of the log again', async () => {
    const { log, writer } = await fleetOf(['a']);
    const stuck = { ...log, subscribe: async () => ({ stop: async () => undefined }) };
    let leptMs = 0;
    const clock = { now: Date.now, monotonicMs: () => performance.now() + leptMs };
    const { projector, ask } = start(testProjector(stuck, { clock, lagIntervalMs: 1_000 }));
    await until(() => projector.isServing, 'the projector serves');
    await writer.send(SCHEDULER, claimOf('a', 'i1'));
    leptMs = 4_000;
    expect(await ask('instance', { instance: 'i1', deadlineMs: 20 })).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    expect(projector.isServing).toBe(false);
    expect(projector.health().status).toBe('yellow');
  });

  it('goes on after a standstill with what was missed, without a pause', async () => {
    const { log } = await fleetOf(['a']);
    let leptMs = 0;
    const clock = { now: Date.now, monotonicMs: () => performance.now() + leptMs };
    const { projector, ask } = start(testProjector(log, { clock, lagIntervalMs: 1_000 }));
    await until(() => projector.isServing, 'the projector serves');
    leptMs = 4_000;
    expect(await ask('node', { node: 'a', deadlineMs: 5_000 })).toMatchObject({ outcome: 'answer' });
    expect(projector.isServing).toBe(true);
  });

  it('is not said to be up to date while the log does not answer', async () => {
    const { log } = await fleetOf(['a']);
    let leptMs = 0;
    let isHanging = false;
    const clock = { now: Date.now, monotonicMs: () => performance.now() + leptMs };
    const silent = { ...log, end: () => (isHanging ? new Promise<never>(() => undefined) : log.end()) };
    const { projector } = start(testProjector(silent, { clock, lagIntervalMs: 1 }));
    await until(() => projector.isServing, 'the projector serves');
    isHanging = true;
    while (leptMs < 6_000) {
      leptMs += 500;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await until(() => !projector.isServing, 'the end of the log is not known any more');
    expect(projector.health().checks).toContainEqual(
      expect.objectContaining({ name: 'lag', reason: 'the end of the log is not known' }),
    );
  });

  it('counts questions, lag and health', async () => {
    const { log, writer } = await fleetOf(['a']);
    const { projector, answer, metrics } = start(testProjector(log));
    await until(() => projector.isServing, 'the projector serves');
    await answer('node', { node: 'a' });
    projector.noteHead({ historyId: 'history-1', number: writer.bookmark.number + 7, hash: 'f'.repeat(64) });
    const text = metrics();
    expect(text).toContain('fleetbook_query_outcomes_total{query="node",outcome="answer",code=""} 1');
    expect(text).toContain('fleetbook_projection_lag_events{projection="inventory"} 7');
    expect(text).toContain('fleetbook_projection_healthy{projection="inventory"} 1');
    expect(text).toContain(`fleetbook_ledger_number ${writer.bookmark.number}`);
  });
});

describe('a log of another cell', () => {
  it('is not folded, and every answer says so', async () => {
    const log = createMemoryLog();
    await foundHistory(log, { cell: 'theirs' });
    const { ask, logger, projector } = start(testProjector(log));
    await until(() => logger.lines.some((line) => line['errCode'] === 'OTHER_HISTORY'), 'the refusal');
    expect(await ask('nodes', {})).toMatchObject({ error: { code: 'OTHER_HISTORY' } });
    expect(projector.isServing).toBe(false);
    expect(projector.view.bookmark.number).toBe(0);
  });
});
