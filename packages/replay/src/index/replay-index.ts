import { join } from 'node:path';
import type { HistoryLine } from '@fleetbook/contracts';
import { install } from '@fleetbook/domain';
import {
  type Bookmark,
  type EventLog,
  LogDamageError,
  LogUnavailableError,
  ORIGIN,
  requireMark,
} from '@fleetbook/event-log';
import type { Disk, FileParts } from '@fleetbook/operations';
import { passesMilestone } from '@fleetbook/snapshot';
import { BlockReader } from './blocks.ts';
import { IndexError } from './index-error.ts';
import { OpenSegment } from './open-segment.ts';
import { Recent } from './recent.ts';
import { dataName, dataNameOf, decodeSeal, isSealName, type Seal } from './seal.ts';
import { SealedSegment, type SegmentCaches } from './sealed-segment.ts';
import { type Segment, segmentInMemory } from './segment.ts';
import { LeanState } from './state.ts';
import { writeSegment } from './write-segment.ts';

export interface ReplayIndexOptions {
  readonly disk: Disk;
  readonly parts: FileParts;
  /** Of this index alone. What stands there may be removed at any time: it is made again from the log. */
  readonly directory: string;
  readonly cell: string;
  readonly log: EventLog;
  /** A segment is sealed, with the state at its end, where the number of events passes a multiple of this. */
  readonly segmentEvents?: number;
}

/**
 * A quarter of the distance between two milestones, so that a saved state stands at each of them. It is the longest
 * stretch to fold for any instant: a shorter one makes instants cheaper and the index larger and longer to make, for
 * each holds a whole state.
 */
const SEGMENT_EVENTS = 16_384;

const DIRECTORY_BYTES = 64 * 1024 * 1024;
const POSITION_BYTES = 128 * 1024 * 1024;

/** A log cut into segments, each with positions of what it is about and the state at its end. */
export class ReplayIndex {
  readonly #options: ReplayIndexOptions;
  readonly #segmentEvents: number;
  #sealed: SealedSegment[] = [];
  #open = new OpenSegment(ORIGIN);
  /** At the end of the open segment; undefined until something has to be folded. */
  #state: LeanState | undefined;
  readonly #bound = new Set<number>();
  #caches: SegmentCaches = emptyCaches();
  /** The segments as they were told last: a question asks for them again and again. */
  #seen: { readonly open: OpenSegment; readonly length: number; readonly segments: readonly Segment[] } | undefined;

  private constructor(options: ReplayIndexOptions) {
    this.#options = options;
    this.#segmentEvents = options.segmentEvents ?? SEGMENT_EVENTS;
  }

  /**
   * Takes up what stands in the directory as far as it is sound and the log still holds it. Throws LogDamageError when
   * the log lacks what was indexed, LogUnavailableError.
   */
  static async open(options: ReplayIndexOptions): Promise<ReplayIndex> {
    const index = new ReplayIndex(options);
    await index.#load();
    return index;
  }

  /** Where a reader of the log stands after what is indexed. */
  get end(): Bookmark {
    return this.#open.end;
  }

  /** The sealed ones and the open one, as they are now; the open one only while it holds something. */
  get segments(): readonly Segment[] {
    const { length } = this.#open.commits;
    if (length === 0) {
      return this.#sealed;
    }
    if (this.#seen?.open !== this.#open || this.#seen.length !== length) {
      this.#seen = { open: this.#open, length, segments: [...this.#sealed, segmentInMemory(this.#open)] };
    }
    return this.#seen.segments;
  }

  /** Stands for everything before the first event that is known: an incident file may begin with such a state. */
  get start(): SealedSegment | undefined {
    const [first] = this.#sealed;
    return first?.hasEvents === false ? first : undefined;
  }

  /** The newest history, and where it was forked. */
  get line(): HistoryLine {
    const { historyId = '', forks = [] } = this.#state?.ledger.cell ?? this.#sealed.at(-1)?.seal ?? {};
    return { historyId, forks };
  }

  /** The history that an event is of. */
  historyIdAt(number: number): string {
    const { historyId, forks = [] } = this.line;
    return forks.find(({ keptTo }) => number <= keptTo)?.from ?? historyId;
  }

