import { removeCharge } from '../evolve/charge-providers.ts';
import type { Node } from '../ledger.ts';
import { ProviderTree } from '../provider-tree.ts';
import type { ChargeLine } from '../request.ts';

/** A node as it would be without a charge that is held on it. Throws an Error when the charge is not held there. */
export const nodeWithout = (node: Node, charge: readonly ChargeLine[]): Node => ({
  ...node,
  tree: ProviderTree.of(removeCharge(node.tree.providers, charge)),
});
