import type { ResourceRequest, TraitDemand } from '@fleetbook/domain';

/** One class that one provider must give whole, `count` distinct ones of the tree. */
export interface PlainItem {
  readonly class: string;
  readonly amount: number;
  readonly count: number;
  /** Judged on the provider; the default group's traits are judged on the tree instead. */
  readonly traits: TraitDemand | undefined;
  readonly isOfDefaultGroup: boolean;
}

/**
 * The items of a request, in the decider's order, of which no two can get in each other's way: none names units or
 * asks for several classes at once, and no class is asked for twice. Undefined for any other request.
 */
export function plainItemsOf(request: ResourceRequest): readonly PlainItem[] | undefined {
  const groups = request.groups ?? [];
  const namesUnits = request.units !== undefined || groups.some((group) => group.units !== undefined);
  const isolates = groups.length > 1 && groups.some((group) => group.isolate === true);
  if (namesUnits || isolates) {
    return undefined;
  }
  const items = Object.entries(request.resources ?? {}).map(([name, amount]): PlainItem => {
    return { class: name, amount, count: 1, traits: undefined, isOfDefaultGroup: true };
  });
  for (const { resources, count = 1, traits } of groups) {
    const [first, ...others] = Object.entries(resources);
    if (first === undefined || others.length > 0) {
      return undefined;
    }
    const [name, amount] = first;
    items.push({ class: name, amount, count, traits, isOfDefaultGroup: false });
  }
  return new Set(items.map((item) => item.class)).size === items.length ? items : undefined;
}
