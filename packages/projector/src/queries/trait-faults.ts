import type { TraitFault } from '@fleetbook/contracts';
import {
  type Amounts,
  type Node,
  offeredOf,
  type Provider,
  type ResourceRequest,
  type TraitDemand,
} from '@fleetbook/domain';

interface Faults {
  readonly missing: readonly (readonly string[])[];
  readonly forbidden: readonly string[];
}

/**
 * Which traits keep a node from a request, group by group. The default group needs its traits somewhere on the node; a
 * named group on the provider that it is taken from: of several, the one that comes nearest is told.
 */
export function traitFaultsOn({ tree }: Node, { traits, groups = [] }: ResourceRequest): readonly TraitFault[] {
  const present = tree.providers.filter(({ isVanished }) => !isVanished);
  const ofNode = faultsOf(traits, new Set(present.flatMap((provider) => provider.traits)));
  return [
    ...(countOf(ofNode) === 0 ? [] : [{ group: '', ...ofNode }]),
    ...groups.flatMap(({ name, resources, traits: wanted }) => {
      const nearest = nearestOf(offering(present, resources), wanted);
      return nearest === undefined || countOf(nearest) === 0 ? [] : [{ group: name, ...nearest }];
    }),
  ];
}

/** Those that have every class of the group; any, where none has. */
function offering(providers: readonly Provider[], resources: Amounts): readonly Provider[] {
  const names = Object.keys(resources);
  const offered = providers.filter((provider) => names.every((name) => offeredOf(provider, name) !== undefined));
  return offered.length === 0 ? providers : offered;
}

function nearestOf(providers: readonly Provider[], wanted: TraitDemand | undefined) {
  return providers
    .map(({ id, traits }) => ({ provider: id, ...faultsOf(wanted, new Set(traits)) }))
    .reduce<(Faults & { readonly provider: string }) | undefined>(
      (nearest, faults) => (nearest !== undefined && countOf(nearest) <= countOf(faults) ? nearest : faults),
      undefined,
    );
}

function faultsOf(
  { required = [], anyOf = [], forbidden = [] }: TraitDemand = {},
  traits: ReadonlySet<string>,
): Faults {
  const needed = [...required.map((trait) => [trait]), ...anyOf];
  return {
    missing: needed.filter((some) => !some.some((trait) => traits.has(trait))),
    forbidden: forbidden.filter((trait) => traits.has(trait)),
  };
}

function countOf({ missing, forbidden }: Faults): number {
  return missing.length + forbidden.length;
}
