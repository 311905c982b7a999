import { basename, dirname, join } from 'node:path';
import type { FileSystem, OpenFile } from '@fleetbook/operations';
import type { SimulatedProcess } from './process.ts';
import type { Chance } from './random.ts';

/** A file's contents: what programs see, and what a power cut leaves of it. */
interface Content {
  seen: Uint8Array;
  synced: Uint8Array | undefined;
}

type DiskTrouble = 'full' | 'sync-fails';

/** The disk of one machine, with its page cache: it survives processes, and of a power cut what was synced. */
export class MachineDisk {
  trouble: DiskTrouble | undefined;
  readonly #chance: Chance;
  #names = new Map<string, Content>();
  #syncedNames = new Map<string, Content>();
  /** What was renamed first to each path. */
  readonly #first = new Map<string, Uint8Array>();

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** The file system as one process uses it. */
  filesOf(process: SimulatedProcess): FileSystem {
    const act = <Value>(label: string, effect: () => Value): Promise<Value> =>
      new Promise((resolve, reject) => {
        if (process.mayAct()) {
          process.schedule(this.#chance.next() * 3, `disk ${label}`, () => settle(effect, resolve, reject));
        }
      });
    return {
      readFile: (path) => act('read', () => this.#require(path).seen),
      open: (path, flags) => act('open', () => this.#open(path, flags, act)),
      rename: (from, to) => act('rename', () => this.#rename(from, to)),
      remove: (path) => act('remove', () => void this.#names.delete(path)),
      makeDirectory: () => act('make directory', () => undefined),
      listFiles: (directory) =>
        act('list', () =>
          [...this.#names.keys()]
            .filter((path) => dirname(path) === directory)
            .map((path) => path.slice(join(directory, '/').length)),
        ),
    };
  }

  /** Whether programs see a file of that name. */
  holds(name: string): boolean {
    return [...this.#names.keys()].some((path) => basename(path) === name);
  }

  /** What was not synced is lost, torn, or by luck still there. */
  cutPower(): void {
    const kept = new Map(this.#syncedNames);
    for (const path of new Set([...this.#names.keys(), ...this.#syncedNames.keys()])) {
      if (this.#chance.happens(0.5)) {
        const content = this.#names.get(path);
        if (content === undefined) {
          kept.delete(path);
        } else {
          kept.set(path, content);
        }
      }
    }
    for (const content of kept.values()) {
      if (content.synced !== content.seen) {
        content.seen = this.#whatIsLeft(content);
        content.synced = content.seen;
      }
    }
    this.#names = kept;
    this.#syncedNames = new Map(kept);
  }

  /** Inverts one bit of some file; false when there is none. */
  flipBit(): boolean {
    const contents = [...this.#names.values()].filter(({ seen }) => seen.length > 0);
    if (contents.length === 0) {
      return false;
    }
    const content = this.#chance.pick(contents);
    const bytes = Buffer.from(content.seen);
    const place = this.#chance.integer(0, bytes.length - 1);
    bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << this.#chance.integer(0, 7)), place);
    content.seen = bytes;
    content.synced = bytes;
    return true;
  }

  /** Puts back the first file ever put in place under a name that begins so, and no other; false when there is none. */
  restoreFirst(beginning: string): boolean {
    const isMeant = (path: string): boolean => basename(path).startsWith(beginning);
    const found = [...this.#first].find(([path]) => isMeant(path));
    if (found === undefined) {
      return false;
    }
    for (const path of [...this.#names.keys(), ...this.#syncedNames.keys()].filter(isMeant)) {
      this.#names.delete(path);
      this.#syncedNames.delete(path);
    }
    const [path, bytes] = found;
    const content = { seen: bytes, synced: bytes };
    this.#names.set(path, content);
    this.#syncedNames.set(path, content);
    return true;
  }

  #whatIsLeft({ seen, synced }: Content): Uint8Array {
    const old = synced ?? new Uint8Array();
    switch (this.#chance.integer(0, 2)) {
      case 0:
        return old;
      case 1: {
        const written = this.#chance.integer(0, seen.length);
        return Buffer.concat([seen.subarray(0, written), old.subarray(written)]);
      }
      default:
        return seen;
    }
  }

  #open(path: string, flags: 'r' | 'r+' | 'w' | 'a', act: Act): OpenFile {
    if (flags === 'r') {
      return {
        writeFile: () => act('write', () => failWith('EBADF')),
        truncate: () => act('truncate', () => failWith('EINVAL')),
        sync: () => act('sync directory', () => this.#syncDirectory(path)),
        close: () => act('close', () => undefined),
      };
    }
    const content = flags === 'w' ? this.#emptied(path) : this.#require(path);
    let place = 0;
    const write = (bytes: Uint8Array): void => {
      const start = flags === 'a' ? content.seen.length : place;
      place = start + bytes.length;
      this.#write(content, bytes, start);
    };
    return {
      writeFile: (bytes) => act('write', () => write(bytes)),
      truncate: (length) =>
        act('truncate', () => {
          content.seen = content.seen.subarray(0, length);
        }),
      sync: () => act('sync', () => this.#sync(content)),
      close: () => act('close', () => undefined),
    };
  }

  #emptied(path: string): Content {
    const content: Content = this.#names.get(path) ?? { seen: new Uint8Array(), synced: undefined };
    content.seen = new Uint8Array();
    this.#names.set(path, content);
    return content;
  }

  /** Over what is there, or behind it; a full disk has no room for more than that. */
  #write(content: Content, bytes: Uint8Array, place: number): void {
    const { seen } = content;
    const isFull = this.trouble === 'full' && place + bytes.length > seen.length;
    const written = isFull ? bytes.subarray(0, bytes.length >> 1) : bytes;
    content.seen = Buffer.concat([seen.subarray(0, place), written, seen.subarray(place + written.length)]);
    if (isFull) {
      failWith('ENOSPC');
    }
  }

  #sync(content: Content): void {
    if (this.trouble === 'sync-fails') {
      failWith('EIO');
    }
    content.synced = content.seen;
  }

  #syncDirectory(directory: string): void {
    if (this.trouble === 'sync-fails') {
      failWith('EIO');
    }
    for (const path of new Set([...this.#names.keys(), ...this.#syncedNames.keys()])) {
      const content = this.#names.get(path);
      if (dirname(path) === directory && content === undefined) {
        this.#syncedNames.delete(path);
      } else if (dirname(path) === directory && content !== undefined) {
        this.#syncedNames.set(path, content);
      }
    }
  }

  #rename(from: string, to: string): void {
    if (!this.#first.has(to)) {
      this.#first.set(to, this.#require(from).seen);
    }
    this.#names.set(to, this.#require(from));
    this.#names.delete(from);
  }

  #require(path: string): Content {
    return this.#names.get(path) ?? failWith('ENOENT');
  }
}

type Act = <Value>(label: string, effect: () => Value) => Promise<Value>;

function settle<Value>(effect: () => Value, resolve: (value: Value) => void, reject: (error: unknown) => void): void {
  try {
    resolve(effect());
  } catch (error) {
    reject(error);
  }
}

function failWith(code: string): never {
  throw Object.assign(new Error(`simulated ${code}`), { code });
}
