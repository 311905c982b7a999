import type { Instance, InstancePlace } from '@fleetbook/domain';

/** Between the parts of a line. No id has one. */
const SEPARATOR = '\t';

/** A line of a saved state for one instance: what the indexes have to know of it, and its record. */
export function lineOfInstance(instance: Instance, { node = '', expiry }: InstancePlace): string {
  return [instance.id, node, expiry ?? '', JSON.stringify(instance)].join(SEPARATOR);
}

/** The instances of a saved state, each of them read when somebody first asks for it. */
export class StoredInstances extends Map<string, Instance> {
  readonly #unread = new Map<string, string>();

  /** Takes a line that `lineOfInstance` made; gives its id and what the indexes have to know. */
  store(line: string): InstancePlace & { readonly id: string } {
    const idEnd = line.indexOf(SEPARATOR);
    const nodeEnd = line.indexOf(SEPARATOR, idEnd + 1);
    const expiryEnd = line.indexOf(SEPARATOR, nodeEnd + 1);
    const id = line.slice(0, idEnd);
    const node = line.slice(idEnd + 1, nodeEnd);
    const expiry = line.slice(nodeEnd + 1, expiryEnd);
    this.#unread.set(id, line.slice(expiryEnd + 1));
    return { id, node: node === '' ? undefined : node, expiry: expiry === '' ? undefined : Number(expiry) };
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

  override get(id: string): Instance | undefined {
    return super.get(id) ?? this.#read(id);
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
