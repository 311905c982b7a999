import type { DifferenceCounts } from '@fleetbook/contracts';

/** Two tables of records, and how to tell what differs between them. */
export interface Comparison<Entry, Stand, Row> {
  readonly before: ReadonlyMap<string, Entry>;
  readonly after: ReadonlyMap<string, Entry>;
  /** Whether both have the same record there; false when that cannot be told without reading them. */
  readonly isUntouched: (key: string) => boolean;
  /** Whether one that is on one side only differs for certain, so that it need not be read to be counted. */
  readonly isCertain?: (key: string) => boolean;
  /** A quick look that spares the slow one; false when it cannot tell. */
  readonly isSame: (before: Entry, after: Entry) => boolean;
  /** What is compared of a record, as JSON; undefined for one that counts as absent. */
  readonly stand: (entry: Entry) => Stand | undefined;
  readonly isAsked?: (before: Stand | undefined, after: Stand | undefined) => boolean;
  readonly row: (key: string, before: Stand | undefined, after: Stand | undefined, entry: Entry) => Row;
}

export interface Listed<Row> {
  /** By key. */
  readonly list: readonly Row[];
  readonly counts: DifferenceCounts;
}

/** @param limit rows listed at most. */
export function differences<Entry, Stand, Row>(
  comparison: Comparison<Entry, Stand, Row>,
  limit = Number.POSITIVE_INFINITY,
): Listed<Row> {
  const { before, after, isUntouched, isCertain = () => false, isSame, stand, isAsked = () => true, row } = comparison;
  const found: string[] = [];
  const counts = { added: 0, removed: 0, changed: 0 };

  function differ(key: string, kind: keyof typeof counts): void {
    counts[kind] += 1;
    found.push(key);
  }

  function look(key: string, one: Entry | undefined, other: Entry | undefined): void {
    if (one !== undefined && other !== undefined && isSame(one, other)) {
      return;
    }
    const left = one === undefined ? undefined : stand(one);
    const right = other === undefined ? undefined : stand(other);
    if (JSON.stringify(left) !== JSON.stringify(right) && isAsked(left, right)) {
      differ(key, left === undefined ? 'added' : right === undefined ? 'removed' : 'changed');
    }
  }

  for (const key of before.keys()) {
    if (!after.has(key) && isCertain(key)) {
      differ(key, 'removed');
    } else if (!isUntouched(key)) {
      look(key, before.get(key), after.get(key));
    }
  }
  for (const key of after.keys()) {
    if (before.has(key)) {
      continue;
    }
    if (isCertain(key)) {
      differ(key, 'added');
    } else {
      look(key, undefined, after.get(key));
    }
  }
  found.sort();
  const list = found.slice(0, limit).flatMap((key) => {
    const [one, other] = [before.get(key), after.get(key)];
    const entry = other ?? one;
    const standOf = (each: Entry | undefined) => (each === undefined ? undefined : stand(each));
    return entry === undefined ? [] : [row(key, standOf(one), standOf(other), entry)];
  });
  return { list, counts };
}
