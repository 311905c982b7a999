import { type Bookmark, type Commit, LogUnavailableError, ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { addNode, claimOf, foundHistory, SCHEDULER } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { readOn } from './read-on.ts';

/** A log of several commits that gives some of them at most before each reading breaks off. */
async function breakingLog(most: number) {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'a');
  for (const instance of ['i-1', 'i-2', 'i-3']) {
    await writer.flush();
    await writer.send(SCHEDULER, claimOf('a', instance));
  }
  async function* read(after: Bookmark): AsyncGenerator<readonly Commit[]> {
    let given = 0;
    for await (const commits of log.read(after)) {
      for (const commit of commits) {
        if (given === most) {
          throw new LogUnavailableError('broken off');
        }
        yield [commit];
        given += 1;
      }
    }
  }
  return { log: { read }, last: writer.number };
}

async function numbersOf(log: Awaited<ReturnType<typeof breakingLog>>['log']): Promise<readonly number[]> {
  const numbers: number[] = [];
  for await (const commits of readOn(log, ORIGIN)) {
    numbers.push(...commits.flatMap(({ events }) => events.map(({ number }) => number)));
  }
  return numbers;
}

describe('reading on', () => {
  it('gives each commit once, however often the reading breaks off', async () => {
    const { log, last } = await breakingLog(1);
    expect(await numbersOf(log)).toEqual(Array.from({ length: last }, (_unused, place) => place + 1));
  });

  it('ends where a reading gets no further', async () => {
    const { log } = await breakingLog(0);
    await expect(numbersOf(log)).rejects.toBeInstanceOf(LogUnavailableError);
  });
});
