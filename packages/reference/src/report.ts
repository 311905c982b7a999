import { chargedOn } from './charges.ts';
import type { CommandOf, ReportedProvider } from './command.ts';
import { figuresOf, withOverlay } from './settings.ts';
import type { ReferenceInventory, ReferenceNode, ReferenceProvider } from './state.ts';

type Report = Exclude<CommandOf<'ReportInventory'>, { readonly mode: 'unsupported' }>;

/** The providers after a report that could say what there is. */
export function afterReport(node: ReferenceNode, report: Report): ReferenceProvider[] {
  const driven = report.mode === 'full' ? afterFull(node, report.providers) : afterFlat(node, report.totals);
  return withOverlay(node, driven);
}

/** What a full report names, and what it leaves out while something is charged there. */
function afterFull(node: ReferenceNode, report: readonly ReportedProvider[]): ReferenceProvider[] {
  const named = report.map((reported) => reportedProvider(node, reported));
  const leftOut = node.providers
    .filter((provider) => !report.some((reported) => reported.id === provider.id))
    .map((provider) => ({
      ...provider,
      // Traits stay as they are, whoever named them: an overlay adds to nothing that has vanished.
      traits: [...provider.traits, ...provider.overlayTraits],
      overlayTraits: [],
      isVanished: true,
      inventories: vanishedOf(node, provider, []),
    }));
  return [...named, ...leftOut.filter((provider) => provider.inventories.length > 0)];
}

/** Totals of the root; a node without one gets it, under its own id. */
function afterFlat(
  node: ReferenceNode,
  totals: readonly { readonly class: string; readonly total: number }[],
): ReferenceProvider[] {
  const root = rootOf(node.providers) ?? bareRoot(node);
  const inventories = totals.map(({ class: name, total }): ReferenceInventory => {
    const before = root.inventories.find((known) => known.class === name);
    // Bounds begin anew for what comes back, and for what the driver takes over from an overlay.
    const isKept = before !== undefined && !before.isOverlay && !before.isVanished;
    const { minUnit, maxUnit, stepSize } = isKept ? before : {};
    const stated = { class: name, total, minUnit, maxUnit, stepSize };
    return { ...figuresOf(node, root.id, stated, before), isOverlay: false };
  });
  const others = root.inventories.filter((known) => !totals.some(({ class: name }) => name === known.class));
  const after = { ...root, inventories: [...inventories, ...others] };
  return [after, ...node.providers.filter((provider) => provider.id !== root.id)];
}

function rootOf(providers: readonly ReferenceProvider[]): ReferenceProvider | undefined {
  return providers.find((provider) => !provider.isVanished && provider.parent === '');
}

function bareRoot(node: ReferenceNode): ReferenceProvider {
  const { id } = node;
  const aggregates = aggregatesSet(node, id);
  return { id, parent: '', traits: [], overlayTraits: [], aggregates, isVanished: false, inventories: [] };
}

function aggregatesSet(node: ReferenceNode, provider: string): readonly string[] {
  return node.aggregates.find((set) => set.provider === provider)?.aggregates ?? [];
}

/** The providers after a charge was given back: what had vanished goes as soon as nothing is charged there. */
export function withoutVanished(node: ReferenceNode): ReferenceProvider[] {
  if (!node.providers.some(hasVanished)) {
    return node.providers;
  }
  return node.providers
    .map((provider) => ({
      ...provider,
      inventories: provider.inventories.filter(
        (inventory) => !inventory.isVanished || chargedOn(node, provider.id, inventory.class) > 0,
      ),
    }))
    .filter((provider) => !provider.isVanished || provider.inventories.length > 0);
}

function hasVanished({ isVanished, inventories }: ReferenceProvider): boolean {
  return isVanished || inventories.some((inventory) => inventory.isVanished);
}

function reportedProvider(node: ReferenceNode, reported: ReportedProvider): ReferenceProvider {
  const before = node.providers.find((provider) => provider.id === reported.id);
  const inventories = reported.inventories.map((inventory) => ({
    ...figuresOf(
      node,
      reported.id,
      inventory,
      before?.inventories.find((known) => known.class === inventory.class),
    ),
    isOverlay: false,
  }));
  return {
    id: reported.id,
    parent: reported.parent ?? '',
    traits: reported.traits ?? [],
    overlayTraits: [],
    aggregates: reported.aggregates ?? aggregatesSet(node, reported.id),
    isVanished: false,
    inventories: [...inventories, ...(before === undefined ? [] : vanishedOf(node, before, reported.inventories))],
  };
}

function vanishedOf(
  node: ReferenceNode,
  provider: ReferenceProvider,
  reported: readonly { readonly class: string }[],
): ReferenceInventory[] {
  return provider.inventories
    .filter((inventory) => !reported.some((named) => named.class === inventory.class))
    .filter((inventory) => chargedOn(node, provider.id, inventory.class) > 0)
    .map((inventory) => ({ ...inventory, isVanished: true, isOverlay: false }));
}
