import type { Instance, LedgerEvent, Move } from '@fleetbook/domain';
import {
  asPosition,
  type Bookmark,
  type Commit,
  type Position,
  readChainedEvents,
  verifyChain,
  verifyCommit,
} from '@fleetbook/event-log';
import { type BlockReader, lastPlace, type Section } from './blocks.ts';
import type { ClassRange } from './class-sums.ts';
import type { FinishedRow } from './open-segment.ts';
import { findIn, hashIn } from './positions.ts';
import type { Recent } from './recent.ts';
import type { Directory, PositionSection, RowSection, Seal } from './seal.ts';
import type { Segment } from './segment.ts';
import { type RestoredState, restoreState } from './state.ts';
import { nodeOfInstanceLine } from './stored-instances.ts';
import { nodeOfNodeLine } from './stored-nodes.ts';
import type { Touch } from './touches.ts';

/** What segments on disk keep in memory of what they read. */
export interface SegmentCaches {
  readonly directories: Recent<Directory>;
  readonly positions: Recent<Buffer>;
}

/** Parsed, a directory takes about so many times its text. */
const PARSED_SIZE = 4;

/** A segment on disk. What is read of it is checked against its seal; methods throw IndexError where it differs. */
export class SealedSegment implements Segment {
  readonly seal: Seal;
  readonly #reader: BlockReader;
  readonly #caches: SegmentCaches;

  constructor(seal: Seal, reader: BlockReader, caches: SegmentCaches) {
    this.seal = seal;
    this.#reader = reader;
    this.#caches = caches;
  }

  get after(): Bookmark {
    return this.seal.after;
  }

  get end(): Bookmark {
    return this.seal.end;
  }

  get hasEvents(): boolean {
    return this.seal.commits > 0;
  }

  get classes(): readonly ClassRange[] {
    return this.seal.classes;
  }

  get firstAt(): number {
    return this.seal.firstAt;
  }

  get lastAt(): number {
    return this.seal.lastAt;
  }

  async concerning(key: string): Promise<readonly number[]> {
    return this.#find((await this.#directory()).entities, key);
  }

  async ofCommand(id: string): Promise<readonly number[]> {
    return this.#find((await this.#directory()).commands, id);
  }

  async *commits(): AsyncGenerator<readonly Commit[]> {
    let after = this.seal.after;
    for await (const block of this.#reader.blocks((await this.#directory()).commits)) {
      const batch = commitsIn(block, after);
      after = batch.at(-1)?.bookmark ?? after;
      yield batch;
    }
  }

