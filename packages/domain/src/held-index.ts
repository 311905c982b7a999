import type { InstanceRecords } from './instance-table.ts';

/** Which instances are held on each node. */
export interface HeldInstances {
  /** To be told of every instance that comes to a node, once the table of instances has it there. */
  add(node: string, instance: string): void;
  /** Their ids, each once. */
  get(node: string): ReadonlySet<string>;
}

/** Ids that were added for a node; some may be held there no longer, some be there twice. */
interface Added {
  ids: string[];
  /** At this length they are gone through. */
  limit: number;
}

const FIRST_LIMIT = 64;

/**
 * Which instances are held on each node. It is told of those that come only: who asks gets those of them that the
 * table of instances still has there, so that neither a claim nor its end costs more than the note of an id.
 */
export class HeldIndex implements HeldInstances {
  readonly #instances: Pick<InstanceRecords, 'holderOf'>;
  readonly #added = new Map<string, Added>();

  constructor(instances: Pick<InstanceRecords, 'holderOf'>) {
    this.#instances = instances;
  }

  add(node: string, instance: string): void {
    const added = this.#added.get(node);
    if (added === undefined) {
      this.#added.set(node, { ids: [instance], limit: FIRST_LIMIT });
      return;
    }
    added.ids.push(instance);
    if (added.ids.length < added.limit) return;
    added.ids = [...this.#heldOf(node, added.ids)];
    added.limit = Math.max(FIRST_LIMIT, 2 * added.ids.length);
  }

  /** In the order in which they came. */
  get(node: string): ReadonlySet<string> {
    return this.#heldOf(node, this.#added.get(node)?.ids ?? []);
  }

  #heldOf(node: string, ids: readonly string[]): ReadonlySet<string> {
    return new Set(ids.filter((id) => this.#instances.holderOf(id) === node));
  }
}
