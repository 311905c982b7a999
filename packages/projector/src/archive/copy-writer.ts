import { join } from 'node:path';
import { type Bookmark, type Commit, type EventLog, LogDamageError, ORIGIN } from '@fleetbook/event-log';
import type { Disk } from '@fleetbook/operations';
import { CopyError } from './copy-error.ts';
import { damaged, diskFailure, listSegments, readBytes, unreadable } from './copy-reader.ts';
import { encodeHeader, holdsCommit, numberOfSegment, readSegment, segmentName } from './segment.ts';

export interface CopyWriterOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly cell: string;
  readonly log: EventLog;
  /** Length from which on a segment is followed by another. */
  readonly segmentBytes?: number;
}

/** Copies a log into segments, on from where they end. Nothing that stands there soundly is written over. */
export interface CopyWriter {
  /** Where a reader of the log stands after the last commit that is in the copy, durably. */
  readonly bookmark: Bookmark;
  /**
   * Copies what the log has beyond the copy, as of the call. Throws CopyError, LogDamageError or LogUnavailableError;
   * after a CopyError or LogDamageError the writer is to be opened anew.
   * @param onCommits called for commits that have become durable in the copy.
   */
  copy(onCommits?: (commits: readonly Commit[]) => void): Promise<void>;
}

const SEGMENT_BYTES = 16 * 1024 * 1024;
/** Written and made durable at once. */
const CHUNK_BYTES = 1024 * 1024;
const PRIVATE = { mode: 0o600 } as const;

/** The end of what is in the files. */
interface FileEnd {
  /** The segment that is added to; undefined where there is none. */
  readonly name: string | undefined;
  readonly length: number;
  /** What the last segment begins after, and holds. */
  readonly after: Bookmark;
  readonly commits: readonly Commit[];
}

/**
 * Opens a directory for going on. An append that was cut short is cut off. Throws CopyError: DAMAGED, MISMATCH when the
 * copy is of another cell or the log does not go on where it ends, BEHIND when the log ends before it; LogDamageError,
 * LogUnavailableError.
 */
export async function openCopyWriter(options: CopyWriterOptions): Promise<CopyWriter> {
  const end = await findEnd(options);
  return new SegmentWriter(options, end, await findPlace(options.log, end));
}

class SegmentWriter implements CopyWriter {
  bookmark: Bookmark;
  readonly #options: CopyWriterOptions;
  #name: string | undefined;
  #length: number;

  constructor(options: CopyWriterOptions, { name, length }: FileEnd, bookmark: Bookmark) {
    this.#options = options;
    this.#name = name;
    this.#length = length;
    this.bookmark = bookmark;
  }

  async copy(onCommits: (commits: readonly Commit[]) => void = () => undefined): Promise<void> {
    for await (const commits of this.#options.log.read(this.bookmark)) {
      for (const chunk of chunksOf(commits)) {
        await this.#write(chunk);
        onCommits(chunk);
      }
    }
  }

  async #write(commits: readonly Commit[]): Promise<void> {
    const { disk, directory, cell, segmentBytes = SEGMENT_BYTES } = this.#options;
    const isNew = this.#name === undefined || this.#length >= segmentBytes;
    const name = isNew ? segmentName(this.bookmark.number + 1) : (this.#name ?? '');
    const header = isNew ? encodeHeader(cell, this.bookmark) : '';
    const bytes = Buffer.from(`${header}${commits.map(({ text }) => `${text}\n`).join('')}`);
    const written = await disk.append(join(directory, name), bytes, PRIVATE);
    if (!written.ok) {
      throw diskFailure(written.error);
    }
    this.#name = name;
    this.#length = (isNew ? 0 : this.#length) + bytes.length;
    this.bookmark = commits.at(-1)?.bookmark ?? this.bookmark;
  }
}

function* chunksOf(commits: readonly Commit[]): Generator<readonly Commit[]> {
  let chunk: Commit[] = [];
  let bytes = 0;
  for (const commit of commits) {
    chunk.push(commit);
    bytes += commit.text.length;
    if (bytes >= CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
  }
  if (chunk.length > 0) {
    yield chunk;
  }
}

/** The end of the files, once what an append left unfinished has been cut off. */
async function findEnd({ disk, directory, cell }: CopyWriterOptions): Promise<FileEnd> {
  const names = [...(await listSegments(disk, directory))];
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const path = join(directory, name);
    const bytes = await readBytes(disk, path);
    const segment = readSegment(bytes);
    if (segment?.rest.kind === 'damaged') {
      throw unreadable(path, segment.rest.cause, segment.end.number + 1);
    }
    if (segment !== undefined && numberOfSegment(name) !== segment.header.after.number + 1) {
      throw damaged(path, segment.header.after.number + 1, 'its name and its first event differ');
    }
    if (segment !== undefined && segment.header.cell !== cell) {
      throw new CopyError('MISMATCH', `${directory} is a copy of cell ${segment.header.cell}, not of ${cell}`);
    }
    if (segment !== undefined && segment.commits.length > 0) {
      if (segment.rest.kind === 'torn') {
        await cutOff(disk, path, segment.soundBytes);
      }
      return { name, length: segment.soundBytes, after: segment.header.after, commits: segment.commits };
    }
    if (holdsCommit(bytes)) {
      throw damaged(path, numberOfSegment(name) ?? 1, 'its first line cannot be read');
    }
    // Its first append was cut short.
    const removed = await disk.remove(path);
    if (!removed.ok) {
      throw diskFailure(removed.error);
    }
  }
  return { name: undefined, length: 0, after: ORIGIN, commits: [] };
}

async function cutOff(disk: Disk, path: string, length: number): Promise<void> {
  const cut = await disk.truncate(path, length);
  if (!cut.ok) {
    throw diskFailure(cut.error);
  }
}

/** Where a reader of the log stands at the end of the copy: the log must hold every commit of the last segment. */
async function findPlace(log: EventLog, { after, commits }: FileEnd): Promise<Bookmark> {
  if (commits.length === 0) {
    return ORIGIN;
  }
  try {
    return await walk(log, after, commits);
  } catch (error) {
    if (!(error instanceof LogDamageError)) {
      throw error;
    }
    // The log may have been put somewhere else, where the same commits have other positions.
    return walk(log, ORIGIN, commits);
  }
}

async function walk(log: EventLog, from: Bookmark, commits: readonly Commit[]): Promise<Bookmark> {
  const due = new Map(commits.map((commit) => [commit.firstNumber, commit.hash]));
  const last = commits.at(-1)?.bookmark.number ?? 0;
  const first = commits[0]?.firstNumber ?? 0;
  let end = from;
  for await (const batch of log.read(from)) {
    for (const { firstNumber, hash, bookmark } of batch) {
      if (bookmark.number >= first && due.get(firstNumber) !== hash) {
        const reason = `event ${firstNumber} of the log is not the one that was copied`;
        throw new CopyError('MISMATCH', reason, { number: firstNumber });
      }
      end = bookmark;
      if (end.number === last) {
        return end;
      }
    }
  }
  throw new CopyError('BEHIND', `the log ends with event ${end.number}, the copy with event ${last}`, { number: last });
}
