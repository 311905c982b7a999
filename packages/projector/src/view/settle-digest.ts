import type { Slices } from '@fleetbook/operations';
import type { DigestKeeper } from './digest-keeper.ts';

/** Records hashed between two looks at the clock, and at most left to be hashed. */
const DIGEST_STEP = 50;

/** The same, where others ask meanwhile and nobody waits for the digest. */
const MILESTONE_STEP = 10;

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

/** Hashes what the digest of a milestone waits for, unless it is given up. */
export async function settleMilestone(
  { digest }: { readonly digest: Pick<DigestKeeper, 'pendingAtMilestone' | 'work'> },
  slices: Slices,
  isGivenUp: () => boolean = () => false,
): Promise<void> {
  while (digest.pendingAtMilestone > 0 && !isGivenUp()) {
    digest.work(MILESTONE_STEP);
    await slices.pause();
  }
}
