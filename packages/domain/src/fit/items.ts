import type { NamedUnits, ResourceRequest, TraitDemand } from '../request.ts';

/** One class of an item. */
export interface Need {
  readonly class: string;
  readonly amount: number;
  readonly units?: readonly string[];
}

/** What one provider must give as a whole, `count` times from distinct providers. */
export interface Item {
  /** Empty for the default group, whose classes are items of their own. */
  readonly group: string;
  readonly needs: readonly Need[];
  readonly count: number;
  readonly isIsolated: boolean;
  /** Judged on the provider. The default group's traits are judged on the tree instead. */
  readonly traits?: TraitDemand;
}

/** A request taken apart, once for any number of nodes. */
export interface PreparedRequest {
  readonly items: readonly Item[];
  readonly treeTraits?: TraitDemand;
  /** No two items can get in each other's way, so each is placed by itself and no search is needed. */
  readonly isIndependent: boolean;
}

const needOf = (name: string, amount: number, units: NamedUnits | undefined): Need => {
  const named = units?.[name];
  return named === undefined ? { class: name, amount } : { class: name, amount, units: named };
};

const needsOf = (resources: Readonly<Record<string, number>>, units: NamedUnits | undefined): readonly Need[] =>
  Object.entries(resources).map(([name, amount]) => needOf(name, amount, units));

const shareNoClass = (items: readonly Item[]): boolean => {
  const seen = new Set<string>();
  for (const item of items) {
    for (const need of item.needs) {
      if (seen.has(need.class)) return false;
      seen.add(need.class);
    }
  }
  return true;
};

export const prepareRequest = (request: ResourceRequest): PreparedRequest => {
  const defaults: Item[] = needsOf(request.resources ?? {}, request.units).map((need) => ({
    group: '',
    needs: [need],
    count: 1,
    isIsolated: false,
  }));
  const named: Item[] = (request.groups ?? []).map((group) => ({
    group: group.name,
    needs: needsOf(group.resources, group.units),
    count: group.count ?? 1,
    isIsolated: group.isolate ?? false,
    ...(group.traits === undefined ? {} : { traits: group.traits }),
  }));
  const items = [...defaults, ...named];
  const isAnyIsolated = named.length > 1 && named.some((item) => item.isIsolated);
  return {
    items,
    ...(request.traits === undefined ? {} : { treeTraits: request.traits }),
    isIndependent: !isAnyIsolated && shareNoClass(items),
  };
};
