import { type Charge, type Node, type NodeCharge, NodeRecords, type Provider, ProviderTree } from '@fleetbook/domain';
import { UnreadRecords } from './unread-records.ts';

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

/** Its id. */
export function nodeOfNodeLine(line: string): string {
  return line.slice(0, line.indexOf(SEPARATOR));
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
  readonly #unread = new UnreadRecords();

  /** Takes lines that `lineOfNode` made; `onNode` hears of each what the indexes have to know. */
  store(lines: string, onNode: (node: NodePlace) => void): void {
    const found: NodePlace[] = [];
    this.#unread.add(lines, (text, lineStart) => {
      const idEnd = text.indexOf(SEPARATOR, lineStart);
      const providersEnd = text.indexOf(SEPARATOR, idEnd + 1);
      const driftsEnd = text.indexOf(SEPARATOR, providersEnd + 1);
      const id = text.slice(lineStart, idEnd);
      const providers = text.slice(idEnd + 1, providersEnd);
      const hasDrifts = driftsEnd > providersEnd + 1;
      found.push({ id, providers: providers === '' ? [] : providers.split(SPACE), hasDrifts });
      return { id, start: driftsEnd + 1 };
    });
    found.forEach(onNode);
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

  override look(id: string): Node | undefined {
    this.#read(id);
    return super.look(id);
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

  override releaseOf(id: string, charge: Charge, generation: number): NodeCharge | undefined {
    this.#read(id);
    return super.releaseOf(id, charge, generation);
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
