import type { NamedUnits, RequestGroup, ResourceRequest, TraitDemand } from '../request.ts';

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
  /** Independent, and each item is one: whatever an item finds alone is its place. */
  readonly isSimple: boolean;
}

const needOf = (name: string, amount: number, units: NamedUnits | undefined): Need => {
  const named = units?.[name];
  return named === undefined ? { class: name, amount } : { class: name, amount, units: named };
};

const needsOf = (resources: Readonly<Record<string, number>>, units: NamedUnits | undefined): readonly Need[] =>
  Object.keys(resources).map((name) => needOf(name, resources[name] ?? 0, units));

const itemOf = ({ name, resources, units, count = 1, isolate = false, traits }: RequestGroup): Item => {
  const item = { group: name, needs: needsOf(resources, units), count, isIsolated: isolate };
  return traits === undefined ? item : { ...item, traits };
};

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
  const items: Item[] = [];
  for (const need of needsOf(request.resources ?? {}, request.units)) {
    items.push({ group: '', needs: [need], count: 1, isIsolated: false });
  }
  const groups = request.groups ?? [];
  for (const group of groups) items.push(itemOf(group));
  const isAnyIsolated = groups.length > 1 && groups.some((group) => group.isolate);
  const isIndependent = !isAnyIsolated && shareNoClass(items);
  const isSimple = isIndependent && items.every((item) => item.count === 1);
  const prepared = { items, isIndependent, isSimple };
  return request.traits === undefined ? prepared : { ...prepared, treeTraits: request.traits };
};
