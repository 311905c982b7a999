import {
  type FleetbookError,
  fleetbookError,
  type QueryBodies,
  type QueryName,
  queryErrorReply,
} from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { followTimeline } from './follow-timeline.ts';
import type { Source, Terms } from './source.ts';

type Scripted = FleetbookError | { readonly past: number; readonly entries: readonly number[]; readonly next?: number };

/** Follows services that answer in this order, and is stopped when they have nothing more to say. */
async function following(script: readonly Scripted[]) {
  const asked: { readonly fields: QueryBodies[QueryName]; readonly terms: Terms | undefined }[] = [];
  const shown: unknown[] = [];
  const waited: string[] = [];
  const stop = new AbortController();
  const source: Source = {
    cell: 'main',
    isLive: true,
    ask: async (_name, fields, terms) => {
      const reply = script[asked.length];
      asked.push({ fields, terms });
      if (asked.length >= script.length) {
        stop.abort();
      }
      if (reply === undefined || 'code' in reply) {
        return queryErrorReply(reply ?? fleetbookError('INTERNAL_ERROR'));
      }
      const { past, entries, next } = reply;
      const answer = { entries: entries.map((number) => ({ event: { number } })), next };
      return JSON.parse(
        JSON.stringify({ outcome: 'answer', token: `h.${past}`, at: 1, past: { number: past }, answer }),
      );
    },
    close: async () => undefined,
  };
  const ended = await followTimeline(source, {
    ...{ subject: { node: 'n-1' }, after: 5, timeoutMs: 700, stop: stop.signal, everyMs: 0 },
    show: (reply) => void shown.push(...reply.answer.entries.map(({ event }) => event.number)),
    waitsFor: ({ code }) => void waited.push(code),
  });
  return { ended, asked, shown, waited };
}

const NOTHING = { past: 9, entries: [] };

describe('a timeline that is followed', () => {
  it('gives each question a time of its own', async () => {
    const { asked } = await following([NOTHING, NOTHING, NOTHING]);
    expect(asked.map(({ terms }) => terms)).toEqual([{ timeoutMs: 700 }, { timeoutMs: 700 }, { timeoutMs: 700 }]);
  });

  it('goes on from the last answer when what was wrong has passed, and says once what it waits for', async () => {
    const late = fleetbookError('TIMEOUT', { timeoutMs: 700 });
    const nobody = fleetbookError('NO_RESPONDERS', { subject: 's' });
    const { ended, shown, waited, asked } = await following([
      ...[{ past: 7, entries: [6, 7] }, late, nobody],
      ...[{ past: 9, entries: [8] }, late, NOTHING],
    ]);
    expect(ended).toBeUndefined();
    expect(shown).toEqual([6, 7, 8]);
    expect(waited).toEqual(['TIMEOUT', 'TIMEOUT']);
    expect(asked.map(({ fields }) => 'after' in fields && fields.after)).toEqual([5, 7, 7, 7, 9, 9]);
  });

  it('ends with what does not pass', async () => {
    const damaged = fleetbookError('LOG_DAMAGED', { kind: 'gap', number: 7 });
    expect(await following([NOTHING, damaged, NOTHING])).toMatchObject({ ended: { code: 'LOG_DAMAGED' } });
  });

  it('leaves nothing out that came between two questions', async () => {
    const { shown, asked } = await following([
      { past: 9, entries: [8, 9], next: 8 },
      { past: 9, entries: [6, 7] },
      NOTHING,
    ]);
    expect(shown).toEqual([6, 7, 8, 9]);
    expect(asked[1]?.fields).toMatchObject({ before: 8, after: 5 });
  });
});
