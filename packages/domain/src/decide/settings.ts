import { isCountable } from '../arithmetic.ts';
import type { InventoryPolicy, SetAggregates, SetInventoryPolicy, SetOverlay } from '../command.ts';
import type { Decision, JudgedAt } from '../decision.ts';
import { applyAggregates, applyOverlay, applyPolicies, withSettings } from '../evolve/apply-settings.ts';
import type { Node } from '../ledger.ts';
import { accept, firstRefusal, reject, unchanged } from './answer.ts';
import { repeated } from './inventory-faults.ts';
import { overlayFault } from './overlay-faults.ts';
import { isSameTree } from './report.ts';

const isSameNode = (left: Node, right: Node): boolean =>
  JSON.stringify([left.policies, left.aggregates, left.overlay]) ===
    JSON.stringify([right.policies, right.aggregates, right.overlay]) &&
  isSameTree(left.id, left.tree.providers, right.tree.providers);

const refusePolicy = (node: Node, policy: InventoryPolicy, judgedAt: JudgedAt): Decision | undefined => {
  const place = { node: node.id, provider: policy.provider, class: policy.class };
  const provider = node.tree.providers.find((each) => each.id === policy.provider);
  if (provider === undefined) return reject('UNKNOWN_PROVIDER', judgedAt, place);
  const inventory = provider.inventories.find((each) => each.class === policy.class);
  if (inventory === undefined) return reject('UNKNOWN_CLASS', judgedAt, place);
  return isCountable({ ...inventory, ...policy })
    ? undefined
    : reject('INVALID_INVENTORY', judgedAt, { ...place, rule: 'countable-capacity' });
};

/** Fixes ratios and reserves of inventories that the node has. */
export const decidePolicies = (node: Node, command: SetInventoryPolicy, judgedAt: JudgedAt): Decision => {
  const twice = repeated(command.policies.map((policy) => JSON.stringify([policy.provider, policy.class])));
  if (twice !== undefined) return reject('INVALID_INVENTORY', judgedAt, { node: node.id, rule: 'unique-class' });
  const refusal = firstRefusal(command.policies.map((policy) => refusePolicy(node, policy, judgedAt)));
  if (refusal !== undefined) return refusal;
  return isSameNode(node, withSettings(node, applyPolicies(node, command.policies)))
    ? unchanged({ type: command.type, node: node.id })
    : accept({ type: 'InventoryPolicySet', schemaVersion: 1, data: {} });
};

export const decideAggregates = (node: Node, command: SetAggregates, judgedAt: JudgedAt): Decision => {
  const { provider, aggregates } = command;
  if (!node.tree.providers.some((each) => each.id === provider)) {
    return reject('UNKNOWN_PROVIDER', judgedAt, { node: node.id, provider });
  }
  return isSameNode(node, withSettings(node, applyAggregates(node, provider, aggregates)))
    ? unchanged({ type: command.type, node: node.id })
    : accept({ type: 'AggregatesSet', schemaVersion: 1, data: {} });
};

export const decideOverlay = (node: Node, command: SetOverlay, judgedAt: JudgedAt): Decision => {
  const fault = overlayFault(node, command.targets);
  if (fault !== undefined) return reject('INVALID_OVERLAY', judgedAt, { node: node.id, ...fault });
  return isSameNode(node, withSettings(node, applyOverlay(node, command.targets)))
    ? unchanged({ type: command.type, node: node.id })
    : accept({ type: 'OverlaySet', schemaVersion: 1, data: {} });
};
