import type { WhatIfQuery } from '@fleetbook/contracts';
import { DEFAULT_POLICIES, dueDecisions } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { foundHistory } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { pastOf } from '../testing/past-of.ts';
import { OPERATOR, stepsOf } from '../testing/refusal-steps.ts';

const WINDOW_MS = 1_000;
const MOVE = { instance: 'i1', moveId: 'move-i1' } as const;

/** A finished move that its window has confirmed, and an operator who wanted to revert it a little later. */
async function confirmedByTime() {
  const policies = { ...DEFAULT_POLICIES, autoConfirmAfterMs: WINDOW_MS };
  const log = createMemoryLog();
  const writer = await foundHistory(log, { policies, eventsPerCommit: 3 });
  const steps = stepsOf(writer);
  steps.confirmed('i1');
  steps.move('i1');
  for (const to of ['prepared', 'running', 'switched', 'finished'] as const) {
    steps.ask({ role: 'agent', id: 'agent-b' }, { type: 'AdvanceMove', ...MOVE, to });
  }
  const finished = writer.number;
  writer.pass(WINDOW_MS + 200);
  writer.forge({ type: 'CellConfigured', schemaVersion: 1, data: { policies } });
  writer.record(dueDecisions(writer.ledger, writer.now(), 0));
  steps.ask(OPERATOR, { type: 'RevertMove', ...MOVE }, 'revert');
  await writer.flush();
  const past = pastOf(log, { segmentEvents: 6 });
  return async (autoConfirmAfterMs: number): Promise<unknown> => {
    const query: WhatIfQuery = { from: String(finished - 1), policies: { autoConfirmAfterMs } };
    const reply = await past.ask('what-if', query);
    if (reply.outcome === 'error') {
      throw new Error(`${reply.error.code} ${reply.error.message}`);
    }
    return reply.answer;
  };
}

describe('another window for finished moves', () => {
  it('that is longer leaves a move open that time had confirmed, however the cell is configured later', async () => {
    const ask = await confirmedByTime();
    expect(await ask(3_600_000)).toMatchObject({
      diverged: 2,
      divergences: [
        { recorded: { types: ['MoveAutoConfirmed'] }, instead: { outcome: 'none' } },
        {
          commandId: 'revert',
          recorded: { types: ['CommandRejected'], code: 'MOVE_STATE' },
          instead: { outcome: 'accepted', types: ['MoveReverted'] },
        },
      ],
      diff: { isSame: false },
    });
  });

  it('that is shorter, or a little longer, comes to the same where nobody asked in between', async () => {
    const ask = await confirmedByTime();
    for (const windowMs of [1, WINDOW_MS + 100]) {
      expect(await ask(windowMs)).toMatchObject({ diff: { isSame: true } });
    }
  });

  it('that is none other changes nothing', async () => {
    const ask = await confirmedByTime();
    expect(await ask(WINDOW_MS)).toMatchObject({ diverged: 0, diff: { isSame: true } });
  });
});

describe('another interval of reports', () => {
  it('is refused: the log does not tell when a report came that changed nothing', async () => {
    const log = createMemoryLog();
    const writer = await foundHistory(log);
    stepsOf(writer);
    await writer.flush();
    const reply = await pastOf(log).ask('what-if', { from: '3', policies: { reportIntervalMs: 1 } });
    expect(reply).toMatchObject({
      error: { code: 'INVALID_FIELD', details: { path: 'policies.reportIntervalMs' } },
    });
  });
});
