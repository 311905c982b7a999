import type { LedgerEvent } from '../event.ts';
import type { Change, Ledger, Node } from '../ledger.ts';
import type { ChargeLine } from '../request.ts';
import { nodeOf, replaceNode } from './parts.ts';

/** The nodes that one event charges and frees, each perhaps several times, as one change per node. */
export class NodeDrafts {
  readonly #ledger: Ledger;
  readonly #event: LedgerEvent;
  readonly #drafts = new Map<string, Node>();

  constructor(ledger: Ledger, event: LedgerEvent) {
    this.#ledger = ledger;
    this.#event = event;
  }

  of(id: string): Node {
    return this.#drafts.get(id) ?? nodeOf(this.#ledger, this.#event, id);
  }

  /** Goes on from a node that the event changed itself. */
  begin(node: Node): void {
    this.#drafts.set(node.id, node);
  }

  #set(node: Node, fields: Partial<Node>): void {
    this.#drafts.set(node.id, { ...node, ...fields, generation: this.#event.number });
  }

  charge(id: string, charge: readonly ChargeLine[], claims: 0 | 1 = 0): void {
    const node = this.of(id);
    this.#set(node, { tree: node.tree.charge(charge), claimCount: node.claimCount + claims });
  }

  free(id: string, charge: readonly ChargeLine[], claims: 0 | 1 = 0): void {
    const node = this.of(id);
    this.#set(node, { tree: node.tree.free(charge), claimCount: node.claimCount - claims });
  }

  /** A claim goes from one node to another and its charges stay: a move's sides change over. */
  passClaim(from: string | undefined, to: string): void {
    if (from !== undefined) this.#set(this.of(from), { claimCount: this.of(from).claimCount - 1 });
    this.#set(this.of(to), { claimCount: this.of(to).claimCount + 1 });
  }

  changes(): readonly Change[] {
    return [...this.#drafts.values()].map((after) => replaceNode(nodeOf(this.#ledger, this.#event, after.id), after));
  }
}
