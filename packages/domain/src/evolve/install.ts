import type { OpenDrift } from '../drift.ts';
import { holderIn } from '../instance-table.ts';
import type { Change, Instance, Ledger, Move, Node, Provider } from '../ledger.ts';
import { NodeCharge } from '../node-charge.ts';

const hasSameProviderIds = (left: readonly Provider[], right: readonly Provider[]): boolean =>
  left === right || (left.length === right.length && left.every((provider, index) => provider.id === right[index]?.id));

const NO_PROVIDERS: readonly Provider[] = [];

const NO_DRIFTS: readonly OpenDrift[] = [];

const replaceDrifts = (
  ledger: Ledger,
  node: string,
  before: readonly OpenDrift[],
  after: readonly OpenDrift[],
): void => {
  if (before === after) return;
  for (const { instance } of before) {
    const nodes = ledger.driftsOf.get(instance);
    nodes?.delete(node);
    if (nodes?.size === 0) ledger.driftsOf.delete(instance);
  }
  for (const { instance } of after) {
    const nodes = ledger.driftsOf.get(instance);
    if (nodes === undefined) ledger.driftsOf.set(instance, new Set([node]));
    else nodes.add(node);
  }
};

const replaceNode = (ledger: Ledger, key: string, before: Node | undefined, after: Node | undefined): void => {
  if (after === undefined) ledger.nodes.delete(key);
  else ledger.nodes.set(key, after);
  replaceDrifts(ledger, key, before?.drifts ?? NO_DRIFTS, after?.drifts ?? NO_DRIFTS);
  const oldProviders = before?.tree.providers ?? NO_PROVIDERS;
  const newProviders = after?.tree.providers ?? NO_PROVIDERS;
  if (hasSameProviderIds(oldProviders, newProviders)) return;
  for (const provider of oldProviders) ledger.providerNode.delete(provider.id);
  for (const provider of newProviders) ledger.providerNode.set(provider.id, key);
};

/** Takes an id from under one key of an index and puts it under another; a key without ids is not kept. */
const moveEntry = <Key>(
  index: Map<Key, Set<string>>,
  id: string,
  before: Key | undefined,
  after: Key | undefined,
): void => {
  if (before === after) return;
  if (before !== undefined) {
    const ids = index.get(before);
    ids?.delete(id);
    if (ids?.size === 0) index.delete(before);
  }
  if (after === undefined) return;
  const ids = index.get(after);
  if (ids === undefined) index.set(after, new Set([id]));
  else ids.add(id);
};

const secondOf = (timeMs: number): number => Math.floor(timeMs / 1_000);

const expirySecond = (instance: Instance | undefined): number | undefined =>
  instance?.status !== 'held' || instance.claim.expiry === undefined
    ? undefined
    : secondOf(instance.claim.expiry.expiresAt);

/** What the indexes of a ledger know of an instance. */
export interface InstancePlace {
  /** Where it is held. */
  readonly node: string | undefined;
  /** Epoch second in which its claim expires. */
  readonly expiry: number | undefined;
}

export const placeOf = (instance: Instance): InstancePlace => ({
  node: holderIn(instance),
  expiry: expirySecond(instance),
});

/** Tells the indexes of an instance that comes with the table itself, as one that is read from a file later. */
export const installPlace = (ledger: Ledger, id: string, { node, expiry }: InstancePlace): void => {
  if (node !== undefined) ledger.heldBy.add(node, id);
  moveEntry(ledger.expiring, id, undefined, expiry);
};

const replaceInstance = (
  ledger: Ledger,
  key: string,
  before: Instance | undefined,
  after: Instance | undefined,
): void => {
  if (after === undefined) ledger.instances.delete(key);
  else ledger.instances.set(key, after);
  const node = holderIn(after);
  if (node !== undefined && node !== holderIn(before)) ledger.heldBy.add(node, key);
  moveEntry(ledger.expiring, key, expirySecond(before), expirySecond(after));
};

const finishedSecond = (move: Move | undefined): number | undefined =>
  move?.state === 'finished' && !move.isError ? secondOf(move.since) : undefined;

const replaceMove = (ledger: Ledger, key: string, before: Move | undefined, after: Move | undefined): void => {
  if (after === undefined) ledger.moves.delete(key);
  else ledger.moves.set(key, after);
  moveEntry(ledger.sidesOn, key, before?.other?.node, after?.other?.node);
  moveEntry(ledger.finished, key, finishedSecond(before), finishedSecond(after));
};

const replace = (ledger: Ledger, change: Change, isForward: boolean): void => {
  switch (change.table) {
    case 'cell':
      ledger.cell = isForward ? change.after : change.before;
      return;
    case 'nodes':
      if (change instanceof NodeCharge) {
        if (isForward) ledger.nodes.charge(change);
        else ledger.nodes.uncharge(change);
      } else if (isForward) replaceNode(ledger, change.key, change.before, change.after);
      else replaceNode(ledger, change.key, change.after, change.before);
      return;
    case 'instances':
      if (isForward) replaceInstance(ledger, change.key, change.before, change.after);
      else replaceInstance(ledger, change.key, change.after, change.before);
      return;
    case 'moves':
      if (isForward) replaceMove(ledger, change.key, change.before, change.after);
      else replaceMove(ledger, change.key, change.after, change.before);
  }
};

/**
 * Puts the replacement records of `evolve` in place, all of them or, on a throw, none. The only code that changes a
 * record of a ledger, with `revert`.
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
