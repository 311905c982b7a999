import type { Predicate, PredicateOperator } from '@fleetbook/contracts';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { Segment } from '../index/segment.ts';

/** A decision with which a predicate became true. */
export interface Turn {
  /** Of the decision's first and last event. */
  readonly first: number;
  readonly last: number;
  readonly value: number;
  readonly before: number;
}

export interface Found {
  /** Undefined: it was never true. */
  readonly turn?: Turn;
  readonly examined: number;
}

type Figure = Extract<Predicate, { readonly kind: 'figure' }>;

/**
 * The first decision after which a figure of a node is as asked for. It changes only with events that name the node, of
 * which is kept what each left behind: they are gone through from the first, whichever way the figure goes.
 */
export async function findFigure(index: ReplayIndex, predicate: Figure, last: number): Promise<Found> {
  let value: number | undefined;
  let examined = 0;
  for (const segment of index.segments.filter(({ after }) => after.number < last)) {
    const numbers = (await segment.entities()).find(keyOf.node(predicate.node)).filter((number) => number <= last);
    examined += numbers.length;
    const steps = await stepsIn(segment, numbers, predicate, value !== undefined);
    for (const [place, step] of steps.entries()) {
      const turned = holds(predicate.operator, step.value ?? value, predicate.value);
      const turn = turned ? await decisionAt(segment, steps, place, predicate, value) : undefined;
      if (turn !== undefined) {
        return { turn, examined };
      }
      value = step.value ?? value;
    }
  }
  return { examined };
}

interface Step {
  readonly number: number;
  /** Absent: the event did not change the figure. */
  readonly value?: number;
}

async function stepsIn(
  segment: Segment,
  numbers: readonly number[],
  { node, class: name, figure }: Figure,
  wasKnown: boolean,
): Promise<readonly Step[]> {
  const touches = numbers.length === 0 ? undefined : await segment.touches(numbers);
  let isKnown = wasKnown;
  return numbers.map((number) => {
    const classes = touches?.get(number)?.nodes?.findLast(([id]) => id === node)?.[1];
    const own = classes?.find(([each]) => each === name);
    isKnown ||= own !== undefined;
    if (classes === undefined || !isKnown) {
      return { number };
    }
    const [, charged = 0, capacity = 0] = own ?? [];
    return { number, value: { charged, capacity, headroom: capacity - charged }[figure] };
  });
}

/** It has to hold at the end of the decision: nobody saw the middle of one. */
async function decisionAt(
  segment: Segment,
  steps: readonly Step[],
  place: number,
  { operator, value: wanted }: Figure,
  valueBefore: number | undefined,
): Promise<Turn | undefined> {
  const [event] = await segment.events([steps[place]?.number ?? 0]);
  if (event === undefined) {
    return undefined;
  }
  const first = event.number - event.index;
  const last = first + event.count - 1;
  const before = steps.slice(0, place).findLast(({ number, value }) => number < first && value !== undefined)?.value;
  const value = steps.findLast((step) => step.number <= last && step.value !== undefined)?.value ?? valueBefore;
  return value !== undefined && holds(operator, value, wanted)
    ? { first, last, value, before: before ?? valueBefore ?? 0 }
    : undefined;
}

/** Nothing is true of a figure that there is not yet. */
function holds(operator: PredicateOperator, value: number | undefined, wanted: number): boolean {
  if (value === undefined) {
    return false;
  }
  switch (operator) {
    case '>':
      return value > wanted;
    case '>=':
      return value >= wanted;
    case '<':
      return value < wanted;
    case '<=':
      return value <= wanted;
    case '==':
      return value === wanted;
    case '!=':
      return value !== wanted;
  }
}
