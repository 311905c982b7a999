import { decide } from '@fleetbook/domain';
import { memoryLogger } from '@fleetbook/operations/testing';
import { describe, expect, it } from 'vitest';
import { CommitPipeline } from '../commit/commit-pipeline.ts';
import { initialState } from '../office/writer-state.ts';
import { message, registerNode } from '../testing/commands.ts';
import { simulatedTime } from '../testing/simulated-time.ts';
import { Admission } from './admission.ts';
import { CommandGate } from './command-gate.ts';
import { Quarantine } from './quarantine.ts';

const KEY = { high: 1, low: 1 };

/** A gate on an empty ledger in which every change throws after it has been made. */
function gateThatBreaks() {
  const { clock, timers } = simulatedTime();
  const state = initialState({ keys: { seed: 1, keyOf: () => KEY }, clock, timers });
  const quarantine = new Quarantine(10);
  const broken: unknown[] = [];
  const gate = new CommandGate({
    state,
    historyId: 'history-1',
    pipeline: new CommitPipeline({
      bookmark: state.bookmark,
      ids: { next: () => 'commit-1' },
      proofLimit: 10,
      settle: () => Promise.reject(new Error('nothing is appended here')),
      askEnd: () => Promise.reject(new Error('nothing is asked here')),
      onDurable: () => undefined,
      milestoneEvents: 65_536,
      onMilestone: () => undefined,
      onRoom: () => undefined,
      onEnd: () => undefined,
    }),
    quarantine,
    clock,
    logger: memoryLogger(),
    decide,
    answerRepeat: async () => false,
    admission: new Admission({ clock, refusals: { perSecond: 1, burst: 1 }, storage: undefined }),
    repeatLimit: 10,
    retryAfterMs: 100,
    onChanges: () => {
      throw new Error('a bug after the ledger was changed');
    },
    onQuarantined: () => undefined,
    onRepeatDone: () => undefined,
    onReport: () => undefined,
    newestReport: () => 0,
    onBroken: (cause) => void broken.push(cause),
  });
  return { gate, state, quarantine, broken, now: clock.now() };
}

describe('a throw after the ledger was changed', () => {
  it('is no fault of the command: the state is given up, also behind a look-up of its outcome', async () => {
    const { gate, state, quarantine, broken, now } = gateThatBreaks();
    expect(() => gate.submit(message('r-1', now, registerNode('node-1')), () => undefined)).toThrow('a bug after');
    state.outcomes.add(KEY, { number: 1, time: now });
    const replies: unknown[] = [];
    gate.submit(message('r-2', now, registerNode('node-2')), (reply) => void replies.push(reply));
    await new Promise((resolve) => setImmediate(resolve));
    expect(broken).toMatchObject([{ message: 'a bug after the ledger was changed' }]);
    expect([replies, quarantine.size]).toEqual([[], 0]);
  });
});
