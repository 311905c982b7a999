import type { RequestGroup, ResourceRequest, TraitDemand } from '@fleetbook/domain';

/** An amount that one provider must give whole, and `count` distinct ones must. */
export interface AmountDemand {
  readonly amount: number;
  readonly count: number;
}

/** What any node that serves a request must have of one class, over all its providers. */
export interface ClassDemand {
  readonly class: string;
  readonly amounts: readonly AmountDemand[];
  /** The sum of all amounts. */
  readonly sum: number;
}

/**
 * Necessary conditions of a request, cheap to judge on columns. A node that breaks one cannot serve the request;
 * one that meets them all still has to be judged by the decider's own rules.
 */
export interface FleetDemand {
  readonly classes: readonly ClassDemand[];
  /** The tree must have all of these. */
  readonly required: readonly string[];
  /** The tree must have one of each list. */
  readonly anyOf: readonly (readonly string[])[];
  /** The tree must have none of these. */
  readonly forbidden: readonly string[];
}

export function demandOf(request: ResourceRequest): FleetDemand {
  const classes = new Map<string, ClassDemand>();
  addAmounts(classes, request.resources ?? {}, 1);
  const groups = request.groups ?? [];
  for (const group of groups) {
    addAmounts(classes, group.resources, group.count ?? 1);
  }
  return {
    classes: Array.from(classes.values()),
    // What a named group demands of one provider is demanded of the tree too; what it forbids is not.
    required: [...(request.traits?.required ?? []), ...groups.flatMap((group) => group.traits?.required ?? [])],
    anyOf: [...(request.traits?.anyOf ?? []), ...groups.flatMap((group) => group.traits?.anyOf ?? [])],
    forbidden: request.traits?.forbidden ?? [],
  };
}

/** The conditions that a bare demand of traits puts on the tree. */
export function traitDemandOf(traits: TraitDemand | undefined): FleetDemand {
  return {
    classes: [],
    required: traits?.required ?? [],
    anyOf: traits?.anyOf ?? [],
    forbidden: traits?.forbidden ?? [],
  };
}

function addAmounts(classes: Map<string, ClassDemand>, amounts: RequestGroup['resources'], count: number): void {
  for (const [name, amount] of Object.entries(amounts)) {
    const known = classes.get(name);
    classes.set(name, {
      class: name,
      amounts: [...(known?.amounts ?? []), { amount, count }],
      sum: (known?.sum ?? 0) + amount * count,
    });
  }
}
