import { createMemoryLog } from '@fleetbook/event-log/memory';
import { ledgerDigest } from '@fleetbook/snapshot';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProjectorOptions, StaleAnswers } from '../index.ts';
import { addNode, claimOf, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory } from '../testing/history-writer.ts';
import { type TestProjector, testProjector, until } from '../testing/run-projector.ts';

const running: TestProjector[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map(({ projector }) => projector.stop()));
});

/** A projector that has met an event no state can take: nobody holds the instance. */
async function stuck(options: Partial<ProjectorOptions> = {}, wellElsewhere: () => boolean = () => false) {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'a');
  await writer.flush();
  const good = { number: writer.bookmark.number, digest: ledgerDigest(writer.ledger) };
  writer.decide(SCHEDULER, claimOf('a', 'i1'));
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
  await writer.flush();
  let readsOfAll = 0;
  const read: typeof log.read = (after) => {
    readsOfAll += after.number === 0 ? 1 : 0;
    return log.read(after);
  };
  const peers = { digest: async () => 'nobody' as const, isAnybodyWell: async () => wellElsewhere() };
  const changes: boolean[] = [];
  const onAnswering = (isAnswering: boolean): void => void changes.push(isAnswering);
  const test = testProjector({ ...log, read }, { peers, onAnswering, ...options });
  running.push(test);
  test.projector.start();
  await until(() => test.projector.status.fault?.kind === 'poison', 'the fold stops');
  return { ...test, good, changes, reads: () => readsOfAll };
}

const REASON = expect.stringMatching(/at event \d+: /);

describe.each<StaleAnswers>(['mark', 'refuse'])('where nobody can fold an event, by the policy to %s', (policy) => {
  it('takes the questions, is not ready, and is red with number and cause', async () => {
    const { projector, answer, good } = await stuck({ staleAnswers: policy });
    await until(() => projector.isAnswering, 'it stands in');
    expect(projector.isServing).toBe(false);
    const health = await answer('health', {});
    expect(health).toMatchObject({ status: 'red', number: good.number });
    expect(health.checks).toContainEqual({ name: 'fold', status: 'red', reason: REASON });
    expect(await answer('projection', {})).toMatchObject({ isServing: false, digest: good.digest });
  });

  it('answers no question for more than the last good state has', async () => {
    const { ask, good } = await stuck({ staleAnswers: policy });
    const atLeast = `history-1.${good.number + 1}`;
    expect(await ask('nodes', { atLeast, deadlineMs: 1 })).toMatchObject({
      outcome: 'error',
      error: { retry: 'same-id' },
    });
  });
});

describe('the policy', () => {
  it('to mark answers from the last good state and says why it is stale', async () => {
    const { ask, good } = await stuck({ staleAnswers: 'mark' });
    expect(await ask('digest', {})).toMatchObject({
      outcome: 'answer',
      token: `history-1.${good.number}`,
      stale: true,
      staleReason: REASON,
      answer: { digest: good.digest },
    });
  });

  it('to refuse answers nothing, and says why', async () => {
    const { ask } = await stuck({ staleAnswers: 'refuse' });
    for (const query of ['digest', 'nodes', 'counters'] as const) {
      expect(await ask(query, {})).toMatchObject({
        outcome: 'error',
        error: { code: 'UNAVAILABLE', details: { service: 'projector', reason: REASON } },
      });
    }
  });
});

describe('a replica that cannot fold an event', () => {
  it('leaves the questions to one that can, and takes them when that is gone', async () => {
    let isWell = true;
    const { projector, changes } = await stuck({}, () => isWell);
    expect(projector.isAnswering).toBe(false);
    isWell = false;
    await until(() => projector.isAnswering, 'it stands in');
    isWell = true;
    await until(() => !projector.isAnswering, 'it leaves the questions');
    expect(changes).toEqual([true, false]);
  });

  it('folds the whole log again after three failures, six and twelve', async () => {
    const { projector, reads, good } = await stuck();
    await until(() => (projector.status.fault?.attempts ?? 0) > 13, 'fourteen failures');
    expect(reads()).toBe(1 + 3);
    expect(projector.view.bookmark.number).toBe(good.number);
  });
});
