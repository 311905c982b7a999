import { emptyLedger, type Instance, InstanceTable } from '@fleetbook/domain';
import { createDigest } from '@fleetbook/event-log';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstanceShare, newTurns } from './instance-share.ts';
import { ledgerDigest } from './ledger-digest.ts';
import { type InstanceChunk, instanceChunks } from './write-instances.ts';

const anyInstance: fc.Arbitrary<Instance> = fc
  .record({ number: fc.nat({ max: 80 }), node: fc.constantFrom('a', 'b', 'ü'), isEnded: fc.boolean() })
  .map(({ number, node, isEnded }): Instance => {
    const id = `i-${number}`;
    const shared = { node, status: 'confirmed' as const, requestText: `{"on":"${node}"}`, charge: [] };
    const claim = { ...shared, claimId: `claim-${number}`, claimant: { role: 'scheduler' as const, id: node } };
    return isEnded ? { status: 'ended', id, touchedAt: 1 } : { status: 'held', id, claim };
  });

describe('shares of saved instances', () => {
  it('add up to the digest of all of them, whoever has time when', () => {
    const instances = fc.array(anyInstance, { maxLength: 80 });
    fc.assert(
      fc.property(instances, fc.integer({ min: 1, max: 4 }), fc.infiniteStream(fc.nat()), (written, count, whose) => {
        const table = new InstanceTable();
        for (const instance of written) table.set(instance.id, instance);
        const chunks: readonly InstanceChunk[] = [...instanceChunks(table.capture().stretches(4))];
        const turns = newTurns();
        const left = Array.from({ length: count }, () => ({
          share: new InstanceShare(turns),
          chunks: chunks.values(),
        }));
        const digest = createDigest();
        while (left.length > 0) {
          const place = (whose.next().value ?? 0) % left.length;
          const next = left[place]?.chunks.next();
          if (next?.done === false) left[place]?.share.add(next.value);
          else for (const { share } of left.splice(place, 1)) digest.include(share.hex());
        }
        expect(digest.hex()).toBe(ledgerDigest(emptyLedger(table)));
      }),
      { numRuns: 300 },
    );
  });
});
