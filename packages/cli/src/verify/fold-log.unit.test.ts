import type { DecidedEvent } from '@fleetbook/domain';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { addNode, claimOf, foundHistory, SCHEDULER } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { foldLog } from './fold-log.ts';

/** Claims with a checkpoint after each commit, of the event before it; some state another digest. */
async function history(isFalse: (upTo: number) => boolean) {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'a');
  await writer.flush();
  const stated: number[] = [];
  for (let count = 1; count <= 4; count += 1) {
    const upTo = writer.bookmark.number;
    const { replay } = await foldLog(log, []);
    const data = { upTo, digestVersion: 1, digest: isFalse(upTo) ? 'f'.repeat(32) : replay };
    const checkpoint: DecidedEvent = { type: 'Checkpoint', schemaVersion: 1, data };
    writer.record([checkpoint]);
    await writer.send(SCHEDULER, claimOf('a', `i${count}`));
    stated.push(upTo);
  }
  return { log, stated };
}

describe('the fold of a whole log', () => {
  it('proves each checkpoint in it', async () => {
    const { log, stated } = await history(() => false);
    expect((await foldLog(log, [], [], 1)).checkpoints).toEqual({ proved: stated, refuted: [] });
  });

  it('names those that state another digest', async () => {
    const { log, stated } = await history((upTo) => upTo % 4 === 1);
    const { checkpoints } = await foldLog(log, [], [], 1);
    expect([...checkpoints.proved, ...checkpoints.refuted].sort((one, two) => one - two)).toEqual(stated);
    expect(checkpoints.refuted).toEqual(stated.filter((upTo) => upTo % 4 === 1));
    expect(checkpoints.refuted).not.toEqual([]);
  });

  it('says nothing of a checkpoint that stands at no milestone', async () => {
    const { log } = await history(() => true);
    expect((await foldLog(log, [])).checkpoints).toEqual({ proved: [], refuted: [] });
  });
});
