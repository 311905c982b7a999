import { fleetbookError, type QueryBodies, type QueryName, queryErrorReply } from '@fleetbook/contracts';
import { describe, expect, it } from 'vitest';
import { overTheWholeTime, upToNow } from './service-source.ts';
import type { Source } from './source.ts';

/** Services that answer nothing, and whose writer says where it stands, if anything. */
function services(token: string | undefined) {
  const asked: [QueryName, QueryBodies[QueryName]][] = [];
  const source: Source = {
    cell: 'main',
    isLive: true,
    ask: async (name, fields) => {
      asked.push([name, fields]);
      return name === 'writer' && token !== undefined
        ? JSON.parse(JSON.stringify({ outcome: 'answer', token, at: 1, answer: {} }))
        : queryErrorReply(fleetbookError('NOT_FOUND', { kind: 'node', id: 'n-1' }));
    },
    close: async () => undefined,
  };
  return { source, asked };
}

describe('a question on the way to a command', () => {
  it('is answered of all that the writer has made durable', async () => {
    const { source, asked } = services('h.7');
    const newest = await upToNow(source);
    await newest.ask('node', { node: 'n-1' });
    expect(asked.at(-1)).toEqual(['node', { node: 'n-1', atLeast: 'h.7' }]);
  });

  it('keeps the token that it was given', async () => {
    const { source, asked } = services('h.7');
    const newest = await upToNow(source);
    await newest.ask('node', { node: 'n-1', atLeast: 'h.9' });
    expect(asked.at(-1)).toEqual(['node', { node: 'n-1', atLeast: 'h.9' }]);
  });

  it('is asked as it is where no writer answers', async () => {
    const { source, asked } = services(undefined);
    const newest = await upToNow(source);
    await newest.ask('node', { node: 'n-1' });
    expect(asked.at(-1)).toEqual(['node', { node: 'n-1' }]);
  });
});

describe('the last of many questions', () => {
  it('that is not answered in what time is left tells of the time for all of them', () => {
    const late = queryErrorReply(fleetbookError('TIMEOUT', { timeoutMs: 1 }));
    expect(overTheWholeTime(late, 5_000)).toMatchObject({
      outcome: 'error',
      error: { code: 'TIMEOUT', message: 'No answer within 5000 ms.', details: { timeoutMs: 5_000 } },
    });
    const other = queryErrorReply(fleetbookError('NOT_FOUND', { kind: 'node', id: 'n-1' }));
    expect(overTheWholeTime(other, 5_000)).toBe(other);
  });
});
