import type { Actor, ChargeLine, Claim, HeldRecord, Instance, Move, Node, Provider } from '@fleetbook/domain';
import { inChunks } from './in-chunks.ts';

/** The records of a ledger, as they are at one moment. */
export interface LedgerRecords {
  readonly nodes: Iterable<Node>;
  readonly instances: Iterable<Instance>;
  readonly moves: Iterable<Move>;
}

/** A node with its tree spelled out. */
export type NodeRow = Omit<Node, 'tree'> & { readonly providers: readonly Provider[] };

type SharedField = 'node' | 'requestText' | 'charge' | 'claimant';

/** A held instance; what many claims share stands in its place in the chunk's tables. */
type HeldRow = Omit<HeldRecord, 'claim'> & {
  readonly claim: Omit<Claim, SharedField> & Readonly<Record<SharedField, number>>;
};

export type InstanceRow = Exclude<Instance, HeldRecord> | HeldRow;

/** `isFresh`: the tables begin anew here; else they go on where the chunk before left them. */
interface InstanceChunk {
  readonly section: 'instances';
  readonly isFresh: boolean;
  readonly texts: readonly string[];
  readonly charges: readonly (readonly ChargeLine[])[];
  readonly claimants: readonly Actor[];
  readonly rows: readonly InstanceRow[];
}

export type LedgerChunk =
  | { readonly section: 'nodes'; readonly rows: readonly NodeRow[] }
  | InstanceChunk
  | { readonly section: 'moves'; readonly rows: readonly Move[] };

/** A node has many records inside. */
const CHUNK_NODES = 5;

/** Beyond it, what is shared is written once more: a ledger in which nothing is shared must not fill the memory. */
const MOST_SHARED = 262_144;

export function* ledgerChunks({ nodes, instances, moves }: LedgerRecords): Generator<LedgerChunk, void> {
  for (const chunk of inChunks(nodes, CHUNK_NODES)) {
    yield { section: 'nodes', rows: chunk.map(({ tree, ...node }) => ({ ...node, providers: tree.providers })) };
  }
  yield* instanceChunks(instances);
  for (const rows of inChunks(moves)) {
    yield { section: 'moves', rows };
  }
}

function* instanceChunks(instances: Iterable<Instance>): Generator<InstanceChunk, void> {
  let texts = new Shared<string>();
  let charges = new Shared<readonly ChargeLine[]>();
  let claimants = new Shared<Actor>();
  let isFresh = true;
  for (const chunk of inChunks(instances)) {
    const rows = chunk.map((instance): InstanceRow => {
      if (instance.status !== 'held') {
        return instance;
      }
      const { node, requestText, charge, claimant } = instance.claim;
      const places = {
        node: texts.placeOf(node),
        requestText: texts.placeOf(requestText),
        charge: charges.placeOf(charge),
        claimant: claimants.placeOf(claimant),
      };
      return { ...instance, claim: { ...instance.claim, ...places } };
    });
    const tables = { texts: texts.takeNew(), charges: charges.takeNew(), claimants: claimants.takeNew() };
    yield { section: 'instances', isFresh, ...tables, rows };
    isFresh = texts.size + charges.size + claimants.size > MOST_SHARED;
    if (isFresh) {
      texts = new Shared();
      charges = new Shared();
      claimants = new Shared();
    }
  }
}

/** Values by identity; texts have none but their characters. */
class Shared<Value> {
  readonly #places = new Map<Value, number>();
  #new: Value[] = [];

  get size(): number {
    return this.#places.size;
  }

  placeOf(value: Value): number {
    let place = this.#places.get(value);
    if (place === undefined) {
      place = this.#places.size;
      this.#places.set(value, place);
      this.#new.push(value);
    }
    return place;
  }

  /** Those that came since the last call, in the order of their places. */
  takeNew(): readonly Value[] {
    const taken = this.#new;
    this.#new = [];
    return taken;
  }
}

/** Gives instances back what they share, chunk after chunk. */
export class InstanceReader {
  #texts: string[] = [];
  #charges: (readonly ChargeLine[])[] = [];
  #claimants: Actor[] = [];

  /** Throws RangeError on a row that names what no table holds. */
  read({ isFresh, texts, charges, claimants, rows }: InstanceChunk): readonly Instance[] {
    if (isFresh) {
      this.#texts = [];
      this.#charges = [];
      this.#claimants = [];
    }
    this.#texts.push(...texts);
    this.#charges.push(...charges);
    this.#claimants.push(...claimants);
    return rows.map((row) => (row.status === 'held' ? this.#held(row) : row));
  }

  #held(row: HeldRow): HeldRecord {
    const { claim } = row;
    const shared = {
      node: at(this.#texts, claim.node),
      requestText: at(this.#texts, claim.requestText),
      charge: at(this.#charges, claim.charge),
      claimant: at(this.#claimants, claim.claimant),
    };
    return { ...row, claim: { ...claim, ...shared } };
  }
}

function at<Value>(table: readonly Value[], place: number): Value {
  const value = table[place];
  if (value === undefined) {
    throw new RangeError(`nothing is shared at place ${place}`);
  }
  return value;
}
