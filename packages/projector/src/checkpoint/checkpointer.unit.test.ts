import { ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { createMetrics, slicesOn, systemClock, systemTimers } from '@fleetbook/operations';
import { memoryDisk, memoryLogger } from '@fleetbook/operations/testing';
import { expect, it } from 'vitest';
import { yieldToMessages } from '../fold/yield-to-messages.ts';
import { addNode, claimOf, SCHEDULER } from '../testing/fleet.ts';
import { foundHistory } from '../testing/history-writer.ts';
import { createInventoryView } from '../view/inventory-view.ts';
import { createCheckpointer } from './checkpointer.ts';

it('saves a state with the position of that state, whatever is folded meanwhile', async () => {
  const log = createMemoryLog();
  const writer = await foundHistory(log, { eventsPerCommit: 1 });
  addNode(writer, 'a');
  for (let count = 0; count < 60; count += 1) {
    writer.decide(SCHEDULER, claimOf('a', `i${count}`));
  }
  await writer.flush();
  const commits = (await Array.fromAsync(log.read(ORIGIN))).flat();
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
    viewLimits: {},
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
