import type { Predicate, PredicateTerm } from '@fleetbook/contracts';
import type { Ledger, LedgerEvent } from '@fleetbook/domain';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { Segment } from '../index/segment.ts';
import { classesOf } from '../index/touches.ts';
import { BurstTrack, TotalTrack } from './count-tracks.ts';
import { CellTrack, NodeTrack } from './figure-tracks.ts';
import { holds, type Track } from './track.ts';

type ReadonlyNodes = Pick<Ledger['nodes'], 'get'>;

/** What a term came to with a decision; 0 where there was no figure yet. */
export interface TermTurn {
  readonly term: PredicateTerm;
  readonly before: number;
  readonly value: number;
  readonly wasTrue: boolean;
  readonly isTrue: boolean;
}

/** A decision with which a predicate became true. */
export interface Turn {
  /** Of the decision's first and last event. */
  readonly first: number;
  readonly last: number;
  /** It was true just before. */
  readonly wasTrue: boolean;
  /** In the order of the predicate. */
  readonly terms: readonly TermTurn[];
}

export interface Found {
  /** Undefined: it was never true. */
  readonly turn?: Turn;
  /** It was true in the state before the first event that is known. */
  readonly wasTrueBefore: boolean;
  /** Events that were looked at. */
  readonly examined: number;
}

/** The first decision after which the predicate is true, up to event `last`. */
export async function findTurn(index: ReplayIndex, predicate: Predicate, last: number): Promise<Found> {
  const nodes = (await index.start?.state())?.ledger.nodes;
  const tracks = termsOf(predicate).map((term) => trackOf(term, nodes));
  let wasTrueBefore = false;
  let examined = 0;
  for (const segment of index.segments.filter(({ after }) => after.number < last)) {
    const canHold = new Map<PredicateTerm, boolean>();
    for (const track of tracks) {
      canHold.set(track.term, await track.enter(segment, last));
    }
    if (isTrue(predicate, (term) => canHold.get(term) === true)) {
      // What has been so since before the first event that is known shows with that event.
      const isFirst = segment.hasEvents && segment.after.number === index.start?.end.number;
      const found = await findIn(segment, predicate, tracks, isFirst ? [segment.after.number + 1] : []);
      examined += found.examined;
      if (found.turn !== undefined) {
        return { turn: found.turn, wasTrueBefore, examined };
      }
    }
    for (const track of tracks) {
      await track.leave();
    }
    wasTrueBefore ||= !segment.hasEvents && isTrueAt(predicate, tracks, segment.end.number, segment.lastAt);
  }
  return { wasTrueBefore, examined };
}

export function termsOf(predicate: Predicate): readonly PredicateTerm[] {
  return 'parts' in predicate ? predicate.parts.flatMap(termsOf) : [predicate];
}

/** @param nodes before the first event that is known. */
function trackOf(term: PredicateTerm, nodes: ReadonlyNodes | undefined): Track {
  if (term.kind === 'figure') {
    const { node } = term;
    return node === undefined
      ? new CellTrack(term)
      : new NodeTrack(term, node, classesOf(nodes?.get(node)?.tree.providers ?? []));
  }
  return term.withinMs === undefined ? new TotalTrack(term) : new BurstTrack(term, term.withinMs);
}

function isTrue(predicate: Predicate, isTermTrue: (term: PredicateTerm) => boolean): boolean {
  switch (predicate.kind) {
    case 'and':
      return predicate.parts.every((part) => isTrue(part, isTermTrue));
    case 'or':
      return predicate.parts.some((part) => isTrue(part, isTermTrue));
    default:
      return isTermTrue(predicate);
  }
}

function isTrueAt(predicate: Predicate, tracks: readonly Track[], number: number, at: number): boolean {
  const trues = new Set(tracks.filter((track) => holds(track.term, track.valueAt(number, at))).map(({ term }) => term));
  return isTrue(predicate, (term) => trues.has(term));
}

/** @param besides events that are looked at whatever they change. */
async function findIn(
  segment: Segment,
  predicate: Predicate,
  tracks: readonly Track[],
  besides: readonly number[],
): Promise<Pick<Found, 'turn' | 'examined'>> {
  const numbers = new Set(besides);
  for (const track of tracks) {
    (await track.read()).forEach((number) => void numbers.add(number));
  }
  const byTerm = new Map(tracks.map((track) => [track.term, track]));
  const holdsAt = (number: number, at: number): boolean =>
    isTrue(predicate, (term) => holds(term, byTerm.get(term)?.valueAt(number, at)));
  const sorted = Array.from(numbers).sort((one, other) => one - other);
  const needsTimes = tracks.some(({ term }) => term.kind === 'count' && term.withinMs !== undefined);
  const times = needsTimes ? await timesOf(segment, sorted) : undefined;
  let decided = 0;
  for (const number of sorted) {
    if (number <= decided || !holdsAt(number, times?.get(number) ?? 0)) {
      continue;
    }
    const [event] = await segment.events([number]);
    // It has to hold at the end of the decision: nobody saw the middle of one.
    decided = event === undefined ? number : lastOf(event);
    if (event !== undefined && holdsAt(decided, event.at)) {
      return { turn: turnAt(event, predicate, tracks), examined: sorted.indexOf(number) + 1 };
    }
  }
  return { examined: sorted.length };
}

async function timesOf(segment: Segment, numbers: readonly number[]): Promise<ReadonlyMap<number, number>> {
  return new Map((await segment.events(numbers)).map(({ number, at }) => [number, at]));
}

function lastOf({ number, index, count }: LedgerEvent): number {
  return number - index + count - 1;
}

function turnAt(event: LedgerEvent, predicate: Predicate, tracks: readonly Track[]): Turn {
  const first = event.number - event.index;
  const last = lastOf(event);
  const terms = tracks.map((track): TermTurn => {
    const [before, value] = [track.valueAt(first - 1, event.at), track.valueAt(last, event.at)];
    const { term } = track;
    return {
      ...{ term, before: before ?? 0, value: value ?? 0 },
      ...{ wasTrue: holds(term, before), isTrue: holds(term, value) },
    };
  });
  const wereTrue = new Set(terms.filter(({ wasTrue }) => wasTrue).map(({ term }) => term));
  return { first, last, wasTrue: isTrue(predicate, (term) => wereTrue.has(term)), terms };
}
