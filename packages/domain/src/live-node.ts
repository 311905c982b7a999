import { ChargedProviders, inventoryPlace, providerPlace } from './evolve/charge-providers.ts';
import type { Inventory, Node } from './ledger.ts';
import type { Charge } from './node-charge.ts';
import type { ChargeLine } from './request.ts';

/** What a claim or the release of one does to its node. */
export interface Posting {
  readonly charge: Charge;
  /** 1: charged; −1: given back. */
  readonly sign: 1 | -1;
  /** Number of its event. */
  readonly generation: number;
}

type Mutable<Record> = { -readonly [Field in keyof Record]: Record[Field] };

/** A node that postings change in place: what it shares with its record is copied when the first of them meets it. */
export class LiveNode {
  readonly #providers: ChargedProviders;
  readonly #node: Mutable<Node>;

  constructor(record: Node) {
    this.#providers = new ChargedProviders(record.tree.providers);
    this.#node = { ...record, tree: record.tree.over(this.#providers.providers) };
  }

  /** The same object, changed by every posting. */
  get node(): Node {
    return this.#node;
  }

  post({ charge, sign, generation }: Posting): void {
    if (sign === 1) this.#providers.add(charge);
    else this.#providers.remove(charge);
    this.#node.claimCount += sign;
    this.#node.generation = generation;
  }
}

/** A node with some postings more; without any it is the same record. */
export const withPostings = (record: Node, postings: readonly Posting[]): Node => {
  if (postings.length === 0) return record;
  const live = new LiveNode(record);
  for (const posting of postings) live.post(posting);
  return live.node;
};

const offeredIn = ({ tree: { providers } }: Node, provider: string, name: string, start: number) => {
  const place = providerPlace(providers, provider, start);
  const found = providers[place];
  const inventory: Inventory | undefined = found?.inventories[inventoryPlace(found.inventories, name)];
  const isHere = found?.isVanished === false && inventory?.isVanished === false;
  return isHere ? { place, charged: inventory.charged } : undefined;
};

/** What a charge takes of one provider and class, however many of its lines name them. */
const amountOf = (charge: Charge, of: ChargeLine): number => {
  let amount = 0;
  for (const line of charge) {
    if (line === of || (line.provider === of.provider && line.class === of.class)) amount += line.amount;
  }
  return amount;
};

/**
 * Whether giving a charge back changes figures only: all of it is charged, and nothing goes with it because it has
 * vanished from the reports.
 */
export const isPlainRelease = (node: Node, charge: Charge): boolean => {
  let place = 0;
  for (const line of charge) {
    const offered = offeredIn(node, line.provider, line.class, place);
    if (offered === undefined || offered.charged < amountOf(charge, line)) return false;
    place = offered.place;
  }
  return true;
};
