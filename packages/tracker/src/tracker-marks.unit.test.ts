import { writerSubject } from '@fleetbook/contracts';
import { memoryMarks } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { message, registerNode } from './testing/commands.ts';
import { createWorld, type RunningTracker, type World } from './testing/world.ts';

const register = (world: World, commandId: string) =>
  message(commandId, world.time.clock.now(), registerNode(commandId));

/** A tracker that was in office, decided, and is gone; what it kept stays. */
async function worked(): Promise<{ readonly world: World; readonly first: RunningTracker }> {
  const world = createWorld();
  const first = await world.startInOffice();
  await world.ask(register(world, 'r-1'));
  await world.ask(register(world, 'r-2'));
  await first.kill();
  return { world, first };
}

async function untilFailed(world: World, { tracker, failures }: RunningTracker): Promise<unknown> {
  await world.time.until(() => tracker.status.phase === 'failed');
  return failures;
}

describe('a tracker that knows what was durable', () => {
  it('keeps the last commit acknowledged, and one that stands by the last it folded', async () => {
    const world = createWorld();
    const { marks } = await world.startInOffice();
    const standby = await world.startTracker();
    await world.ask(register(world, 'r-1'));
    const [last] = (await world.readCommits()).slice(-1);
    const mark = { historyId: expect.any(String), number: last?.bookmark.number, hash: last?.hash };
    expect(marks.mark).toEqual(mark);
    await world.time.until(() => standby.marks.mark?.number === mark.number);
    expect(standby.marks.mark).toEqual(marks.mark);
  });

  it('takes what the writer states of itself for durable as soon as it hears it, in its own history', async () => {
    const world = createWorld();
    const { marks } = await world.startInOffice();
    const standby = await world.startTracker();
    await world.time.until(() => standby.marks.mark !== undefined);
    const { historyId = '', number = 0 } = marks.mark ?? {};
    const heard = { historyId, number: number + 5, hash: 'a'.repeat(64) };
    const say = (mark: object) =>
      world.bus.connect().publish(writerSubject('main'), JSON.stringify({ writer: 'writer-9', epoch: 1, ...mark }));
    say({ ...heard, historyId: 'another' });
    say({ ...heard, hash: 'no hash' });
    expect(standby.marks.mark).toEqual(marks.mark);
    say(heard);
    expect(standby.marks.mark).toEqual(heard);
  });

  it('does not take what is heard for its own before the log was found to hold what it kept', async () => {
    const { world, first } = await worked();
    const { mark } = first.marks;
    first.log.storeFaults.setAvailable(false);
    await world.startTracker({ marks: first.marks });
    const heartbeat = { writer: 'writer-9', epoch: 9, ...mark, number: 90 };
    world.bus.connect().publish(writerSubject('main'), JSON.stringify(heartbeat));
    expect(first.marks.mark).toEqual(mark);
  });

  it('does not take office on less than another service of the machine knew', async () => {
    const { world, first } = await worked();
    first.log.storeFaults.truncate(3);
    const marks = memoryMarks(undefined, first.marks.mark === undefined ? [] : [first.marks.mark]);
    expect(await untilFailed(world, await world.startTracker({ marks }))).toMatchObject([
      { error: { code: 'LOG_WENT_BACK', details: { from: 5, to: 5 } } },
    ]);
    expect(await world.readCommits()).toHaveLength(3);
  });

  it('takes office on a log that still holds it', async () => {
    const { world, first } = await worked();
    await world.startInOffice({ marks: first.marks });
    expect(await world.ask(register(world, 'r-3'))).toMatchObject({ outcome: 'accepted' });
  });

  it('founds no second history where the whole log is lost', async () => {
    const { world, first } = await worked();
    const { mark } = first.marks;
    first.log.storeFaults.truncate(0);
    const details = { historyId: mark?.historyId, from: 1, to: mark?.number };
    expect(await untilFailed(world, await world.startTracker({ marks: first.marks }))).toMatchObject([
      { error: { code: 'LOG_WENT_BACK', details, message: expect.stringContaining('keep a copy') } },
    ]);
    expect(await world.readCommits()).toEqual([]);
    expect(first.marks.mark).toEqual(mark);
  });

  it('does not take office on an older copy of the log', async () => {
    const { world, first } = await worked();
    first.log.storeFaults.truncate(3);
    const details = { from: 5, to: 5 };
    expect(await untilFailed(world, await world.startTracker({ marks: first.marks }))).toMatchObject([
      { error: { code: 'LOG_WENT_BACK', details } },
    ]);
    expect(await world.readCommits()).toHaveLength(3);
  });

  it('does not take office where other commits stand in place of the lost ones', async () => {
    const { world, first } = await worked();
    first.log.storeFaults.truncate(3);
    const other = await world.startInOffice();
    await world.ask(register(world, 'r-9'));
    await other.kill();
    const before = await world.readCommits();
    expect(await untilFailed(world, await world.startTracker({ marks: first.marks }))).toMatchObject([
      { error: { code: 'LOG_WENT_BACK', details: { from: 5, to: 5 } } },
    ]);
    expect(await world.readCommits()).toEqual(before);
  });

  it('does not take office on a log of another history', async () => {
    const world = createWorld();
    const marks = memoryMarks({ historyId: 'another', number: 2, hash: 'f'.repeat(64) });
    await (await world.startInOffice()).kill();
    const before = await world.readCommits();
    expect(await untilFailed(world, await world.startTracker({ marks }))).toMatchObject([
      { error: { code: 'OTHER_HISTORY', message: expect.stringContaining('history another') } },
    ]);
    expect(await world.readCommits()).toEqual(before);
    expect(marks.mark?.historyId).toBe('another');
  });

  it('says which events are missing when the log goes back under it', async () => {
    const world = createWorld();
    const running = await world.startInOffice();
    await world.ask(register(world, 'r-1'));
    running.log.storeFaults.truncate(2);
    world.send(register(world, 'r-2'));
    expect(await untilFailed(world, running)).toMatchObject([
      { error: { code: 'LOG_WENT_BACK', details: { from: 4, to: 4 } } },
    ]);
  });
});
