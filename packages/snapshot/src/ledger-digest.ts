import { canonicalRecords, type Ledger } from '@fleetbook/domain';
import { endedDigest } from './ended-digest.ts';

/** The digest of the inventory, of all records at once: 32 lower-case hex digits. */
export function ledgerDigest(ledger: Ledger): string {
  const digest = endedDigest(ledger.instances);
  for (const record of canonicalRecords(ledger)) {
    digest.add(record);
  }
  return digest.hex();
}
