import { apply, emptyLedger, InstanceTable, type Ledger, type LedgerEvent } from '@fleetbook/domain';
import { recordHash } from '@fleetbook/event-log';
import { LedgerCapture, type LedgerChunk, ledgerChunks, ledgerDigest, restoreLedger } from '@fleetbook/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifeSteps } from '../testing/random-history.ts';
import { foldCommits, steps, writeHistory } from '../testing/random-steps.ts';
import { captureCheckpoint } from './capture.ts';

function fold(ledger: Ledger, events: readonly LedgerEvent[], capture?: LedgerCapture): void {
  for (const event of events) {
    const changes = apply(ledger, event);
    capture?.note(changes);
  }
}

/** But for what only hashes are kept of, which it says when it is asked for it. */
function expectSame(restored: Ledger | undefined, expected: Ledger): void {
  expect(restored).toEqual({ ...expected, instances: expect.anything(), heldBy: expect.anything() });
  for (const [id, instance] of expected.instances) expect(restored?.instances.get(id)).toEqual(instance);
  for (const node of expected.nodes.keys()) expect(restored?.heldBy.get(node)).toEqual(expected.heldBy.get(node));
  expect(restored === undefined ? undefined : ledgerDigest(restored)).toBe(ledgerDigest(expected));
}

describe('a captured ledger', () => {
  it.each([
    ['records', () => new InstanceTable()],
    ['hashes of what ended', () => new InstanceTable(0, recordHash, 2)],
  ])('comes back as it was captured, however it goes on while it is read, from %s', async (_what, tableOf) => {
    await fc.assert(
      fc.asyncProperty(steps, lifeSteps, fc.nat(1_000), fc.nat(7), async (all, life, cut, pace) => {
        const { commits } = await writeHistory(all, life);
        const place = 1 + (cut % commits.length);
        const first = commits.slice(0, place);
        const ledger = emptyLedger(tableOf());
        fold(
          ledger,
          first.flatMap(({ events }) => events),
        );
        const capture = new LedgerCapture(ledger);
        const later = commits.slice(place).flatMap(({ events }) => events);
        const chunks: LedgerChunk[] = [];
        for (const chunk of ledgerChunks(capture)) {
          chunks.push(structuredClone(chunk));
          fold(ledger, later.splice(0, pace), capture);
        }
        const folded = foldCommits(first);
        const checkpoint = captureCheckpoint(folded, folded.capture());
        if (checkpoint === undefined) {
          throw new Error('the history begins with a commit that creates the ledger');
        }
        const saved = { header: checkpoint.header, ledgerChunks: chunks, body: new Uint8Array() };
        const options = { slices: { pause: () => undefined }, instances: tableOf() };
        const restored = await restoreLedger(saved, options, async (each) => each);
        expectSame(restored.ok ? restored.value : undefined, folded.ledger);
      }),
      { numRuns: 60 },
    );
  });
});
