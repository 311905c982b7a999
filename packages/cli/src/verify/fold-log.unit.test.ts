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
  return { log, writer, stated };
}

describe('the fold of a whole log', () => {
  it('proves each checkpoint in it', async () => {
    const { log, stated } = await history(() => false);
    expect((await foldLog(log, [], { milestoneEvents: 1 })).checkpoints).toEqual({
      proved: stated,
      refuted: [],
      revoked: [],
    });
  });

  it('names those that state another digest', async () => {
    const { log, stated } = await history((upTo) => upTo % 4 === 1);
    const { checkpoints } = await foldLog(log, [], { milestoneEvents: 1 });
    expect([...checkpoints.proved, ...checkpoints.refuted].sort((one, two) => one - two)).toEqual(stated);
    expect(checkpoints.refuted).toEqual(stated.filter((upTo) => upTo % 4 === 1));
    expect(checkpoints.refuted).not.toEqual([]);
  });

  it('holds nothing against one that was revoked', async () => {
    const { log, writer, stated } = await history((upTo) => upTo % 4 === 1);
    const revoked = stated.filter((upTo) => upTo % 4 === 1);
    const origin = { client: 'test', version: '0.0.0', host: 'localhost' };
    for (const upTo of revoked) {
      await writer.send({ role: 'operator', id: 'alice' }, { type: 'RevokeCheckpoint', origin, upTo, reason: 'wrong' });
    }
    const { checkpoints } = await foldLog(log, [], { milestoneEvents: 1 });
    expect(checkpoints).toEqual({ proved: stated.filter((upTo) => upTo % 4 !== 1), refuted: [], revoked });
  });

  it('says nothing of a checkpoint that stands at no milestone', async () => {
    const { log } = await history(() => true);
    expect((await foldLog(log, [])).checkpoints).toEqual({ proved: [], refuted: [], revoked: [] });
  });
});
