import { type ExplainQuery, type FleetbookError, fleetbookError } from '@fleetbook/contracts';
import { type ChargeLine, fail, type Ledger, type LedgerEvent, type Result, succeed } from '@fleetbook/domain';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { firstsOfCommand, positionsUntil, readNumbers } from '../past/event-source.ts';
import { firstOfFile, isKnownBefore } from '../past/known-before.ts';
import type { ViewOfPast } from '../past/view-of-past.ts';

/**
 * The decision that a question is about, up to event `last`: all of its events. `viewAtLast` is asked only about units.
 * Errors: NOT_FOUND.
 */
export async function findDecision(
  index: ReplayIndex,
  query: ExplainQuery,
  last: number,
  viewAtLast: () => Promise<ViewOfPast>,
): Promise<Result<readonly LedgerEvent[], FleetbookError>> {
  const number = await numberOf(index, query, last, viewAtLast);
  const [event] = number === undefined || number > last ? [] : await readNumbers(index, [number]);
  if (event === undefined) {
    return fail(fleetbookError('NOT_FOUND', { ...subjectOf(query), ...(await beforeFile(index, query, viewAtLast)) }));
  }
  return succeed(await decisionOf(index, event));
}

/** All events of the decision that an event belongs to. */
export function decisionOf(index: ReplayIndex, { number, index: place, count }: LedgerEvent) {
  return readNumbers(
    index,
    Array.from({ length: count }, (_unused, offset) => number - place + offset),
  );
}

function subjectOf({ command, event, unit, node }: ExplainQuery): { readonly kind: string; readonly id: string } {
  if (command !== undefined) {
    return { kind: 'command', id: command };
  }
  return event === undefined ? { kind: 'held unit', id: `${unit} of node ${node}` } : { kind: 'event', id: `${event}` };
}

/** Why a file does not have a decision that there was. */
async function beforeFile(
  index: ReplayIndex,
  { command, event, unit = '', node = '' }: ExplainQuery,
  viewAtLast: () => Promise<ViewOfPast>,
): Promise<{ readonly kind?: string; readonly first?: number; readonly reason?: string }> {
  const first = firstOfFile(index);
  if (first === undefined) {
    return {};
  }
  const begins = `event ${first}, with which the file begins`;
  if (event !== undefined) {
    return event < first ? { first, reason: `it was before ${begins}` } : {};
  }
  if (command !== undefined) {
    return (await isKnownBefore(index, { command }))
      ? { kind: 'event of command', first, reason: `it was decided before ${begins}` }
      : {};
  }
  const holder = holderOf((await viewAtLast()).ledger, node, unit);
  return holder === undefined ? {} : { kind: 'event of held unit', first, reason: `${holder} got it before ${begins}` };
}

async function numberOf(
  index: ReplayIndex,
  query: ExplainQuery,
  last: number,
  viewAtLast: () => Promise<ViewOfPast>,
): Promise<number | undefined> {
  if (query.event !== undefined) {
    return query.event;
  }
  if (query.command !== undefined) {
    const [first] = await firstsOfCommand(index, query.command, last);
    return first?.number;
  }
  const { unit = '', node = '' } = query;
  const instance = holderOf((await viewAtLast()).ledger, node, unit);
  if (instance === undefined) {
    return undefined;
  }
  const before = (await index.start?.state())?.ledger;
  const hadIt = before !== undefined && holderOf(before, node, unit) === instance;
  return numberSince(index, { instance, unit, hadIt }, last);
}

function holderOf(ledger: Ledger, node: string, unit: string): string | undefined {
  for (const id of ledger.heldBy.get(node)) {
    const instance = ledger.instances.get(id);
    if (instance?.status === 'held' && hasUnit(instance.claim.charge, unit)) {
      return id;
    }
  }
  const sides = Array.from(ledger.sidesOn.get(node) ?? [], (moveId) => ledger.moves.get(moveId));
  return sides.find((move) => hasUnit(move?.other?.counted ?? [], unit))?.instance;
}

function hasUnit(charge: readonly ChargeLine[], unit: string): boolean {
  return charge.some(({ units }) => units?.includes(unit));
}

interface HeldUnit {
  readonly instance: string;
  readonly unit: string;
  /** It held it before the first event that is known. */
  readonly hadIt: boolean;
}

/**
 * The event from which on the instance has held the unit without a break; the unit of a side counts with its move.
 * Undefined where that was before the first event that is known.
 */
async function numberSince(index: ReplayIndex, { instance, unit, hadIt }: HeldUnit, last: number) {
  const numbers = await positionsUntil(index, keyOf.instance(instance), last);
  let since: number | undefined;
  for (const segment of index.segments.toReversed()) {
    const inside = numbers.filter((number) => number > segment.after.number && number <= segment.end.number);
    const touches = inside.length === 0 ? undefined : await segment.touches(inside);
    for (const number of inside.toReversed()) {
      const touch = touches?.get(number)?.instances?.findLast(({ id }) => id === instance);
      if (touch !== undefined && !hasUnit(touch.charge ?? [], unit)) {
        return since ?? number;
      }
      since = touch === undefined ? since : number;
    }
  }
  return hadIt ? undefined : since;
}
