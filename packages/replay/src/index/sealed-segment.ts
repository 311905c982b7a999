import type { Instance, LedgerEvent, Move } from '@fleetbook/domain';
import { asPosition, type Bookmark, type Commit, verifyCommit } from '@fleetbook/event-log';
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
    const { commits } = this.seal.sections;
    let after = this.seal.after;
    for await (const lines of this.#reader.linesFrom(commits)) {
      const batch = verifyLines(lines, after);
      after = batch.at(-1)?.bookmark ?? after;
      yield batch;
    }
  }

  async events(numbers: readonly number[]): Promise<readonly LedgerEvent[]> {
    const wanted = new Set(numbers);
    const places = new Set(numbers.map((number) => this.#blockOf(({ after }) => after.number < number)));
    const found: LedgerEvent[] = [];
    for (const place of places) {
      const commits = await this.#blockAt(place);
      found.push(...commits.flatMap(({ events }) => events.filter(({ number }) => wanted.has(number))));
    }
    return found;
  }

  async lastEventUntil(at: number): Promise<LedgerEvent | undefined> {
    const commits = await this.#blockAt(this.#blockOf(({ firstAt }) => firstAt <= at));
    return commits.flatMap(({ events }) => events).findLast((event) => event.at <= at);
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
    for await (const some of this.#reader.linesFrom(section)) {
      for (const line of some) {
        lines.push(line);
      }
    }
    return lines;
  }

  async #positions(section: Section): Promise<PositionTable> {
    return readPositions(await this.#reader.bytes(section), this.after.number + 1);
  }

  /** The commits of one block. */
  async #blockAt(place: number): Promise<readonly Commit[]> {
    const { commits } = this.seal.sections;
    const block = commits.blocks[place];
    if (block === undefined) {
      return [];
    }
    const lines = this.#reader.linesFrom({ lines: 0, blocks: [block] });
    return verifyLines((await lines.next()).value ?? [], block.after);
  }

  /** The last block for which the test still holds; it holds for none after the first for which it does not. */
  #blockOf(holds: (block: Seal['sections']['commits']['blocks'][number]) => boolean): number {
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

function verifyLines(lines: readonly string[], after: Bookmark): readonly Commit[] {
  let bookmark = after;
  return lines.map((line) => {
    const tab = line.indexOf('\t');
    const commit = verifyCommit(line.slice(tab + 1), bookmark, asPosition(Number(line.slice(0, tab))));
    bookmark = commit.bookmark;
    return commit;
  });
}
