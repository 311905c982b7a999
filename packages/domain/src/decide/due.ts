import type { Actor } from '../actor.ts';
import type { DecidedEvent } from '../event.ts';
import type { Ledger } from '../ledger.ts';
import { MOST_DUE_OF_A_KIND } from '../most-due.ts';
import { policiesOf } from '../policies.ts';
import { outcomeFor } from './release-right.ts';

/** How many candidates one call looks at for the decisions of a kind. */
const MOST_CANDIDATES = 4_096;

/** Nobody is held to a deadline that passed while nobody was in office. */
const GRACE_MS = 60_000;

const WRITER: Actor = { role: 'system', id: 'writer' };

/** The entries of an index by second that stand at or before a time: the oldest second first, as they came into it. */
function* entriesUntil(index: ReadonlyMap<number, ReadonlySet<string>>, untilMs: number): Generator<string, void> {
  const seconds = [...index.keys()].filter((second) => second * 1_000 <= untilMs).sort((left, right) => left - right);
  for (const second of seconds) yield* index.get(second) ?? [];
}

const isOver = (deadline: number, lengthMs: number, at: number, electedAt: number): boolean =>
  at >= deadline && at >= electedAt + Math.min(lengthMs, GRACE_MS);

const expiryOf = (ledger: Ledger, id: string, at: number, electedAt: number): DecidedEvent | undefined => {
  const instance = ledger.instances.get(id);
  if (instance?.status !== 'held' || instance.claim.expiry === undefined) return undefined;
  const { expiry, node, claimId } = instance.claim;
  if (!isOver(expiry.expiresAt, expiry.ttlMs, at, electedAt)) return undefined;
  return { type: 'ClaimExpired', schemaVersion: 1, data: { node, instance: id, claimId } };
};

const confirmationOf = (
  ledger: Ledger,
  moveId: string,
  windowMs: number,
  at: number,
  electedAt: number,
): DecidedEvent | undefined => {
  const move = ledger.moves.get(moveId);
  if (move === undefined || !isOver(move.since + windowMs, windowMs, at, electedAt)) return undefined;
  const other = outcomeFor(ledger, WRITER, move);
  return { type: 'MoveAutoConfirmed', schemaVersion: 1, data: { instance: move.instance, moveId, other } };
};

const decisionsOn = (ids: Iterable<string>, decide: (id: string) => DecidedEvent | undefined): DecidedEvent[] => {
  const due: DecidedEvent[] = [];
  let candidates = 0;
  for (const id of ids) {
    if (due.length === MOST_DUE_OF_A_KIND || candidates === MOST_CANDIDATES) break;
    candidates += 1;
    const event = decide(id);
    if (event !== undefined) due.push(event);
  }
  return due;
};

/**
 * What the writer decides because time has passed, each event a decision of its own, to be appended while the state
 * is the one it was decided on: claims whose time to live is over, and moves that stayed `finished` for the
 * configured window. The oldest first; at most 64 of a kind in a call, the rest in the next one. `electedAt`: the time
 * of the newest WriterElected; nothing is due before it and the shorter of its own time and a minute. Epoch
 * milliseconds.
 */
export const dueDecisions = (ledger: Ledger, at: number, electedAt: number): readonly DecidedEvent[] => {
  const expired = decisionsOn(entriesUntil(ledger.expiring, at), (id) => expiryOf(ledger, id, at, electedAt));
  const windowMs = policiesOf(ledger).autoConfirmAfterMs;
  if (windowMs === undefined) return expired;
  const finished = entriesUntil(ledger.finished, at - windowMs);
  return [...expired, ...decisionsOn(finished, (id) => confirmationOf(ledger, id, windowMs, at, electedAt))];
};
