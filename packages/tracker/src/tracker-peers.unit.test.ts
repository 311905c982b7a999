import { encodeQueryReply, type HighWaterMark, querySubject } from '@fleetbook/contracts';
import { answerMark } from '@fleetbook/operations';
import { memoryMarks } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { message, registerNode } from './testing/commands.ts';
import { createWorld, type RunningTracker, type World } from './testing/world.ts';

const register = (world: World, commandId: string) =>
  message(commandId, world.time.clock.now(), registerNode(commandId));

/** A projector, as far as anybody who takes office can tell. */
function addPeer(world: World, mark: HighWaterMark) {
  const options = { service: 'projector', id: 'peer', marks: memoryMarks(mark), clock: world.time.clock } as const;
  return world.bus.connect().subscribe(querySubject('main', 'mark'), (_subject, payload, respond) => {
    respond(answerMark(options, payload));
  });
}

/** A cell whose log lost its last event, which one of its services still knows. */
async function lost() {
  const world = createWorld();
  const first = await world.startInOffice();
  await world.ask(register(world, 'r-1'));
  await world.ask(register(world, 'r-2'));
  await first.kill();
  const { mark } = first.marks;
  if (mark === undefined) {
    throw new Error('the writer knows nothing');
  }
  return { world, first, mark };
}

async function untilWaiting(world: World, { tracker }: RunningTracker): Promise<string> {
  await world.time.until(() => tracker.status.waitsFor !== undefined);
  await world.time.pass(10_000);
  expect(tracker.status.phase).toBe('standing-by');
  return tracker.status.waitsFor ?? '';
}

describe('a tracker about to take office', () => {
  it('takes none on a log that lacks what another service knows, and says what', async () => {
    const { world, first, mark } = await lost();
    first.log.storeFaults.truncate(3);
    await addPeer(world, mark);
    const candidate = await world.startTracker();
    expect(await untilWaiting(world, candidate)).toBe(
      `the log ends with event 4, and another service of the cell knows event 5 of history ${mark.historyId}`,
    );
    const replies: unknown[] = [];
    world.bus.request(querySubject('main', 'mark'), new Uint8Array(), (reply) => {
      replies.push(JSON.parse(Buffer.from(reply).toString('utf8')));
    });
    expect(replies).toContainEqual(
      expect.objectContaining({ answer: expect.objectContaining({ waitsFor: candidate.tracker.status.waitsFor }) }),
    );
    expect(await world.readCommits()).toHaveLength(3);
    expect(candidate.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', message: 'no office is taken', errCode: 'LOG_WENT_BACK' }),
    );
    expect(candidate.failures).toEqual([]);
  });

  it('founds no cell that another service knows already', async () => {
    const { world, first, mark } = await lost();
    first.log.storeFaults.truncate(0);
    await addPeer(world, mark);
    expect(await untilWaiting(world, await world.startTracker())).toContain('ends with event 0');
    expect(await world.readCommits()).toEqual([]);
  });

  it('founds no cell before a service that is slow has said what it knows', async () => {
    const { world, first, mark } = await lost();
    first.log.storeFaults.truncate(0);
    const options = { service: 'projector', id: 'peer', marks: memoryMarks(mark), clock: world.time.clock } as const;
    const asked = Promise.withResolvers<() => void>();
    await world.bus.connect().subscribe(querySubject('main', 'mark'), (_subject, payload, respond) => {
      asked.resolve(() => respond(answerMark(options, payload)));
    });
    const candidate = await world.startTracker();
    const answer = await asked.promise;
    await world.time.pass(1_000);
    expect(await world.readCommits()).toEqual([]);
    answer();
    await world.time.until(() => candidate.tracker.status.waitsFor !== undefined);
    expect(candidate.tracker.status.waitsFor).toContain('ends with event 0');
    expect(await world.readCommits()).toEqual([]);
  });

  it('takes it once the service that knows more is gone', async () => {
    const { world, first, mark } = await lost();
    first.log.storeFaults.truncate(3);
    const peer = await addPeer(world, mark);
    const candidate = await world.startTracker();
    await untilWaiting(world, candidate);
    await peer.stop();
    await world.time.until(() => candidate.tracker.status.phase === 'in-office');
    expect(candidate.tracker.status.waitsFor).toBeUndefined();
  });

  it('takes it where the log holds what the others know, whatever was given up or is of another history', async () => {
    const { world, mark } = await lost();
    await addPeer(world, mark);
    await addPeer(world, { historyId: 'another', number: 1_000, hash: 'f'.repeat(64) });
    const candidate = await world.startInOffice();
    expect(candidate.logger.lines).toContainEqual(
      expect.objectContaining({ level: 'warn', historyId: 'another', number: 1_000 }),
    );
  });

  it('takes none below what the last writer said of itself', async () => {
    const world = createWorld();
    const first = await world.startInOffice();
    await world.ask(register(world, 'r-1'));
    const standby = await world.startTracker({ settings: { silenceMs: 5_000 } });
    await world.ask(register(world, 'r-2'));
    await world.time.pass(1_000);
    await first.kill();
    first.log.storeFaults.truncate(3);
    await world.time.until(
      () => standby.tracker.status.phase !== 'standing-by' || standby.tracker.status.waitsFor !== undefined,
    );
    expect(standby.tracker.status.phase).not.toBe('in-office');
  });

  it('takes none below what a service of the machine kept that is gone', async () => {
    const { world, first, mark } = await lost();
    first.log.storeFaults.truncate(3);
    let kept: readonly HighWaterMark[] = [];
    const marks = { ...memoryMarks(), neighbours: async () => kept };
    const candidate = await world.startTracker({ marks, settings: { silenceMs: 5_000 } });
    await world.time.pass(100);
    kept = [mark];
    expect(await untilWaiting(world, candidate)).toContain(`knows event 5 of history ${mark.historyId}`);
    expect(await world.readCommits()).toHaveLength(3);
  });

  it.each([
    ['no reply', Buffer.from('what?')],
    ['an error', encodeQueryReply({ outcome: 'answer', token: 'h.1', at: 1, answer: { mark: { number: -1 } } })],
  ])('is not kept from it by %s', async (_what, payload) => {
    const world = createWorld();
    await world.bus
      .connect()
      .subscribe(querySubject('main', 'mark'), (_subject, _payload, respond) => respond(payload));
    await world.startInOffice();
  });

  it('answers others also while it stands by', async () => {
    const world = createWorld();
    await world.startInOffice();
    const standby = await world.startTracker();
    await world.time.until(() => standby.marks.mark !== undefined);
    const replies: unknown[] = [];
    world.bus.request(querySubject('main', 'mark'), new Uint8Array(), (reply) => {
      replies.push(JSON.parse(Buffer.from(reply).toString('utf8')));
    });
    expect(replies).toHaveLength(2);
    expect(replies).toMatchObject([
      { outcome: 'answer', answer: { service: 'tracker', mark: { number: 3 } } },
      { outcome: 'answer', answer: { service: 'tracker', mark: { number: 3 } } },
    ]);
  });
});
