import { forkCommit, ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { memoryMarks } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { message, registerNode } from './testing/commands.ts';
import { createWorld, type World } from './testing/world.ts';

const register = (world: World, commandId: string) =>
  message(commandId, world.time.clock.now(), registerNode(commandId));

/** A cell whose log lost its last event, and the mark that tells so. */
async function lost() {
  const world = createWorld();
  const first = await world.startInOffice();
  await world.ask(register(world, 'r-1'));
  await world.ask(register(world, 'r-2'));
  await first.kill();
  first.log.storeFaults.truncate(3);
  return { world, mark: first.marks.mark ?? { historyId: '', number: 0, hash: '' } };
}

/** Gives up what is missing, as an operator does while no tracker runs. */
async function giveUp(world: World, from: string, lostTo: number): Promise<void> {
  const log = createMemoryLog({ store: world.store });
  const end = (await world.readCommits()).at(-1)?.bookmark ?? ORIGIN;
  const commit = forkCommit({
    ...{ end, from, lostTo, newHistoryId: 'after-the-loss', reason: 'a lost disk' },
    ...{ operator: 'alice', writer: 'recovery', at: world.time.clock.now() },
    ...{ commitId: world.ids.next(), decisionId: world.ids.next() },
  });
  expect(await log.append(end.position, commit)).toMatchObject({ status: 'appended' });
}

describe('a log whose lost events were given up', () => {
  it('has a writer again, under the new history', async () => {
    const { world, mark } = await lost();
    await giveUp(world, mark.historyId, mark.number);
    const { marks } = await world.startInOffice({ marks: memoryMarks(mark) });
    const reply = await world.ask(register(world, 'r-3'));
    expect(reply).toMatchObject({ outcome: 'accepted', token: expect.stringMatching(/^after-the-loss\./) });
    expect(marks.mark?.historyId).toBe('after-the-loss');
    const events = await world.readEvents();
    expect(events.map(({ type }) => type).slice(-4)).toEqual([
      ...['WriterElected', 'HistoryForked', 'WriterElected', 'NodeRegistered'],
    ]);
    expect(events.find(({ type }) => type === 'HistoryForked')?.actor).toEqual({ role: 'operator', id: 'alice' });
  });

  it('still stops a tracker that knows of more than was given up', async () => {
    const { world, mark } = await lost();
    await giveUp(world, mark.historyId, mark.number - 1);
    const { tracker, failures } = await world.startTracker({ marks: memoryMarks(mark) });
    await world.time.until(() => tracker.status.phase === 'failed');
    const details = { historyId: mark.historyId, from: mark.number, to: mark.number };
    expect(failures).toMatchObject([{ error: { code: 'LOG_WENT_BACK', details } }]);
  });

  it('deposes a writer of the time before', async () => {
    const world = createWorld();
    const { tracker, marks, failures } = await world.startInOffice();
    await world.ask(register(world, 'r-1'));
    await giveUp(world, marks.mark?.historyId ?? '', 100);
    world.send(register(world, 'r-2'));
    await world.time.until(() => tracker.status.phase === 'standing-by');
    await world.time.until(() => tracker.status.phase === 'in-office');
    expect(failures).toEqual([]);
    expect(marks.mark?.historyId).toBe('after-the-loss');
  });
});
