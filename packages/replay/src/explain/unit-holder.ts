import type { ChargeLine, Ledger, Move } from '@fleetbook/domain';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { Touch } from '../index/touches.ts';
import { positionsUntil } from '../past/event-source.ts';

/** An instance that holds a unit of a node: by its claim, or by the side of a move. */
export interface UnitHolder {
  readonly instance: string;
  readonly move?: Move;
}

export function holderOf(ledger: Ledger, node: string, unit: string): UnitHolder | undefined {
  for (const id of ledger.heldBy.get(node)) {
    const instance = ledger.instances.get(id);
    if (instance?.status === 'held' && hasUnit(instance.claim.charge, unit)) {
      return { instance: id };
    }
  }
  for (const id of ledger.sidesOn.get(node) ?? []) {
    const move = ledger.moves.get(id);
    if (move !== undefined && hasUnit(move.other?.counted ?? [], unit)) {
      return { instance: move.instance, move };
    }
  }
  return undefined;
}

function hasUnit(charge: readonly ChargeLine[], unit: string): boolean {
  return charge.some(({ units }) => units?.includes(unit));
}

interface HeldUnit extends UnitHolder {
  readonly node: string;
  readonly unit: string;
}

/**
 * The event from which on the instance has held the unit there without a break, be it by its claim or by the side of a
 * move: what it got with a move, it got when that was claimed. Undefined where that was before the first event that
 * is known.
 */
export async function numberSince(index: ReplayIndex, held: HeldUnit, last: number): Promise<number | undefined> {
  if (held.move?.otherSide === 'destination') {
    return claimOfMove(index, held.move.id, last);
  }
  // While the claim is at the other side of a move, the unit stays with the side.
  let isAway = held.move !== undefined;
  let since: number | undefined;
  let gotBy: string | undefined;
  for await (const { number, touch } of touchesBack(index, held.instance, last)) {
    if (hasIt(touch, held)) {
      since = number;
      gotBy = arrivalIn(touch, held);
      isAway = isReverted(touch, held);
    } else if (!isAway) {
      return gotBy === undefined ? (since ?? number) : claimOfMove(index, gotBy, last);
    }
  }
  if (gotBy !== undefined) {
    return claimOfMove(index, gotBy, last);
  }
  const before = (await index.start?.state())?.ledger;
  const hadIt = before !== undefined && holderOf(before, held.node, held.unit)?.instance === held.instance;
  return hadIt ? undefined : since;
}

function hasIt(touch: Touch, { instance, node, unit }: HeldUnit): boolean {
  const after = touch.instances?.findLast(({ id }) => id === instance);
  return after?.node === node && hasUnit(after.charge ?? [], unit);
}

/** The move by which the claim came to the node with this event. */
function arrivalIn({ moves = [] }: Touch, { instance, node }: HeldUnit): string | undefined {
  return moves.find(
    (move) =>
      move.instance === instance &&
      move.destination === node &&
      (move.state === 'switched' || (move.kind === 'unshelve' && move.state === 'completed')),
  )?.id;
}

/** Whether the claim came back with this event from where it was meanwhile. */
function isReverted({ moves = [] }: Touch, { instance, node }: HeldUnit): boolean {
  return moves.some((move) => move.instance === instance && move.source === node && move.state === 'reverted');
}

/** What changed the instance, newest first. */
async function* touchesBack(index: ReplayIndex, instance: string, last: number) {
  const numbers = await positionsUntil(index, keyOf.instance(instance), last);
  for (const segment of index.segments.toReversed()) {
    const inside = numbers.filter((number) => number > segment.after.number && number <= segment.end.number);
    const touches = inside.length === 0 ? undefined : await segment.touches(inside);
    for (const number of inside.toReversed()) {
      const touch = touches?.get(number);
      if (touch?.instances?.some(({ id }) => id === instance)) {
        yield { number, touch };
      }
    }
  }
}

async function claimOfMove(index: ReplayIndex, id: string, last: number): Promise<number | undefined> {
  const before = (await index.start?.state())?.ledger;
  const [first] = before?.moves.has(id) === true ? [] : await positionsUntil(index, keyOf.move(id), last);
  return first;
}
