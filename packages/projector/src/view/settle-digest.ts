import type { Slices } from '@fleetbook/operations';
import type { DigestKeeper } from './digest-keeper.ts';

/** Records hashed between two looks at the clock, and at most left to be hashed. */
const DIGEST_STEP = 50;

/** What has changed since records were hashed last must not hold the process up in one go. */
export async function settleDigest(
  { digest }: { readonly digest: Pick<DigestKeeper, 'pending' | 'work'> },
  slices: Slices,
): Promise<void> {
  while (digest.pending > DIGEST_STEP) {
    digest.work(DIGEST_STEP);
    await slices.pause();
  }
}
