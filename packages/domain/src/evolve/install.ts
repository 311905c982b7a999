import type { Change, Instance, Ledger, Node, Provider } from '../ledger.ts';

const hasSameProviderIds = (left: readonly Provider[], right: readonly Provider[]): boolean =>
  left.length === right.length && left.every((provider, index) => provider.id === right[index]?.id);

const NO_PROVIDERS: readonly Provider[] = [];

const replaceNode = (ledger: Ledger, key: string, before: Node | undefined, after: Node | undefined): void => {
  if (after === undefined) ledger.nodes.delete(key);
  else ledger.nodes.set(key, after);
  const oldProviders = before?.providers ?? NO_PROVIDERS;
  const newProviders = after?.providers ?? NO_PROVIDERS;
  if (hasSameProviderIds(oldProviders, newProviders)) return;
  for (const provider of oldProviders) ledger.providerNode.delete(provider.id);
  for (const provider of newProviders) ledger.providerNode.set(provider.id, key);
};

const removeHolder = (ledger: Ledger, node: string, instance: string): void => {
  const holders = ledger.heldBy.get(node);
  holders?.delete(instance);
  if (holders?.size === 0) ledger.heldBy.delete(node);
};

const addHolder = (ledger: Ledger, node: string, instance: string): void => {
  const holders = ledger.heldBy.get(node);
  if (holders === undefined) ledger.heldBy.set(node, new Set([instance]));
  else holders.add(instance);
};

const nodeHolding = (instance: Instance | undefined): string | undefined =>
  instance?.status === 'held' ? instance.claim.node : undefined;

const replaceInstance = (
  ledger: Ledger,
  key: string,
  before: Instance | undefined,
  after: Instance | undefined,
): void => {
  if (after === undefined) ledger.instances.delete(key);
  else ledger.instances.set(key, after);
  const oldNode = nodeHolding(before);
  const newNode = nodeHolding(after);
  if (oldNode === newNode) return;
  if (oldNode !== undefined) removeHolder(ledger, oldNode, key);
  if (newNode !== undefined) addHolder(ledger, newNode, key);
};

const replace = (ledger: Ledger, change: Change, isForward: boolean): void => {
  switch (change.table) {
    case 'cell':
      ledger.cell = isForward ? change.after : change.before;
      return;
    case 'nodes':
      if (isForward) replaceNode(ledger, change.key, change.before, change.after);
      else replaceNode(ledger, change.key, change.after, change.before);
      return;
    case 'instances':
      if (isForward) replaceInstance(ledger, change.key, change.before, change.after);
      else replaceInstance(ledger, change.key, change.after, change.before);
  }
};

/**
 * Puts the replacement records of `evolve` in place, all of them or, on a throw, none. The only code that changes a
 * ledger, with `revert`.
 */
export const install = (ledger: Ledger, changes: readonly Change[]): void => {
  try {
    for (const change of changes) replace(ledger, change, true);
  } catch (error) {
    // Undoing a change that was not made is harmless.
    revert(ledger, changes);
    throw error;
  }
};

/** Undoes `install` of the same changes, newest decision first when there are several. */
export const revert = (ledger: Ledger, changes: readonly Change[]): void => {
  for (const change of changes.toReversed()) replace(ledger, change, false);
};
