import type { Inventory, Node, Provider } from '../ledger.ts';
import type { ChargeLine, ResourceRequest, TraitDemand } from '../request.ts';

/** One copy of a group, or one class of the default group, as the rules in the documentation put it. */
interface Part {
  readonly group: string;
  readonly isIsolated: boolean;
  readonly resources: Readonly<Record<string, number>>;
  readonly units: Readonly<Record<string, readonly string[]>>;
  readonly traits: TraitDemand;
}

const partsOf = (request: ResourceRequest): Part[] => [
  ...Object.entries(request.resources ?? {}).map(([name, amount]) => ({
    group: '',
    isIsolated: false,
    resources: { [name]: amount },
    units: request.units?.[name] === undefined ? {} : { [name]: request.units[name] },
    traits: {},
  })),
  ...(request.groups ?? []).flatMap((group) =>
    Array.from({ length: group.count ?? 1 }, () => ({
      group: group.name,
      isIsolated: group.isolate ?? false,
      resources: group.resources,
      units: group.units ?? {},
      traits: group.traits ?? {},
    })),
  ),
];

const meets = (traits: ReadonlySet<string>, demand: TraitDemand): boolean =>
  (demand.required ?? []).every((trait) => traits.has(trait)) &&
  !(demand.forbidden ?? []).some((trait) => traits.has(trait)) &&
  (demand.anyOf ?? []).every((list) => list.some((trait) => traits.has(trait)));

const offers = (inventory: Inventory, amount: number): boolean =>
  !inventory.isVanished &&
  amount >= inventory.minUnit &&
  amount <= inventory.maxUnit &&
  amount % inventory.stepSize === 0;

const holds = (provider: Provider, parts: readonly Part[]): boolean => {
  const named = parts.filter((part) => part.group !== '');
  const groups = named.map((part) => part.group);
  if (new Set(groups).size !== groups.length) return false;
  if (named.length > 1 && named.some((part) => part.isIsolated)) return false;
  const sums = new Map<string, number>();
  const units = new Map<string, string[]>();
  for (const part of parts) {
    if (part.group !== '' && !meets(new Set(provider.traits), part.traits)) return false;
    for (const [name, amount] of Object.entries(part.resources)) {
      const inventory = provider.inventories.find((each) => each.class === name);
      if (inventory === undefined || !offers(inventory, amount)) return false;
      sums.set(name, (sums.get(name) ?? 0) + amount);
      units.set(name, [...(units.get(name) ?? []), ...(part.units[name] ?? [])]);
    }
  }
  return provider.inventories.every((inventory) => {
    const sum = sums.get(inventory.class) ?? 0;
    const named = units.get(inventory.class) ?? [];
    const free = inventory.units?.filter((unit) => !inventory.takenUnits.includes(unit));
    if (sum === 0) return true;
    if (inventory.charged + sum > inventory.capacity) return false;
    if (new Set(named).size !== named.length) return false;
    return free === undefined ? named.length === 0 : sum <= free.length && named.every((unit) => free.includes(unit));
  });
};

/** Whether any assignment exists, by trying every one of them. For small requests on small trees only. */
export const existsAssignment = (node: Node, request: ResourceRequest): boolean => {
  const providers = node.tree.providers.filter((provider) => !provider.isVanished);
  const treeTraits = new Set(providers.flatMap((provider) => provider.traits));
  if (!meets(treeTraits, request.traits ?? {})) return false;
  const parts = partsOf(request);
  const given: Part[][] = providers.map(() => []);
  const tryFrom = (index: number): boolean => {
    const part = parts[index];
    if (part === undefined) return providers.every((provider, place) => holds(provider, given[place] ?? []));
    return providers.some((_, place) => {
      given[place]?.push(part);
      const isFound = tryFrom(index + 1);
      given[place]?.pop();
      return isFound;
    });
  };
  return tryFrom(0);
};

/** What is wrong with a charge on a node, whatever it was asked by; empty when nothing is. */
export const chargeFaults = (node: Node, charge: readonly ChargeLine[]): string[] =>
  charge.flatMap((line, index) => {
    const name = `${line.provider} ${line.class}`;
    const inventory = node.tree.providers
      .find((provider) => provider.id === line.provider)
      ?.inventories.find((each) => each.class === line.class);
    if (inventory === undefined) return [`${name} does not exist`];
    const isTwice = charge.findIndex((each) => `${each.provider} ${each.class}` === name) !== index;
    const units = line.units ?? [];
    const isFree = units.every((unit) => inventory.units?.includes(unit) && !inventory.takenUnits.includes(unit));
    return [
      ...(isTwice ? [`${name} is charged by two lines`] : []),
      ...(inventory.charged + line.amount > inventory.capacity ? [`${name} exceeds its capacity`] : []),
      ...((inventory.units === undefined) === (line.units === undefined) ? [] : [`${name} has units on one side only`]),
      ...(inventory.units !== undefined && new Set(units).size !== line.amount ? [`${name} has too few units`] : []),
      ...(isFree ? [] : [`${name} takes units that are not free`]),
    ];
  });