  /**
   * Adds what the log has beyond the index, as of the call, until it is enough. Sealing takes long enough for a reading
   * to break off: it goes on as long as it gets further. Throws LogDamageError, LogUnavailableError, IndexError.
   */
  async catchUp(
    onProgress: (number: number, position: number) => void = () => undefined,
    isEnough: () => Promise<boolean> = async () => false,
  ): Promise<void> {
    for (;;) {
      const before = this.end.number;
      try {
        await againOnce(() => this.#readOn(onProgress, isEnough));
        return;
      } catch (error) {
        if (!(error instanceof LogUnavailableError) || this.end.number === before) {
          throw error;
        }
      }
    }
  }

  /** The sealed segment whose end state a fold to event `number` begins with; undefined where that is event 1. */
  baseFor(number: number): SealedSegment | undefined {
    // Of a segment that stands for its state alone, the state at its end cannot be folded.
    return this.#sealed.findLast(({ end, hasEvents }) => end.number < number || (end.number === number && !hasEvents));
  }

  /** Whether the log holds, with that hash, the commit at which the segment ends; asked once of each. */
  async requireBound({ seal }: SealedSegment): Promise<void> {
    if (!this.#bound.has(seal.end.number)) {
      if (!(await againOnce(() => holdsCommit(this.#options.log, seal)))) {
        throw new IndexError(`the log does not hold the commit that ends with event ${seal.end.number}`);
      }
      this.#bound.add(seal.end.number);
    }
  }

  /** Forgets everything, on disk too. */
  async discard(): Promise<void> {
    const { disk, directory } = this.#options;
    const listed = await disk.list(directory);
    await this.#remove(listed.ok ? listed.value : []);
    this.#reset([]);
  }

  async #readOn(
    onProgress: (number: number, position: number) => void,
    isEnough: () => Promise<boolean>,
  ): Promise<void> {
    if (await isEnough()) {
      return;
    }
    for await (const commits of this.#options.log.read(this.end)) {
      const state = await this.#stateAtEnd();
      for (const commit of commits) {
        const before = this.end.number;
        this.#open.add(commit, state);
        if (passesMilestone(before, this.end.number, this.#segmentEvents)) {
          await this.#seal(state);
        }
      }
      onProgress(this.end.number, this.end.position);
      if (await isEnough()) {
        return;
      }
    }
  }

  #reset(sealed: SealedSegment[]): void {
    this.#sealed = sealed;
    const last = sealed.at(-1);
    this.#open = new OpenSegment(last?.end ?? ORIGIN, last?.classes);
    this.#state = undefined;
    this.#bound.clear();
    this.#caches = emptyCaches();
  }

  async #load(): Promise<void> {
    const { disk, directory, cell, log } = this.#options;
    const listed = await disk.list(directory);
    const sealed: SealedSegment[] = [];
    const foreign: string[] = [];
    for (const name of listed.ok ? listed.value.filter(isSealName) : []) {
      const read = await disk.readFile(join(directory, name));
      const seal = read.ok ? decodeSeal(read.value) : undefined;
      const end = sealed.at(-1)?.end ?? ORIGIN;
      // Another version may have cut the log elsewhere.
      if (seal !== undefined && seal.cell === cell && seal.after.hash === end.hash) {
        sealed.push(this.#segmentOf(seal));
      } else {
        foreign.push(name, dataNameOf(name));
      }
    }
    const last = sealed.at(-1)?.seal;
    if (last !== undefined && !(await holdsCommit(log, last))) {
      // Evidence of loss, unless an operator has given these events up.
      await requireMark(log, { historyId: last.historyId, number: last.end.number, hash: last.end.hash });
      await this.discard();
      return;
    }
    this.#reset(sealed);
    await this.#remove(foreign);
  }

  async #remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await this.#options.disk.remove(join(this.#options.directory, name));
    }
  }

  async #stateAtEnd(): Promise<LeanState> {
    this.#state ??= await this.#restoreEnd();
    return this.#state;
  }

  async #restoreEnd(): Promise<LeanState> {
    const last = this.#sealed.at(-1);
    if (last === undefined) {
      return new LeanState();
    }
    const { ledger, header } = await last.state();
    // What is over is not in a saved state; refusals that name a closed move belong to its nodes still.
    for (const segment of this.#sealed) {
      for (const { record } of await segment.closed()) {
        install(ledger, [{ table: 'moves', key: record.id, before: undefined, after: record }]);
      }
    }
    return new LeanState(ledger, header);
  }

  #segmentOf(seal: Seal): SealedSegment {
    const { parts, directory } = this.#options;
    return new SealedSegment(
      seal,
      new BlockReader(parts, join(directory, dataName(seal.after.number + 1))),
      this.#caches,
    );
  }

  async #seal(state: LeanState): Promise<void> {
    const { disk, directory } = this.#options;
    const { end } = this.#open;
    const seal = await writeSegment(disk, directory, this.#open, state);
    this.#sealed.push(this.#segmentOf(seal));
    this.#open = new OpenSegment(end, seal.classes);
    // It was just read from there.
    this.#bound.add(end.number);
  }
}

function emptyCaches(): SegmentCaches {
  return { directories: new Recent(DIRECTORY_BYTES), positions: new Recent(POSITION_BYTES) };
}

/** A server gives up a client that was at work for seconds: its first request after that may be lost. */
async function againOnce<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LogUnavailableError)) {
      throw error;
    }
    return work();
  }
}

async function holdsCommit(log: EventLog, { previous, end }: Seal): Promise<boolean> {
  try {
    for await (const [commit] of log.read(previous)) {
      return commit?.hash === end.hash && commit.bookmark.number === end.number;
    }
    return false;
  } catch (error) {
    if (error instanceof LogDamageError) {
      return false;
    }
    throw error;
  }
}
