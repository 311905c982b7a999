import { type InstanceRecords, InstanceTable } from '@fleetbook/domain';
import { createDigest, type Digest } from '@fleetbook/event-log';

/** The part of the inventory's digest that instances have of which only hashes are kept. */
export function endedDigest(instances: InstanceRecords): Digest {
  const digest = createDigest();
  const ended = instances instanceof InstanceTable ? instances.ended : undefined;
  if (ended !== undefined) {
    const captured = ended.capture();
    for (const { hashes } of ended.stretches(captured)) {
      digest.addHashes(hashes);
    }
    ended.release(captured);
  }
  return digest;
}
