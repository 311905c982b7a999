import { ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { createMetrics, slicesOn, systemClock, systemTimers, yieldToMessages } from '@fleetbook/operations';
import { memoryDisk, memoryLogger } from '@fleetbook/operations/testing';
import { expect, it } from 'vitest';
import { addNode, claimOf, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory } from '../testing/history-writer.ts';
import { until } from '../testing/run-projector.ts';
import { createInventoryView } from '../view/inventory-view.ts';
import { createCheckpointer } from './checkpointer.ts';

/** Each decision in a commit of its own. */
async function logOfClaims(claims: number) {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 1 });
  addNode(writer, 'a');
  for (let count = 0; count < claims; count += 1) {
    writer.decide(SCHEDULER, claimOf('a', `i${count}`));
  }
  await writer.flush();
  return { log, commits: (await Array.fromAsync(log.read(ORIGIN))).flat() };
}

it('saves at a milestone the state of that moment, and hashes what is folded meanwhile for no save', async () => {
  const { log, commits } = await logOfClaims(28);
  const view = createInventoryView(undefined, { milestoneEvents: 20 });
  const timers = {
    ...systemTimers,
    after: (delayMs: number, task: () => void) => systemTimers.after(delayMs > 1_000 ? delayMs : 0, task),
  };
  const checkpointer = createCheckpointer({
    newView: () => createInventoryView(),
    viewSettings: {},
    ...{ disk: memoryDisk(), directory: '/data', cell: 'main', log, clock: systemClock, timers },
    ...{ logger: memoryLogger(), metrics: createMetrics(), intervalMs: 3_600_000, intervalEvents: 10 },
    startSlices: slicesOn(systemClock, () => yieldToMessages(timers)),
  });
  checkpointer.start(() => view);
  for (const commit of commits) {
    view.apply(commit);
    checkpointer.applied(view);
    checkpointer.folded(commit.events.length);
  }
  const waiting = view.digest.pending - view.digest.pendingAtMilestone;
  expect(waiting).toBeGreaterThan(0);
  await until(() => checkpointer.saved?.number === 20, 'the save');
  expect(view.digest.pending).toBeGreaterThanOrEqual(waiting - 10);
  await checkpointer.stop();

  const saved = await checkpointer.open();
  const folded = createInventoryView();
  for (const commit of commits.filter(({ bookmark }) => bookmark.number <= 20)) {
    folded.apply(commit);
  }
  expect(saved.bookmark).toEqual(folded.bookmark);
  expect(saved.digest.hex()).toBe(folded.digest.hex());
});

it('saves a state with the position of that state, whatever is folded meanwhile', async () => {
  const { log, commits } = await logOfClaims(60);
  const arriving = commits.slice(commits.length / 2);
  const view = createInventoryView();
  for (const commit of commits.slice(0, commits.length / 2)) {
    view.apply(commit);
  }

  let monotonicMs = 0;
  // Every look at it finds the slice of time used up, and every turn brings another commit.
  const clock = { ...systemClock, monotonicMs: () => (monotonicMs += 10) };
  const soon = (task: () => void): void => {
    const next = arriving.shift();
    if (next !== undefined) {
      view.apply(next);
    }
    setImmediate(task);
  };
  const checkpointer = createCheckpointer({
    newView: () => createInventoryView(),
    viewSettings: {},
    ...{ disk: memoryDisk(), directory: '/data', cell: 'main', log, clock, timers: { ...systemTimers, soon } },
    ...{ logger: memoryLogger(), metrics: createMetrics(), intervalMs: 3_600_000, intervalEvents: 1_000_000 },
    startSlices: slicesOn(clock, () => yieldToMessages({ soon })),
  });
  const before = view.bookmark.number;
  await checkpointer.save(view);
  expect(view.bookmark.number).toBeGreaterThan(before);

  const saved = await checkpointer.open();
  const folded = createInventoryView();
  for (const commit of commits.filter(({ bookmark }) => bookmark.number <= saved.bookmark.number)) {
    folded.apply(commit);
  }
  expect(saved.bookmark).toEqual(folded.bookmark);
  expect(saved.digest.hex()).toBe(folded.digest.hex());
});
