import type { DifferenceCounts } from '@fleetbook/contracts';

/** Two tables of records, and how to tell what differs between them. */
export interface Comparison<Entry, Stand, Row> {
  readonly before: ReadonlyMap<string, Entry>;
  readonly after: ReadonlyMap<string, Entry>;
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

export function differences<Entry, Stand, Row>(comparison: Comparison<Entry, Stand, Row>): Listed<Row> {
  const { before, after, isSame, stand, isAsked = () => true, row } = comparison;
  const found: { readonly key: string; readonly row: Row }[] = [];
  const counts = { added: 0, removed: 0, changed: 0 };

  function look(key: string, one: Entry | undefined, other: Entry | undefined): void {
    if (one !== undefined && other !== undefined && isSame(one, other)) {
      return;
    }
    const left = one === undefined ? undefined : stand(one);
    const right = other === undefined ? undefined : stand(other);
    const entry = other ?? one;
    if (entry === undefined || JSON.stringify(left) === JSON.stringify(right) || !isAsked(left, right)) {
      return;
    }
    counts[left === undefined ? 'added' : right === undefined ? 'removed' : 'changed'] += 1;
    found.push({ key, row: row(key, left, right, entry) });
  }

  for (const [key, one] of before) {
    look(key, one, after.get(key));
  }
  for (const [key, other] of after) {
    if (!before.has(key)) {
      look(key, undefined, other);
    }
  }
  found.sort((left, right) => (left.key < right.key ? -1 : 1));
  return { list: found.map((each) => each.row), counts };
}
