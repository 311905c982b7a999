import type { ExplainedClass } from '@fleetbook/contracts';
import { type ChargeLine, type Command, figuresOf, type Ledger, type ResourceRequest } from '@fleetbook/domain';

/** How much of each class a request asks for in all. */
function amountsOf({ resources = {}, groups = [] }: ResourceRequest): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>(Object.entries(resources));
  for (const { resources: each, count = 1 } of groups) {
    for (const [name, amount] of Object.entries(each)) {
      amounts.set(name, (amounts.get(name) ?? 0) + amount * count);
    }
  }
  return amounts;
}

function amountsIn(charge: readonly ChargeLine[]): ReadonlyMap<string, number> {
  const amounts = new Map<string, number>();
  for (const { class: name, amount } of charge) {
    amounts.set(name, (amounts.get(name) ?? 0) + amount);
  }
  return amounts;
}

interface Demanding {
  readonly request?: ResourceRequest;
  readonly charge?: readonly ChargeLine[];
}

/**
 * What a command asks this node for, one that it concerns, by class: the parts of a batch all in all. Undefined for
 * commands that ask it for nothing.
 */
export function demandedOf(node: string, command: Command, ledger: Ledger): ReadonlyMap<string, number> | undefined {
  if (command.type !== 'AtomicBatch') {
    return demandedBy(command, ledger);
  }
  const amounts = new Map<string, number>();
  for (const part of command.commands.filter((each) => placesAskedOf(each).includes(node))) {
    for (const [name, amount] of demandedBy(part, ledger) ?? []) {
      amounts.set(name, (amounts.get(name) ?? 0) + amount);
    }
  }
  return amounts.size === 0 ? undefined : amounts;
}

/** The nodes that may be charged. */
function placesAskedOf(command: Command): readonly string[] {
  switch (command.type) {
    case 'ClaimInstance':
      return [command.node, ...(command.alternates ?? [])];
    case 'RebuildInstance':
      return [command.node];
    case 'ClaimMove':
      return [command.destination];
    default:
      return [];
  }
}

function demandedBy(command: Command, ledger: Ledger): ReadonlyMap<string, number> | undefined {
  switch (command.type) {
    case 'ClaimInstance':
    case 'RebuildInstance':
    case 'AdoptInstance':
      return demanded(command);
    case 'ClaimMove':
      return demanded(command) ?? asBefore(ledger, command.instance);
    default:
      return undefined;
  }
}

function demanded({ request, charge }: Demanding): ReadonlyMap<string, number> | undefined {
  if (charge !== undefined) {
    return amountsIn(charge);
  }
  return request === undefined ? undefined : amountsOf(request);
}

/** A move without a request of its own asks for what its claim holds. */
function asBefore(ledger: Ledger, id: string): ReadonlyMap<string, number> | undefined {
  const instance = ledger.instances.get(id);
  return instance?.status === 'held' ? amountsIn(instance.claim.charge) : undefined;
}

/** Figures of a node in these classes; without any, in all that the node has. */
export function classFigures(
  ledger: Ledger,
  id: string,
  demand: ReadonlyMap<string, number> | undefined,
): readonly ExplainedClass[] {
  const node = ledger.nodes.get(id);
  if (node === undefined) {
    return [];
  }
  const all = node.tree.providers.flatMap(({ inventories }) => inventories.map((inventory) => inventory.class));
  return Array.from(demand?.keys() ?? new Set(all))
    .sort()
    .map((name) => {
      const requested = demand?.get(name);
      return { class: name, ...(requested === undefined ? {} : { requested }), ...figuresOf(node, name) };
    });
}
