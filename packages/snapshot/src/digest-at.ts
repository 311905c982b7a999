import { apply, canonicalRecords, type Ledger } from '@fleetbook/domain';
import { type EventLog, ORIGIN } from '@fleetbook/event-log';
import type { Slices } from '@fleetbook/operations';
import { endedDigest } from './ended-digest.ts';
import { firstLedger } from './first-ledger.ts';

/** Records hashed between two looks at the clock. */
const DIGEST_STEP = 64;

/**
 * The digest of the inventory after event `upTo`, from a fold of its own that begins with the first event; undefined
 * when the log ends before. Throws what reading the log and folding an event throw.
 */
export async function digestAt(log: EventLog, upTo: number, slices: Slices): Promise<string | undefined> {
  const ledger = firstLedger();
  for await (const commits of log.read(ORIGIN)) {
    for (const { events } of commits) {
      for (const event of events) {
        apply(ledger, event);
        if (event.number === upTo) {
          return digestOf(ledger, slices);
        }
      }
      await slices.pause();
    }
  }
  return undefined;
}

/** Of a ledger that does not change meanwhile. */
async function digestOf(ledger: Ledger, slices: Slices): Promise<string> {
  const digest = endedDigest(ledger.instances);
  let hashed = 0;
  for (const record of canonicalRecords(ledger)) {
    digest.add(record);
    hashed += 1;
    if (hashed % DIGEST_STEP === 0) {
      await slices.pause();
    }
  }
  return digest.hex();
}
