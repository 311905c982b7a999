import { type Claim, type Instance, InstanceTable, recordsOf } from '@fleetbook/domain';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InstanceTexts } from './instance-texts.ts';
import { InstanceReader } from './read-instances.ts';
import { type InstanceChunk, instanceChunks } from './write-instances.ts';

const CLAIM: Claim = {
  ...{ claimId: 'c', node: 'node-1', status: 'confirmed', requestText: '{}', charge: [], tenant: 'tenant-1' },
  claimant: { role: 'scheduler', id: 'scheduler-1' },
};

/** Of some the columns do not hold the claim, of some not even the ids. */
const anyClaim: fc.Arbitrary<Claim> = fc.record(
  {
    claimId: fc.oneof(fc.nat({ max: 99 }).map(String), fc.constantFrom('', 'ü', 'a"b')),
    node: fc.constantFrom('node-1', 'node-2', 'Knoten ü'),
    status: fc.constantFrom('unconfirmed' as const, 'confirmed' as const),
    claimant: fc.constantFrom({ role: 'scheduler' as const, id: 's' }, { role: 'agent' as const, id: 'ä"' }),
    requestText: fc.constantFrom('{}', '{"resources":{"VCPU":1}}'),
    charge: fc.constantFrom(
      [],
      [{ provider: 'node-1', class: 'VCPU', amount: 1 }],
      [{ provider: 'node-2', class: 'GPU', amount: 2, units: ['0', '1'] }],
    ),
    tenant: fc.constantFrom('tenant-1', 'Mieter "ä"'),
    labels: fc.constant({ team: 'one' }),
    expiry: fc.constant({ ttlMs: 1, expiresAt: 2 }),
  },
  { requiredKeys: ['claimId', 'node', 'status', 'claimant', 'requestText', 'charge'] },
);

const anyInstance: fc.Arbitrary<Instance> = fc
  .oneof(
    fc.nat({ max: 40 }).map((number) => `instance-${number}`),
    fc.constantFrom('', 'größer', 'x'.repeat(300)),
  )
  .chain((id) =>
    fc.oneof(
      fc.record({
        status: fc.constant('held' as const),
        id: fc.constant(id),
        claim: anyClaim,
        touchedAt: fc.integer({ min: 1 }),
      }),
      fc.constant<Instance>({ status: 'held', id, claim: { ...CLAIM, claimId: `claim-of-${id}` } }),
      fc.constant<Instance>({ status: 'ended', id, touchedAt: 7 }),
    ),
  );

const NO_NODES = { share: () => undefined };

const chunkOnDisk = ({ bytes, ...rest }: InstanceChunk): InstanceChunk => ({
  ...JSON.parse(JSON.stringify(rest)),
  bytes: Buffer.from(bytes),
});

const textsOf = (after: Instance): readonly string[] =>
  recordsOf({ table: 'instances', key: after.id, before: undefined, after }, 'after');

describe('instances in chunks', () => {
  it('come back as they were, with the canonical texts of their records', () => {
    const instances = fc.array(anyInstance, { maxLength: 60 });
    fc.assert(
      fc.property(instances, (written) => {
        const table = new InstanceTable();
        for (const instance of written) table.set(instance.id, instance);
        const again = new InstanceTable();
        const reader = new InstanceReader(NO_NODES);
        const told = new InstanceTexts();
        const texts: string[] = [];
        for (const chunk of instanceChunks(table.capture().stretches(4))) {
          again.append(reader.read(chunkOnDisk(chunk)));
          told.learn(chunkOnDisk(chunk));
          told.tell(chunkOnDisk(chunk), (text) => texts.push(text));
        }
        expect([...again]).toEqual([...table]);
        expect(texts).toEqual([...table.values()].flatMap(textsOf));
      }),
      { numRuns: 300 },
    );
  });

  it('are refused where they name what no table holds', () => {
    const table = new InstanceTable();
    table.set('i', { status: 'held', id: 'i', claim: CLAIM });
    const chunks = [...instanceChunks(table.capture().stretches())];
    for (const chunk of chunks) {
      for (const broken of [
        { ...chunk, claimants: [] },
        { ...chunk, bytes: chunk.bytes.subarray(1, 20) },
      ]) {
        expect(() => new InstanceReader(NO_NODES).read(broken)).toThrow(RangeError);
        const told = new InstanceTexts();
        told.learn(broken);
        expect(() => told.tell(broken, () => undefined)).toThrow(RangeError);
      }
    }
    expect(chunks).toHaveLength(1);
  });
});
