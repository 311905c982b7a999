import { chargedOn, inUnitOrder } from './charges.ts';
import type { InventoryPolicy, OverlayTarget, ReportedInventory } from './command.ts';
import type { ReferenceInventory, ReferenceNode, ReferenceProvider } from './state.ts';

type Stated = Pick<ReportedInventory, 'class' | 'total'> & {
  readonly [Key in keyof ReportedInventory]?: ReportedInventory[Key] | undefined;
};

/**
 * An inventory as stated by a report or an overlay. Of what is left open, the reserve and the ratio stay as they
 * were before, or else as an operator fixed them.
 */
export function figuresOf(
  node: ReferenceNode,
  provider: string,
  stated: Stated,
  before: ReferenceInventory | undefined,
): Omit<ReferenceInventory, 'isOverlay'> {
  const policy = node.policies.find((known) => known.provider === provider && known.class === stated.class);
  return {
    class: stated.class,
    total: stated.total,
    reserved: stated.reserved ?? before?.reserved ?? policy?.reserved ?? 0,
    minUnit: stated.minUnit ?? 1,
    maxUnit: stated.maxUnit ?? Number.MAX_SAFE_INTEGER,
    stepSize: stated.stepSize ?? 1,
    allocationRatioMillionths:
      stated.allocationRatioMillionths ??
      before?.allocationRatioMillionths ??
      policy?.allocationRatioMillionths ??
      1_000_000,
    units: inUnitOrder(stated.units ?? []),
    isVanished: false,
  };
}

/** Fixes figures; one that a policy leaves out stays fixed as it was. */
export function setPolicies(node: ReferenceNode, policies: readonly InventoryPolicy[]): void {
  for (const policy of policies) {
    const isSame = (other: InventoryPolicy) => other.provider === policy.provider && other.class === policy.class;
    const before = node.policies.find(isSame);
    node.policies = [...node.policies.filter((other) => !isSame(other)), { ...before, ...policy }];
    const { reserved, allocationRatioMillionths } = policy;
    const figures = {
      ...(reserved === undefined ? {} : { reserved }),
      ...(allocationRatioMillionths === undefined ? {} : { allocationRatioMillionths }),
    };
    node.providers = changeProvider(node.providers, policy.provider, (provider) => ({
      ...provider,
      inventories: provider.inventories.map((inventory) =>
        inventory.class === policy.class ? { ...inventory, ...figures } : inventory,
      ),
    }));
  }
}

/** None at all: the provider has none, and nothing is set any more. */
export function setAggregates(node: ReferenceNode, provider: string, aggregates: readonly string[]): void {
  const others = node.aggregates.filter((other) => other.provider !== provider);
  node.aggregates = aggregates.length === 0 ? others : [...others, { provider, aggregates }];
  node.providers = changeProvider(node.providers, provider, (known) => ({ ...known, aggregates }));
}

function changeProvider(
  providers: readonly ReferenceProvider[],
  id: string,
  change: (provider: ReferenceProvider) => ReferenceProvider,
): ReferenceProvider[] {
  return providers.map((provider) => (provider.id === id ? change(provider) : provider));
}

export function setOverlay(node: ReferenceNode, targets: readonly OverlayTarget[]): void {
  node.overlay = targets;
  node.providers = withOverlay(node, node.providers);
}

/** These providers with what the overlay of the node adds to them now, and without what it added before. */
export function withOverlay(node: ReferenceNode, providers: readonly ReferenceProvider[]): ReferenceProvider[] {
  const after = providers.map((provider) => {
    const target = provider.isVanished ? undefined : targetOf(node, provider);
    return target === undefined && provider.isVanished ? provider : overlaid(node, provider, target);
  });
  return after.filter((provider) => !provider.isVanished || provider.inventories.length > 0);
}

/** The target that names the provider, or for a root that none names the default. */
function targetOf(node: ReferenceNode, provider: ReferenceProvider): OverlayTarget | undefined {
  const explicit = node.overlay.find((target) => target.provider === provider.id);
  const isDefault = explicit === undefined && provider.parent === '';
  return isDefault ? node.overlay.find((target) => target.provider === undefined) : explicit;
}

function overlaid(
  node: ReferenceNode,
  provider: ReferenceProvider,
  target: OverlayTarget | undefined,
): ReferenceProvider {
  const isDriven = (name: string) =>
    provider.inventories.some((known) => known.class === name && !known.isOverlay && !known.isVanished);
  const before = node.providers.find(({ id }) => id === provider.id);
  const added = (target?.inventories ?? [])
    .filter((stated) => !isDriven(stated.class))
    .map((stated) => ({
      ...figuresOf(
        node,
        provider.id,
        stated,
        before?.inventories.find((known) => known.class === stated.class),
      ),
      isOverlay: true,
    }));
  const kept = provider.inventories
    .filter((known) => !added.some((inventory) => inventory.class === known.class))
    .filter((known) => !known.isOverlay || chargedOn(node, provider.id, known.class) > 0)
    .map((known) => (known.isOverlay ? { ...known, isVanished: true, isOverlay: false } : known));
  return {
    ...provider,
    overlayTraits: (target?.traits ?? []).filter((trait) => !provider.traits.includes(trait)),
    inventories: [...kept, ...added],
  };
}
