import { ChargedProviders, inventoryPlace, providerPlace } from './evolve/charge-providers.ts';
import type { Inventory, Node } from './ledger.ts';
import type { Mutable } from './mutable.ts';
import type { Charge } from './node-charge.ts';
import type { ChargeLine } from './request.ts';

/** What the end of a claim gives back. */
export class Released {
  readonly charge: Charge;

  constructor(charge: Charge) {
    this.charge = charge;
  }
}

/** What a claim, or the end of one, does to the figures of its node. */
export type Posting = Charge | Released;

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

  /** Those from a place in the list on. `generation`: number of the event of the last one. */
  post(postings: readonly Posting[], from: number, generation: number): void {
    for (let place = from; place < postings.length; place += 1) {
      const posting = postings[place];
      if (posting instanceof Released) {
        this.#providers.remove(posting.charge);
        this.#node.claimCount -= 1;
      } else if (posting !== undefined) {
        this.#providers.add(posting);
        this.#node.claimCount += 1;
      }
    }
    this.#node.generation = generation;
  }
}

/** A node with some postings more; without any it is the same record. */
export const withPostings = (record: Node, postings: readonly Posting[], generation: number): Node => {
  if (postings.length === 0) return record;
  const live = new LiveNode(record);
  live.post(postings, 0, generation);
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
