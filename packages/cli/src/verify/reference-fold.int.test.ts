import { createMemoryLog } from '@fleetbook/event-log/memory';
import { addNode, claimOf, foundHistory, SCHEDULER } from '@fleetbook/projector/testing';
import { describe, expect, it } from 'vitest';
import { foldLog } from './fold-log.ts';

/** More commits than are on their way to a thread at once. */
async function longLog() {
  const log = createMemoryLog();
  const writer = await foundHistory(log);
  addNode(writer, 'a');
  for (let count = 1; count <= 100; count += 1) {
    await writer.send(SCHEDULER, claimOf('a', `i${count}`));
  }
  return { log, writer };
}

describe('the naive fold of a long log', () => {
  it('comes in a thread of its own to what it comes to here, also in the middle of the log', async () => {
    const { log, writer } = await longLog();
    const half = writer.bookmark.number >> 1;
    const { ledger: _, ...here } = await foldLog(log, [half]);
    const { ledger: __, ...apart } = await foldLog(log, [half], { aloneUpToCommits: 1 });
    expect(here.number).toBe(half);
    expect(apart).toEqual(here);
    expect(apart.reference).toBe(apart.replay);
  });

  it('finds there what an event broke', async () => {
    const { log, writer } = await longLog();
    const data = { node: 'a', charge: [{ provider: 'a.root', class: 'VCPU', amount: 1_000_000 }] };
    const origin = { client: 'test', version: '0.0.0', host: 'localhost' };
    const request = { resources: { VCPU: 1_000_000 } };
    const command = { type: 'ClaimInstance', origin, node: 'a', instance: 'too-large', request } as const;
    writer.forge({ type: 'InstanceClaimed', schemaVersion: 1, data }, command);
    await writer.flush();
    const { violations } = await foldLog(log, [], { aloneUpToCommits: 1 });
    expect(violations).toEqual([expect.stringContaining('1000000 of')]);
  });
});
