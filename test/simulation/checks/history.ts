import { apply, emptyLedger } from '@fleetbook/domain';
import { ORIGIN } from '@fleetbook/event-log';
import { createMemoryLog } from '@fleetbook/event-log/memory';
import { foldReference, referenceDigest } from '@fleetbook/reference';
import { ledgerDigest } from '@fleetbook/snapshot';
import type { World } from '../world/world.ts';
import { LedgerBook } from './ledger-book.ts';
import type { Observer } from './observer.ts';
import { hold } from './violation.ts';

/** Reads the whole log once more and holds it against everything that clients were told. Throws Violation. */
export async function checkHistory({ observer, logServer }: World): Promise<void> {
  const again = new LedgerBook();
  for (const [place, stored] of logServer.store.commits.entries()) {
    again.add(stored?.bytes ?? new Uint8Array(), observer.book.commits[place]?.writer ?? '');
  }
  const digest = observer.book.digest();
  hold('a replay gives the same', again.number === observer.book.number && again.digest() === digest, () => digest);
  for (const { key, number } of observer.acknowledged) {
    const first = again.decisions.get(key);
    const last = first === undefined ? undefined : first.number + first.count - 1;
    hold('what was acknowledged is in the log', last === number, () => `${key} at event ${number}`);
  }
  const replayed = await replayedDigest(logServer.store);
  hold('a replay gives the same', replayed === digest, () => `read again: ${replayed}, live: ${digest}`);
  checkStatements(observer);
}

/** The product's reader and fold. */
async function replayedDigest(store: World['logServer']['store']): Promise<string> {
  const ledger = emptyLedger();
  for await (const commits of createMemoryLog({ store }).read(ORIGIN)) {
    for (const event of commits.flatMap(({ events }) => events)) {
      apply(ledger, event);
    }
  }
  return ledgerDigest(ledger);
}

/** Every digest that a service stated while it ran. */
function checkStatements({ statements, book }: Observer): void {
  const wanted = new Set(statements.map(({ number }) => number));
  const digests = new Map<number, string>();
  const state = foldReference([]);
  for (const event of book.events) {
    foldReference([event], state);
    if (wanted.has(event.number)) {
      digests.set(event.number, referenceDigest(state));
    }
  }
  for (const { from, number, digest } of statements) {
    hold('digests that were stated are true', digests.get(number) === digest, () => `${from} at event ${number}`);
  }
}
