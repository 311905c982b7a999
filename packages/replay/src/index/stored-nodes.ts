import { type Charge, type Node, type NodeCharge, NodeRecords, type Provider, ProviderTree } from '@fleetbook/domain';

/** Between the parts of a line, and between the ids of providers. No id has one of them. */
const SEPARATOR = '\t';
const SPACE = ' ';

type NodeRow = Omit<Node, 'tree'> & { readonly providers: readonly Provider[] };

/** A line of a saved state for one node: what the indexes have to know of it, and its record. */
export function lineOfNode({ tree, ...node }: Node): string {
  const providers = tree.providers.map(({ id }) => id).join(SPACE);
  const row: NodeRow = { ...node, providers: tree.providers };
  return [node.id, providers, node.drifts === undefined ? '' : 'drifts', JSON.stringify(row)].join(SEPARATOR);
}

/** What the indexes of a ledger know of a node. */
export interface NodePlace {
  readonly id: string;
  readonly providers: readonly string[];
  /** Which ones, its record says. */
  readonly hasDrifts: boolean;
}

/** The nodes of a saved state, each of them read when somebody first asks for it. */
export class StoredNodes extends NodeRecords {
  readonly #unread = new Map<string, string>();

  /** Takes a line that `lineOfNode` made. */
  store(line: string): NodePlace {
    const [id = '', providers = '', drifts] = line.split(SEPARATOR, 3);
    const start = id.length + providers.length + (drifts ?? '').length + 3;
    this.#unread.set(id, line.slice(start));
    return { id, providers: providers === '' ? [] : providers.split(SPACE), hasDrifts: drifts !== '' };
  }

  /** Its record as text, as long as nobody has asked for it. */
  unread(id: string): string | undefined {
    return this.#unread.get(id);
  }

  override get size(): number {
    return super.size + this.#unread.size;
  }

  override has(id: string): boolean {
    return super.has(id) || this.#unread.has(id);
  }

  override get(id: string): Node | undefined {
    this.#read(id);
    return super.get(id);
  }

  override set(id: string, record: Node): void {
    this.#unread.delete(id);
    super.set(id, record);
  }

  override delete(id: string): boolean {
    const wasUnread = this.#unread.delete(id);
    return super.delete(id) || wasUnread;
  }

  override chargeOf(id: string, asked: Charge, generation: number): NodeCharge | undefined {
    this.#read(id);
    return super.chargeOf(id, asked, generation);
  }

  /** Reads none. */
  override *keys(): MapIterator<string> {
    yield* super.keys();
    yield* this.#unread.keys();
  }

  override values(): MapIterator<Node> {
    this.#readAll();
    return super.values();
  }

  override entries(): MapIterator<[string, Node]> {
    this.#readAll();
    return super.entries();
  }

  #read(id: string): void {
    const text = this.#unread.get(id);
    if (text !== undefined) {
      const { providers, ...node }: NodeRow = JSON.parse(text);
      this.#unread.delete(id);
      super.set(id, { ...node, tree: ProviderTree.of(providers) });
    }
  }

  #readAll(): void {
    for (const id of this.#unread.keys()) {
      this.#read(id);
    }
  }
}
