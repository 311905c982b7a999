import type { RecordDifference } from '@fleetbook/domain';
import type { Digest } from '@fleetbook/event-log';

/** Follows a change in a digest that contains what was before it. */
export function exchangeRecords(digest: Digest, { removed, added }: RecordDifference): void {
  for (const text of removed) {
    digest.remove(text);
  }
  for (const text of added) {
    digest.add(text);
  }
}
