import { MarkCheck, ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog, createMemoryStore } from '@fleetbook/event-log/memory';
import { sequentialIds } from '@fleetbook/operations/testing';
import { MILESTONE_EVENTS } from '@fleetbook/snapshot';
import { describe, expect, it } from 'vitest';
import { createKeyHash } from '../outcomes/command-key.ts';
import { message, registerNode } from '../testing/commands.ts';
import { simulatedTime } from '../testing/simulated-time.ts';
import { createWorld } from '../testing/world.ts';
import { recover } from './recover.ts';
import { initialState } from './writer-state.ts';

describe('fold of a long log', () => {
  it('lets messages and timers have their turn after each commit', async () => {
    const time = simulatedTime();
    const store = createMemoryStore();
    const world = createWorld(undefined, { time, store, ids: sequentialIds() });
    await world.startInOffice();
    for (const node of ['node-1', 'node-2', 'node-3']) {
      await world.ask(message(node, time.clock.now(), registerNode(node)));
    }
    const commits = await world.readCommits();

    const state = initialState({ keys: createKeyHash(7), clock: time.clock, timers: time.timers });
    const foldedAtTurn: number[] = [];
    const slices = {
      pause: async () => {
        foldedAtTurn.push(state.bookmark.number);
      },
    };
    const options = { cell: 'main', milestoneEvents: MILESTONE_EVENTS, onMilestone: () => undefined, slices };
    const check = new MarkCheck(undefined, ORIGIN);
    const recovered = await recover({ log: createMemoryLog({ store }), check, ...options }, state);
    expect(recovered.ok).toBe(true);
    expect(foldedAtTurn).toEqual(commits.map(({ bookmark }) => bookmark.number));
  });
});
