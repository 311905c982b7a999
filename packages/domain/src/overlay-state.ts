import { isDriverClass, isDriverTrait, providerOf } from './decide/overlay-faults.ts';
import { rootOf } from './evolve/merge-report.ts';
import type { Node } from './ledger.ts';

/** What of a node's overlay has no effect at present, and why. */
export interface OverlayState {
  /** Targets whose provider the node does not have; empty text for the default target of a node without a root. */
  readonly pending: readonly string[];
  /** Classes and traits that the driver reports itself since the overlay was set: the driver's hold. */
  readonly shadowed: readonly { readonly provider: string; readonly name: string }[];
}

export const overlayState = (node: Node): OverlayState => {
  const { overlay = [] } = node;
  const pending: string[] = [];
  const shadowed: { provider: string; name: string }[] = [];
  for (const target of overlay) {
    const provider = providerOf(node, overlay, target);
    if (provider === undefined) {
      // A target that names the root stands in for the default one, which then has nothing to wait for.
      if (target.provider === undefined && rootOf(node.tree.providers) !== undefined) continue;
      pending.push(target.provider ?? '');
      continue;
    }
    const names = [
      ...target.inventories.map((inventory) => inventory.class).filter((name) => isDriverClass(provider, name)),
      ...(target.traits ?? []).filter((trait) => isDriverTrait(provider, trait)),
    ];
    shadowed.push(...names.map((name) => ({ provider: provider.id, name })));
  }
  return { pending, shadowed };
};
