import { availableOf, type ChargeLine, type Node, offeredOf, type ResourceRequest } from '@fleetbook/domain';

interface Asked {
  readonly amount: number;
  readonly units: readonly string[];
}

/**
 * Which lines charged on a node may be in the way of a request: those of an inventory that could not give, besides what
 * it is charged, all that the request asks of its class, or of which a unit that it names is taken.
 */
export function shortLinesOf({ tree }: Node, request: ResourceRequest): (line: ChargeLine) => boolean {
  const asked = Array.from(askedOf(request));
  const short = new Set(
    tree.providers.flatMap((provider) =>
      asked.flatMap(([name, { amount, units }]) => {
        const inventory = offeredOf(provider, name);
        const isShort =
          inventory !== undefined &&
          (availableOf(inventory) < amount || units.some((unit) => inventory.takenUnits.includes(unit)));
        return isShort ? [keyOf(provider.id, name)] : [];
      }),
    ),
  );
  return (line) => short.has(keyOf(line.provider, line.class));
}

/** Class by class what all groups ask for together. */
function askedOf({ resources = {}, units, groups = [] }: ResourceRequest): ReadonlyMap<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const each of [{ resources, units, count: 1 }, ...groups]) {
    for (const [name, amount] of Object.entries(each.resources)) {
      const before = asked.get(name) ?? { amount: 0, units: [] };
      asked.set(name, {
        amount: before.amount + amount * (each.count ?? 1),
        units: [...before.units, ...(each.units?.[name] ?? [])],
      });
    }
  }
  return asked;
}

function keyOf(provider: string, name: string): string {
  return `${provider} ${name}`;
}
