import { hash } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { FileParts } from '@fleetbook/operations';
import { IndexError } from './index-error.ts';

/** A compressed stretch of a segment's data file. */
export interface Block {
  /** Number of the first of its lines, counted from 0 in its section. */
  readonly firstLine: number;
  readonly offset: number;
  readonly length: number;
  /** Its bytes before they were compressed. */
  readonly rawLength: number;
  /** SHA-256 of the compressed bytes. */
  readonly sha256: string;
}

/** One after the other in a data file: each is a list of lines, or bytes. */
export interface Section {
  readonly lines: number;
  readonly blocks: readonly Block[];
}

/** The quickest level packs these texts hardly worse than the usual one. */
const PACKING = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

const LEAST_CHUNK = 1_024;

/** Read in one go: opening a file costs as much as reading some of these. */
const BLOCKS_AT_ONCE = 32;

/** Puts sections behind each other. */
export class BlockWriter {
  readonly #parts: Buffer[] = [];
  #length = 0;

  /** Lines hold no newline. A block is closed once it has as many characters. */
  addLines(lines: readonly string[], blockCharacters: number): Section {
    const blocks: Block[] = [];
    let first = 0;
    let characters = 0;
    for (const [index, line] of lines.entries()) {
      characters += line.length + 1;
      if (characters >= blockCharacters || index === lines.length - 1) {
        blocks.push(this.#add(first, Buffer.from(lines.slice(first, index + 1).join('\n'))));
        first = index + 1;
        characters = 0;
      }
    }
    return { lines: lines.length, blocks };
  }

  addBytes(bytes: Uint8Array): Block {
    return this.#add(0, bytes);
  }

  all(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #add(firstLine: number, raw: Uint8Array): Block {
    const packed = zstdCompressSync(raw, PACKING);
    const lengths = { length: packed.length, rawLength: raw.length };
    const block = { firstLine, offset: this.#length, ...lengths, sha256: hash('sha256', packed, 'hex') };
    this.#parts.push(packed);
    this.#length += packed.length;
    return block;
  }
}

/** Reads sections back; every byte is checked against what the seal says of it. Throws IndexError. */
export class BlockReader {
  readonly #parts: FileParts;
  readonly #path: string;

  constructor(parts: FileParts, path: string) {
    this.#parts = parts;
    this.#path = path;
  }

  /** The lines with these numbers, ascending, and their numbers. */
  async linesAt(section: Section, numbers: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const wanted = new Set(numbers.map((number) => blockOf(section, number)));
    const blocks = section.blocks.filter((_block, index) => wanted.has(index));
    const found = new Map<number, string>();
    const asked = new Set(numbers);
    const texts = await this.#read(blocks);
    for (const [index, { firstLine }] of blocks.entries()) {
      const lines = (texts[index] ?? Buffer.alloc(0)).toString('utf8').split('\n');
      for (const [place, line] of lines.entries()) {
        if (asked.has(firstLine + place)) {
          found.set(firstLine + place, line);
        }
      }
    }
    return found;
  }

  /** All lines, block after block. */
  async *lines(section: Section): AsyncGenerator<readonly string[]> {
    for await (const bytes of this.blocks(section)) {
      yield bytes.toString('utf8').split('\n');
    }
  }

  /** The same as bytes, with a newline between two lines. */
  async *blocks(section: Pick<Section, 'blocks'>): AsyncGenerator<Buffer> {
    for (let from = 0; from < section.blocks.length; from += BLOCKS_AT_ONCE) {
      yield* await this.#read(section.blocks.slice(from, from + BLOCKS_AT_ONCE));
    }
  }

  /** All lines as they stand in the blocks, with a newline between two of them. */
  async texts(section: Pick<Section, 'blocks'>): Promise<readonly string[]> {
    return (await this.#read(section.blocks)).map((bytes) => bytes.toString('utf8'));
  }

  async bytes(block: Block): Promise<Buffer> {
    const [bytes = Buffer.alloc(0)] = await this.#read([block]);
    return bytes;
  }

  async #read(blocks: readonly Block[]): Promise<readonly Buffer[]> {
    const read = await this.#parts.readParts(this.#path, blocks);
    if (!read.ok) {
      throw new IndexError(`${this.#path} cannot be read: ${read.error.cause.message}`);
    }
    return read.value.map((packed, index) => {
      const block = blocks[index];
      if (block === undefined || hash('sha256', packed, 'hex') !== block.sha256) {
        throw new IndexError(`${this.#path} is damaged at byte ${block?.offset}`);
      }
      // In one piece: by itself it is put together from pieces of 16 KiB, which takes longer than to unpack it.
      return zstdDecompressSync(packed, { chunkSize: Math.max(LEAST_CHUNK, block.rawLength) });
    });
  }
}

/** The place of the last block that begins at the line or before it. */
function blockOf({ blocks }: Section, line: number): number {
  return lastPlace(blocks, ({ firstLine }) => firstLine <= line);
}

/** Where the last one is for which it still holds, -1 for none: it holds for none after the first for which not. */
export function lastPlace<Each>(all: readonly Each[], holds: (each: Each) => boolean): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const each = all[middle];
    if (each !== undefined && holds(each)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}
