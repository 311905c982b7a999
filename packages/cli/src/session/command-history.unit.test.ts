import type { HistoryAnswer, HistoryQuery } from '@fleetbook/contracts';
import { fleetbookError } from '@fleetbook/contracts';
import type { LedgerEvent } from '@fleetbook/domain';
import { fail, succeed } from '@fleetbook/domain';
import { describe, expect, it } from 'vitest';
import { type HistoryTerms, historyOfCommand } from './command-history.ts';

const actor = { role: 'scheduler', id: 's-1' } as const;
const EVENT: LedgerEvent = {
  ...{ type: 'NodeEnabled', schemaVersion: 1, number: 5, data: {}, at: 1, commandId: 'c-1', index: 0, count: 1, actor },
};
const FOUND: HistoryAnswer = { events: [EVENT], searched: 'index' };

/** Answers in turn, and keeps what was asked. */
function answering(...answers: readonly HistoryAnswer[]) {
  const asked: HistoryTerms[] = [];
  const ask = async (terms: Pick<HistoryQuery, 'before' | 'asOf'>) => {
    const answer = answers[asked.length];
    asked.push(terms);
    return answer === undefined
      ? fail(fleetbookError('TIMEOUT', { timeoutMs: 1 }))
      : succeed({ outcome: 'answer' as const, token: 'h.90000', at: 1, answer });
  };
  return { asked, ask };
}

describe('history of a command', () => {
  it('is asked for once where it is among the newest events', async () => {
    const { asked, ask } = answering({ ...FOUND, next: 5 });
    expect(await historyOfCommand({ ask, isLive: true })).toMatchObject({ value: { answer: { events: [EVENT] } } });
    expect(asked).toEqual([{}]);
  });

  it('is asked of the past where services found none in the newest stretch of a long log', async () => {
    const { asked, ask } = answering({ events: [], next: 70_000, searched: 'log' }, FOUND);
    expect(await historyOfCommand({ ask, isLive: true })).toMatchObject({ value: { answer: FOUND } });
    expect(asked).toEqual([{}, { asOf: '90000' }]);
  });

  it('is looked for stretch by stretch where no service keeps an index', async () => {
    const stretches = [70_000, 50_000].map((next) => ({ events: [], next, searched: 'log' as const }));
    const { asked, ask } = answering(...stretches, FOUND);
    expect(await historyOfCommand({ ask, isLive: false })).toMatchObject({ value: { answer: FOUND } });
    expect(asked).toEqual([{}, { before: 70_000 }, { before: 50_000 }]);
  });

  it('is none where the whole log has none, and unknown where nobody answers', async () => {
    const none: HistoryAnswer = { events: [], searched: 'log' };
    expect(await historyOfCommand({ ...answering(none), isLive: true })).toMatchObject({ value: { answer: none } });
    const { ask } = answering({ ...none, next: 3 });
    expect(await historyOfCommand({ ask, isLive: true })).toMatchObject({ error: { code: 'TIMEOUT' } });
  });
});
