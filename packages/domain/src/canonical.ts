import { hasSameFacts, nodeFactRecords, overlayRecords, stateRecords } from './canonical-facts.ts';
import { instanceRecords, moveRecords } from './canonical-instances.ts';
import type { Cell, Change, Inventory, Ledger, Node, ParkedMessage, Provider } from './ledger.ts';
import { compareText } from './order.ts';

const parkedRecords = (parked: readonly ParkedMessage[]): readonly string[] =>
  parked.map(({ sequence, code, since, isRetried = false }) =>
    JSON.stringify(['parked', sequence, code, since, isRetried]),
  );

/** Without the messages that the other side of a change has as well. */
const cellTexts = ({ cell, historyId, epoch, forks = [], inbox }: Cell, other?: Cell): readonly string[] => [
  JSON.stringify(['cell', cell, historyId, epoch]),
  ...forks.map((fork) => JSON.stringify(['fork', fork.from, fork.newHistoryId, fork.keptTo, fork.lostTo])),
  ...(inbox === undefined ? [] : [JSON.stringify(['inbox', inbox.upTo])]),
  ...(inbox === undefined || inbox.parked === other?.inbox?.parked ? [] : parkedRecords(inbox.parked)),
];

const cellRecords = (cell: Cell): readonly string[] => cellTexts(cell);

const nodeRecord = (node: Node): string =>
  JSON.stringify([
    'node',
    node.id,
    node.owner,
    node.incarnation,
    node.bootId,
    node.status.kind,
    'reason' in node.status ? node.status.reason : '',
    node.inventoryStatus.kind,
    'sequence' in node.inventoryStatus ? node.inventoryStatus.sequence : 0,
    node.claimCount,
  ]);

const providerRecord = (node: string, provider: Provider): string =>
  JSON.stringify([
    'provider',
    node,
    provider.id,
    provider.parent ?? '',
    [...provider.traits].sort(compareText),
    [...provider.aggregates].sort(compareText),
    provider.isVanished,
  ]);

const inventoryRecord = (node: string, provider: string, inventory: Inventory): string =>
  JSON.stringify([
    'inventory',
    node,
    provider,
    inventory.class,
    inventory.total,
    inventory.reserved,
    inventory.minUnit,
    inventory.maxUnit,
    inventory.stepSize,
    inventory.allocationRatioMillionths,
    inventory.units ?? [],
    inventory.isVanished,
    inventory.charged,
    inventory.takenUnits,
  ]);

/** The records of a provider tree: each provider followed by its inventories. */
export function* providerRecords(node: string, providers: readonly Provider[]): Generator<string, void> {
  for (const provider of providers) {
    yield providerRecord(node, provider);
    yield* overlayRecords(node, provider);
    for (const inventory of provider.inventories) yield inventoryRecord(node, provider.id, inventory);
  }
}

function* nodeRecords(node: Node): Generator<string, void> {
  yield nodeRecord(node);
  yield* nodeFactRecords(node);
  yield* providerRecords(node.id, node.tree.providers);
}

/**
 * The canonical texts of the `inventory` view, digest version 1. The digest is a sum over them, so their order
 * means nothing.
 */
export function* canonicalRecords(ledger: Ledger): Generator<string, void> {
  if (ledger.cell !== undefined) yield* cellRecords(ledger.cell);
  for (const node of ledger.nodes.values()) yield* nodeRecords(node);
  for (const instance of ledger.instances.values()) {
    yield* instanceRecords(instance);
    yield* stateRecords(instance);
  }
  for (const move of ledger.moves.values()) yield* moveRecords(move);
}

/** The canonical texts of one side of a change, so that a digest can be kept without walking the ledger. */
export const recordsOf = (change: Change, side: 'before' | 'after'): readonly string[] => {
  switch (change.table) {
    case 'cell': {
      const cell = change[side];
      return cell === undefined ? [] : cellRecords(cell);
    }
    case 'nodes': {
      const node = change[side];
      return node === undefined ? [] : [...nodeRecords(node)];
    }
    case 'instances': {
      const instance = change[side];
      return instance === undefined ? [] : [...instanceRecords(instance), ...stateRecords(instance)];
    }
    case 'moves': {
      const move = change[side];
      return move === undefined ? [] : moveRecords(move);
    }
  }
};

/** The canonical texts that a change takes out of the view and puts into it. */
export interface RecordDifference {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

const inventoryTexts = (node: string, provider: Provider, other: Provider | undefined): readonly string[] =>
  provider.inventories
    .filter((inventory, index) => inventory !== other?.inventories[index])
    .map((inventory) => inventoryRecord(node, provider.id, inventory));

const isSameProvider = (left: Provider, right: Provider): boolean =>
  left.id === right.id &&
  left.parent === right.parent &&
  left.isVanished === right.isVanished &&
  left.traits === right.traits &&
  left.aggregates === right.aggregates;

/** The texts of a node that are not those of records it shares, in the same place, with its other side. */
const nodeTexts = (node: Node, other: Node | undefined): readonly string[] => {
  const texts = [nodeRecord(node)];
  if (other === undefined || !hasSameFacts(node, other)) texts.push(...nodeFactRecords(node));
  node.tree.providers.forEach((provider, index) => {
    const candidate = other?.tree.providers[index];
    if (candidate === provider) return;
    const isSame = candidate !== undefined && isSameProvider(provider, candidate);
    if (!isSame) texts.push(providerRecord(node.id, provider));
    texts.push(...overlayRecords(node.id, provider));
    texts.push(...inventoryTexts(node.id, provider, isSame ? candidate : undefined));
  });
  return texts;
};

/**
 * What a change means for a digest, without the records that both sides share: a claim on one device of a node
 * costs the texts of that device only. Texts that stay may be named on both sides; the sum does not mind.
 */
export const recordDifference = (change: Change): RecordDifference => {
  if (change.table === 'nodes') {
    return {
      removed: change.before === undefined ? [] : nodeTexts(change.before, change.after),
      added: change.after === undefined ? [] : nodeTexts(change.after, change.before),
    };
  }
  if (change.table === 'cell' && change.before !== undefined && change.after !== undefined) {
    return { removed: cellTexts(change.before, change.after), added: cellTexts(change.after, change.before) };
  }
  return { removed: recordsOf(change, 'before'), added: recordsOf(change, 'after') };
};
