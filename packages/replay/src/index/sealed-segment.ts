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
import type { BlockReader, Section } from './blocks.ts';
import type { ClassRange } from './class-sums.ts';
import type { FinishedRow } from './open-segment.ts';
import { type PositionTable, readPositions } from './positions.ts';
import type { Seal } from './seal.ts';
import type { Segment } from './segment.ts';
import { type RestoredState, restoreState } from './state.ts';
import type { Touch } from './touches.ts';

/** A segment on disk. What is read of it is checked against its seal; methods throw IndexError where it differs. */
export class SealedSegment implements Segment {
  readonly seal: Seal;
  readonly #reader: BlockReader;
  #entities: Promise<PositionTable> | undefined;

  constructor(seal: Seal, reader: BlockReader) {
    this.seal = seal;
    this.#reader = reader;
  }

  get after(): Bookmark {
    return this.seal.after;
  }

  get end(): Bookmark {
    return this.seal.end;
  }

  get hasEvents(): boolean {
    return this.seal.sections.commits.lines > 0;
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

  /** Kept in memory once it was asked for: ten bytes for each thing that an event is about. */
  readonly entities = (): Promise<PositionTable> => {
    this.#entities ??= this.#positions(this.seal.sections.entities);
    return this.#entities;
  };

  readonly commands = (): Promise<PositionTable> => this.#positions(this.seal.sections.commands);

  async *commits(): AsyncGenerator<readonly Commit[]> {
    let after = this.seal.after;
    for await (const block of this.#reader.blocks(this.seal.sections.commits)) {
      const batch = commitsIn(block, after);
      after = batch.at(-1)?.bookmark ?? after;
      yield batch;
    }
  }

  async events(numbers: readonly number[]): Promise<readonly LedgerEvent[]> {
    const wanted = new Set(numbers);
    const places = new Set(numbers.map((number) => this.#placeOf(({ after }) => after.number < number)));
    const { blocks } = this.seal.sections.commits;
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
    const block = this.seal.sections.commits.blocks[this.#placeOf(({ firstAt }) => firstAt <= at)];
    const blocks = this.#reader.blocks({ blocks: block === undefined ? [] : [block] });
    const bytes = (await blocks.next()).value;
    const events = block === undefined || bytes === undefined ? [] : eventsIn(bytes, block.after, () => true);
    return events.findLast((event) => event.at <= at);
  }

  async touches(numbers: readonly number[]): Promise<ReadonlyMap<number, Touch>> {
    const first = this.after.number + 1;
    const lines = await this.#reader.linesAt(
      this.seal.sections.touches,
      numbers.map((number) => number - first),
    );
    const parse = (line: string): Touch => JSON.parse(line);
    return new Map(Array.from(lines, ([place, line]) => [place + first, parse(line)]));
  }

  ended(): Promise<readonly FinishedRow<Instance>[]> {
    return this.#rows<Instance>(this.seal.sections.ended);
  }

  closed(): Promise<readonly FinishedRow<Move>[]> {
    return this.#rows<Move>(this.seal.sections.closed);
  }

  /** The state at its end, made anew for each caller. */
  async state(): Promise<RestoredState> {
    const { state, nodes, instances } = this.seal.sections;
    const apart = { nodes: await this.#reader.texts(nodes), instances: await this.#reader.texts(instances) };
    return restoreState(await this.#allLines(state), apart);
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

  async #positions(section: Section): Promise<PositionTable> {
    return readPositions(await this.#reader.bytes(section), this.after.number + 1);
  }

  /** The last block for which the test still holds; it holds for none after the first for which it does not. */
  #placeOf(holds: (block: Seal['sections']['commits']['blocks'][number]) => boolean): number {
    const { blocks } = this.seal.sections.commits;
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = blocks[middle];
      if (block !== undefined && holds(block)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
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
