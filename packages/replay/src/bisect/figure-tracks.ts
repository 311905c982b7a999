import type { FigureTerm } from '@fleetbook/contracts';
import type { FigureRange } from '../index/class-sums.ts';
import { keyOf } from '../index/keys.ts';
import type { Segment } from '../index/segment.ts';
import type { ClassTouch } from '../index/touches.ts';
import { holds, type Step, type Track, valueAfter } from './track.ts';

function figureOf({ figure }: FigureTerm, [, charged, capacity]: ClassTouch): number {
  return { charged, capacity, headroom: capacity - charged }[figure];
}

/**
 * A figure of a node. It changes only with events that name the node, of which is kept what each left behind: they are
 * gone through from the first, whichever way the figure goes.
 */
export class NodeTrack implements Track {
  readonly term: FigureTerm;
  readonly #node: string;
  #value: number | undefined;
  #segment: Segment | undefined;
  #numbers: readonly number[] = [];
  #steps: readonly Step[] | undefined;

  /** @param before its classes before the first event that is known. */
  constructor(term: FigureTerm, node: string, before: readonly ClassTouch[]) {
    this.term = term;
    this.#node = node;
    const own = before.find(([name]) => name === term.class);
    this.#value = own && figureOf(term, own);
  }

  async enter(segment: Segment, last: number): Promise<boolean> {
    const numbers = await segment.concerning(keyOf.node(this.#node));
    this.#segment = segment;
    this.#numbers = numbers.filter((number) => number <= last);
    this.#steps = undefined;
    return this.#numbers.length > 0 || holds(this.term, this.#value);
  }

  async read(): Promise<readonly number[]> {
    this.#steps ??= await this.#readSteps();
    return this.#numbers;
  }

  valueAt(number: number): number | undefined {
    return valueAfter(this.#steps ?? [], number, this.#value);
  }

  async leave(): Promise<void> {
    await this.read();
    this.#value = this.#steps?.at(-1)?.value ?? this.#value;
  }

  /** Of a class that the node has no more, the figure is 0. */
  async #readSteps(): Promise<readonly Step[]> {
    const touches = this.#numbers.length === 0 ? undefined : await this.#segment?.touches(this.#numbers);
    let isKnown = this.#value !== undefined;
    return this.#numbers.flatMap((number): readonly Step[] => {
      const classes = touches?.get(number)?.nodes?.findLast(([id]) => id === this.#node)?.[1];
      const own = classes?.find(([name]) => name === this.term.class);
      isKnown ||= own !== undefined;
      const isChange = classes !== undefined && isKnown;
      return isChange ? [{ number, value: figureOf(this.term, own ?? [this.term.class, 0, 0]) }] : [];
    });
  }
}

/** A figure of all nodes together: segments in which it cannot be as wanted are passed over unread. */
export class CellTrack implements Track {
  readonly term: FigureTerm;
  #value: number | undefined;
  #range: FigureRange | undefined;
  #segment: Segment | undefined;
  #last = 0;
  #steps: readonly Step[] | undefined;

  constructor(term: FigureTerm) {
    this.term = term;
  }

  async enter(segment: Segment, last: number): Promise<boolean> {
    this.#segment = segment;
    this.#last = last;
    this.#range = segment.classes.find((each) => each.class === this.term.class)?.[this.term.figure];
    this.#steps = undefined;
    return segment.hasEvents && this.#range !== undefined && canHold(this.term, this.#range);
  }

  async read(): Promise<readonly number[]> {
    this.#steps ??= await this.#readSteps();
    return this.#steps.map(({ number }) => number);
  }

  valueAt(number: number): number | undefined {
    return valueAfter(this.#steps ?? [], number, this.#value);
  }

  async leave(): Promise<void> {
    this.#value = this.#range?.end;
  }

  async #readSteps(): Promise<readonly Step[]> {
    const segment = this.#segment;
    const first = (segment?.after.number ?? 0) + 1;
    const end = Math.min(segment?.end.number ?? 0, this.#last);
    const numbers = Array.from({ length: Math.max(0, end - first + 1) }, (_unused, place) => first + place);
    const touches = await segment?.touches(numbers);
    return numbers.flatMap((number): readonly Step[] => {
      const sum = touches?.get(number)?.cell?.find(([name]) => name === this.term.class);
      return sum === undefined ? [] : [{ number, value: figureOf(this.term, sum) }];
    });
  }
}

/** Whether a figure between two others may be as wanted: what lies between them need not have been reached. */
function canHold(term: FigureTerm, { least, most }: FigureRange): boolean {
  if (term.operator === '==') {
    return least <= term.value && term.value <= most;
  }
  return holds(term, least) || holds(term, most);
}
