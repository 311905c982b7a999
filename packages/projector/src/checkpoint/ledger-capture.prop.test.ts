import { apply, emptyLedger, type Ledger, type LedgerEvent } from '@fleetbook/domain';
import { LedgerCapture, type LedgerChunk, ledgerChunks, restoreLedger } from '@fleetbook/snapshot';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lifeSteps } from '../testing/random-history.ts';
import { foldCommits, steps, writeHistory } from '../testing/random-steps.ts';
import { captureCheckpoint } from './capture.ts';

const WITHOUT_PAUSES = { pause: () => undefined };

function fold(ledger: Ledger, events: readonly LedgerEvent[], capture?: LedgerCapture): void {
  for (const event of events) {
    const changes = apply(ledger, event);
    capture?.note(changes);
  }
}

describe('a captured ledger', () => {
  it('is what it was, however the ledger goes on while it is read, and comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(steps, lifeSteps, fc.nat(1_000), fc.nat(7), async (all, life, cut, pace) => {
        const { commits } = await writeHistory(all, life);
        const place = 1 + (cut % commits.length);
        const first = commits.slice(0, place);
        const ledger = emptyLedger();
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
        const restored = await restoreLedger({ header: checkpoint.header, ledgerChunks: chunks }, WITHOUT_PAUSES);
        expect(restored).toEqual(foldCommits(first).ledger);
      }),
      { numRuns: 60 },
    );
  });
});
