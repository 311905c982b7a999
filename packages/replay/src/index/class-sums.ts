import type { ClassTouch } from './touches.ts';

export interface FigureRange {
  readonly least: number;
  readonly most: number;
  /** At the end. */
  readonly end: number;
}

/** What all nodes together had of a class in a stretch of the log, also in the middle of its decisions. */
export interface ClassRange {
  readonly class: string;
  readonly charged: FigureRange;
  readonly capacity: FigureRange;
  readonly headroom: FigureRange;
}

/** Sums of the classes over all nodes, event after event. */
export class ClassSums {
  readonly #ranges = new Map<string, ClassRange>();

  /** @param before of the stretch before this one. */
  constructor(before: readonly ClassRange[] = []) {
    for (const { class: name, charged, capacity } of before) {
      this.#ranges.set(name, rangeAt(name, charged.end, capacity.end));
    }
  }

  /** Takes a node as it was and as it is; gives what all nodes have now of the classes that changed. */
  change(before: readonly ClassTouch[], after: readonly ClassTouch[]): readonly ClassTouch[] {
    const changes = new Map<string, readonly [charged: number, capacity: number]>();
    for (const [name, charged, capacity] of before) {
      changes.set(name, [-charged, -capacity]);
    }
    for (const [name, charged, capacity] of after) {
      const [chargedBefore, capacityBefore] = changes.get(name) ?? [0, 0];
      changes.set(name, [chargedBefore + charged, capacityBefore + capacity]);
    }
    return Array.from(changes).flatMap(([name, [charged, capacity]]) => this.#add(name, charged, capacity));
  }

  ranges(): readonly ClassRange[] {
    return Array.from(this.#ranges.values());
  }

  #add(name: string, addedCharge: number, addedCapacity: number): readonly ClassTouch[] {
    const known = this.#ranges.get(name);
    if (known !== undefined && addedCharge === 0 && addedCapacity === 0) {
      return [];
    }
    const charged = (known?.charged.end ?? 0) + addedCharge;
    const capacity = (known?.capacity.end ?? 0) + addedCapacity;
    const now = rangeAt(name, charged, capacity);
    this.#ranges.set(name, known === undefined ? now : joined(known, now));
    return [[name, charged, capacity]];
  }
}

function rangeAt(name: string, charged: number, capacity: number): ClassRange {
  const at = (end: number): FigureRange => ({ least: end, most: end, end });
  return { class: name, charged: at(charged), capacity: at(capacity), headroom: at(capacity - charged) };
}

function joined(known: ClassRange, now: ClassRange): ClassRange {
  const join = (one: FigureRange, { end }: FigureRange): FigureRange => ({
    least: Math.min(one.least, end),
    most: Math.max(one.most, end),
    end,
  });
  return {
    class: known.class,
    charged: join(known.charged, now.charged),
    capacity: join(known.capacity, now.capacity),
    headroom: join(known.headroom, now.headroom),
  };
}
