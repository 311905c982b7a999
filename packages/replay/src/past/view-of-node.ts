import { apply, type Ledger, type LedgerEvent } from '@fleetbook/domain';
import type { Bookmark } from '@fleetbook/event-log';
import type { QuestionView, SideTenants } from '@fleetbook/projector/past';

/** The question looks at more than one node: it has to be asked of the whole view. */
export class BeyondNodeError extends Error {}

/**
 * One node at an instant, with what is held there and what that is about. Its ledger has nothing else: whatever looks
 * through all nodes throws BeyondNodeError.
 */
export class ViewOfNode implements QuestionView {
  readonly ledger: Ledger;
  readonly bookmark: Bookmark;
  readonly at: number;
  readonly bookmarks = { before: () => undefined };

  readonly #sides: SideTenants;

  constructor(
    ledger: Ledger,
    sides: SideTenants,
    { bookmark, at }: { readonly bookmark: Bookmark; readonly at: number },
  ) {
    this.ledger = ledger;
    this.#sides = sides;
    this.bookmark = bookmark;
    this.at = at;
  }

  tenantOfSide(moveId: string): string | undefined {
    return this.#sides.of(moveId);
  }

  get table(): never {
    throw new BeyondNodeError();
  }

  get tenants(): never {
    throw new BeyondNodeError();
  }

  get counters(): never {
    throw new BeyondNodeError();
  }

  get moves(): never {
    throw new BeyondNodeError();
  }

  get attention(): never {
    throw new BeyondNodeError();
  }

  get digest(): never {
    throw new BeyondNodeError();
  }
}

/** Folds what concerns the nodes in the ledger, ascending. Throws where that needs what is not in it. */
export function foldInto(ledger: Ledger, sides: SideTenants, events: readonly LedgerEvent[]): void {
  for (const event of events) {
    // How far the inbox is worked off is told by events that concern no node.
    const { inboxSequence: _, ...rest } = event;
    apply(ledger, rest).forEach(sides.update);
  }
}
