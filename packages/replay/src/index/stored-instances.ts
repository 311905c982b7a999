import { holderIn, type Instance, type InstancePlace, type InstanceRecords } from '@fleetbook/domain';
import { UnreadRecords } from './unread-records.ts';

/** Between the parts of a line. No id has one. */
const SEPARATOR = '\t';

/** A line of a saved state for one instance: what the indexes have to know of it, and its record. */
export function lineOfInstance(instance: Instance, { node = '', expiry }: InstancePlace): string {
  return [instance.id, node, expiry ?? '', JSON.stringify(instance)].join(SEPARATOR);
}

/** Where it is held; empty when nowhere. */
export function nodeOfInstanceLine(line: string): string {
  const start = line.indexOf(SEPARATOR) + 1;
  return line.slice(start, line.indexOf(SEPARATOR, start));
}

/** The instances of a saved state, each of them read when somebody first asks for it. */
export class StoredInstances extends Map<string, Instance> implements InstanceRecords {
  readonly #unread = new UnreadRecords();
  readonly #heldNowhere = new Set<string>();

  /** Takes lines that `lineOfInstance` made; `onInstance` hears of each what the indexes have to know. */
  store(lines: string, onInstance: (id: string, place: InstancePlace) => void): void {
    this.#unread.add(lines, (text, lineStart) => {
      const idEnd = text.indexOf(SEPARATOR, lineStart);
      const nodeEnd = text.indexOf(SEPARATOR, idEnd + 1);
      const expiryEnd = text.indexOf(SEPARATOR, nodeEnd + 1);
      const id = text.slice(lineStart, idEnd);
      const node = nodeEnd === idEnd + 1 ? undefined : text.slice(idEnd + 1, nodeEnd);
      const expiry = expiryEnd === nodeEnd + 1 ? undefined : Number(text.slice(nodeEnd + 1, expiryEnd));
      if (node === undefined) {
        this.#heldNowhere.add(id);
      }
      onInstance(id, { node, expiry });
      return { id, start: expiryEnd + 1 };
    });
  }

  /** Its record as text, as long as nobody has asked for it. */
  unread(id: string): string | undefined {
    return this.#unread.get(id);
  }

  /** Nobody has asked for its record, and it holds something. */
  isUnreadClaim(id: string): boolean {
    return this.#unread.has(id) && !this.#heldNowhere.has(id);
  }

  override get size(): number {
    return super.size + this.#unread.size;
  }

  override has(id: string): boolean {
    return super.has(id) || this.#unread.has(id);
  }

  override get(id: string): Instance | undefined {
    return super.get(id) ?? this.#read(id);
  }

  holderOf(id: string): string | undefined {
    return holderIn(this.get(id));
  }

  override set(id: string, instance: Instance): this {
    this.#unread.delete(id);
    return super.set(id, instance);
  }

  override delete(id: string): boolean {
    const wasUnread = this.#unread.delete(id);
    return super.delete(id) || wasUnread;
  }

  override clear(): void {
    this.#unread.clear();
    super.clear();
  }

  /** Reads none. */
  override *keys(): MapIterator<string> {
    yield* super.keys();
    yield* this.#unread.keys();
  }

  override values(): MapIterator<Instance> {
    this.#readAll();
    return super.values();
  }

  override entries(): MapIterator<[string, Instance]> {
    this.#readAll();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[string, Instance]> {
    return this.entries();
  }

  override forEach(look: (instance: Instance, id: string, instances: Map<string, Instance>) => void): void {
    this.#readAll();
    super.forEach(look);
  }

  #read(id: string): Instance | undefined {
    const text = this.#unread.get(id);
    if (text === undefined) {
      return undefined;
    }
    const instance: Instance = JSON.parse(text);
    this.#unread.delete(id);
    super.set(id, instance);
    return instance;
  }

  #readAll(): void {
    for (const id of this.#unread.keys()) {
      this.#read(id);
    }
  }
}