  async events(numbers: readonly number[]): Promise<readonly LedgerEvent[]> {
    const wanted = new Set(numbers);
    const { blocks } = (await this.#directory()).commits;
    const places = new Set(numbers.map((number) => lastPlace(blocks, ({ after }) => after.number < number)));
    const chosen = Array.from(places).flatMap((place) => blocks[place] ?? []);
    const found: LedgerEvent[] = [];
    let read = 0;
    for await (const bytes of this.#reader.blocks({ blocks: chosen })) {
      const after = chosen[read]?.after ?? this.after;
      found.push(...eventsIn(bytes, after, (number) => wanted.has(number)));
      read += 1;
    }
    return found;
  }

  async lastEventUntil(at: number): Promise<LedgerEvent | undefined> {
    const { blocks } = (await this.#directory()).commits;
    const block = blocks[lastPlace(blocks, ({ firstAt }) => firstAt <= at)];
    const events = block === undefined ? [] : eventsIn(await this.#reader.bytes(block), block.after, () => true);
    return events.findLast((event) => event.at <= at);
  }

  async touches(numbers: readonly number[]): Promise<ReadonlyMap<number, Touch>> {
    const first = this.after.number + 1;
    const lines = await this.#reader.linesAt(
      (await this.#directory()).touches,
      numbers.map((number) => number - first),
    );
    const parse = (line: string): Touch => JSON.parse(line);
    return new Map(Array.from(lines, ([place, line]) => [place + first, parse(line)]));
  }

  async ended(): Promise<readonly FinishedRow<Instance>[]> {
    return this.#rows<Instance>((await this.#directory()).ended);
  }

  async closed(): Promise<readonly FinishedRow<Move>[]> {
    return this.#rows<Move>((await this.#directory()).closed);
  }

  /** The state at its end, made anew for each caller. */
  async state(): Promise<RestoredState> {
    const { state, nodes, instances } = await this.#directory();
    const apart = { nodes: await this.#reader.texts(nodes), instances: await this.#reader.texts(instances) };
    return restoreState(await this.#allLines(state), apart);
  }

  /** The same of these nodes alone, with what they hold; and of the moves all of them. */
  async stateOf(ids: ReadonlySet<string>): Promise<RestoredState> {
    const { state, nodes, instances } = await this.#directory();
    const apart = {
      nodes: await this.#linesOf(nodes, ids, nodeOfNodeLine),
      instances: await this.#linesOf(instances, ids, nodeOfInstanceLine),
    };
    return restoreState(await this.#allLines(state), apart);
  }

  async #linesOf(
    { blocks }: RowSection,
    nodes: ReadonlySet<string>,
    nodeOf: (line: string) => string,
  ): Promise<readonly string[]> {
    const places = new Set<number>();
    for (const node of nodes) {
      // What a node holds may begin in the block before the first that begins with it.
      const first = lastPlace(blocks, ({ firstNode }) => firstNode < node);
      const last = lastPlace(blocks, ({ firstNode }) => firstNode <= node);
      for (let place = Math.max(0, first); place <= last; place += 1) {
        places.add(place);
      }
    }
    const chosen = blocks.filter((_block, place) => places.has(place));
    const texts = await this.#reader.texts({ blocks: chosen });
    return texts.flatMap((text) => {
      const lines = text.split('\n').filter((line) => nodes.has(nodeOf(line)));
      return lines.length === 0 ? [] : [lines.join('\n')];
    });
  }

  async #rows<Entry>(section: Section): Promise<readonly FinishedRow<Entry>[]> {
    const parse = (line: string): FinishedRow<Entry> => JSON.parse(line);
    return (await this.#allLines(section)).map(parse);
  }

  async #allLines(section: Section): Promise<readonly string[]> {
    const lines: string[] = [];
    for await (const some of this.#reader.lines(section)) {
      for (const line of some) {
        lines.push(line);
      }
    }
    return lines;
  }

  #directory(): Promise<Directory> {
    const { directory } = this.seal;
    return this.#caches.directories.get(String(this.end.number), directory.rawLength * PARSED_SIZE, async () =>
      JSON.parse((await this.#reader.bytes(directory)).toString('utf8')),
    );
  }

  async #find({ blocks }: PositionSection, key: string): Promise<readonly number[]> {
    const hash = hashIn(this.after.hash, key);
    const block = blocks[lastPlace(blocks, ({ firstHash }) => firstHash <= hash)];
    if (block === undefined) {
      return [];
    }
    const chunk = await this.#caches.positions.get(`${this.end.number} ${block.offset}`, block.rawLength, () =>
      this.#reader.bytes(block),
    );
    return findIn(chunk, hash, this.after.number + 1);
  }
}

interface StoredCommit {
  readonly position: Position;
  readonly stored: Buffer;
}

const TAB = 9;
const NEWLINE = 10;

/** The lines of a block of commits. */
function* storedIn(block: Buffer): Generator<StoredCommit> {
  for (let start = 0; start < block.length; ) {
    const tab = block.indexOf(TAB, start);
    const newline = block.indexOf(NEWLINE, tab);
    const end = newline === -1 ? block.length : newline;
    const position = asPosition(Number(block.toString('latin1', start, tab)));
    yield { position, stored: block.subarray(tab + 1, end) };
    start = end + 1;
  }
}

function commitsIn(block: Buffer, after: Bookmark): readonly Commit[] {
  let bookmark = after;
  return Array.from(storedIn(block), ({ position, stored }) => {
    const commit = verifyCommit(stored, bookmark, position);
    bookmark = commit.bookmark;
    return commit;
  });
}

/** Every byte is checked, and only what is wanted is parsed. */
function eventsIn(block: Buffer, after: Bookmark, isWanted: (number: number) => boolean): readonly LedgerEvent[] {
  const events: LedgerEvent[] = [];
  let before = after;
  for (const { position, stored } of storedIn(block)) {
    const { bookmark } = verifyChain(stored, before, position);
    events.push(...readChainedEvents(stored, before, bookmark, isWanted));
    before = bookmark;
  }
  return events;
}
