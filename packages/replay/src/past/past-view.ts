import type { PastFacts } from '@fleetbook/contracts';
import { type Change, install } from '@fleetbook/domain';
import { type Commit, ORIGIN } from '@fleetbook/event-log';
import { DIGEST_VERSION } from '@fleetbook/snapshot';
import { keyOf } from '../index/keys.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import type { SealedSegment } from '../index/sealed-segment.ts';
import { ViewOfPast } from './view-of-past.ts';

/** A checkpoint follows its milestone closely. */
const CHECKPOINT_WITHIN_SEGMENTS = 8;

/** What vouches for an answer. */
export type Proof = Pick<PastFacts, 'proof' | 'savedAt' | 'node'>;

/** The inventory as it was, and what vouches for it. */
export interface PastView {
  readonly view: ViewOfPast;
  readonly proof: Proof;
}

/** The saved state that a fold to event `number` begins with; none where it begins with the log. */
export async function findBase(
  index: ReplayIndex,
  number: number,
): Promise<{ readonly base: SealedSegment | undefined; readonly proof: Proof }> {
  const saved = index.baseFor(number);
  const stated = saved === undefined ? undefined : await statedAt(index, saved.end.number);
  // What disagrees with a checkpoint is not relied on, whichever of them is wrong: the log says what is right.
  if (saved === undefined || (stated !== undefined && stated !== saved.seal.digest)) {
    return { base: undefined, proof: { proof: 'log' } };
  }
  const proof = stated === undefined ? 'snapshot' : 'checkpoint';
  return { base: saved, proof: { proof, savedAt: saved.end.number } };
}

/** What vouches for an answer out of single events: what was before the first known one is in a saved state. */
export async function proofOfEvents(index: ReplayIndex): Promise<Proof> {
  return index.start === undefined ? { proof: 'log' } : (await findBase(index, index.start.end.number)).proof;
}

/**
 * Folds up to and including event `number`, the last one of a decision, from the saved state before it. Instances that
 * ended and moves that were over by then are left out: `recall` brings them back. Throws IndexError.
 */
export async function foldTo(index: ReplayIndex, number: number): Promise<PastView> {
  const { base, proof } = await findBase(index, number);
  const view = base === undefined ? new ViewOfPast() : await viewOf(index, base);
  for (const segment of index.segments) {
    if (segment.end.number > view.bookmark.number && segment.after.number < number) {
      await applyUntil(view, segment.commits(), number);
    }
  }
  return { view, proof };
}

/** The digest that the log states of the inventory after event `upTo`; undefined where it states none. */
async function statedAt(index: ReplayIndex, upTo: number): Promise<string | undefined> {
  const next = index.segments.filter(({ end }) => end.number > upTo).slice(0, CHECKPOINT_WITHIN_SEGMENTS);
  for (const segment of next) {
    const numbers = await segment.concerning(keyOf.type('Checkpoint'));
    for (const event of await segment.events(numbers)) {
      if (event.type === 'Checkpoint' && event.data.upTo === upTo && event.data.digestVersion === DIGEST_VERSION) {
        return event.data.digest;
      }
    }
  }
  return undefined;
}

/**
 * Of an instance or a move that is over: its last record comes back into the view.
 * @param since it was not over at this event; what it became is only looked for after it.
 */
export async function recall(
  index: ReplayIndex,
  view: ViewOfPast,
  table: 'instances' | 'moves',
  id: string,
  since = 0,
): Promise<void> {
  if (view.ledger[table].has(id)) {
    return;
  }
  const key = table === 'instances' ? keyOf.ended(id) : keyOf.closed(id);
  const { number: last } = view.bookmark;
  for (const segment of index.segments.filter(({ after, end }) => end.number > since && after.number < last)) {
    const numbers = (await segment.concerning(key)).filter((number) => number <= last);
    if (numbers.length > 0) {
      const changes = table === 'instances' ? endedIn(await segment.ended()) : closedIn(await segment.closed());
      install(
        view.ledger,
        changes.filter((change) => change.table !== 'cell' && change.key === id),
      );
    }
  }
}

/** All moves that were over by then. */
export async function recallMoves(index: ReplayIndex, view: ViewOfPast): Promise<void> {
  for (const segment of index.segments) {
    const closed = (await segment.closed()).filter(({ number }) => number <= view.bookmark.number);
    for (const change of closedIn(closed)) {
      if (change.table === 'moves' && !view.ledger.moves.has(change.key)) {
        install(view.ledger, [change]);
        view.moves.update(change);
      }
    }
  }
}

type Rows<Table extends 'ended' | 'closed'> = Awaited<ReturnType<SealedSegment[Table]>>;

function endedIn(rows: Rows<'ended'>): readonly Change[] {
  return rows.map(({ record }) => ({ table: 'instances', key: record.id, before: undefined, after: record }));
}

function closedIn(rows: Rows<'closed'>): readonly Change[] {
  return rows.map(({ record }) => ({ table: 'moves', key: record.id, before: undefined, after: record }));
}

async function viewOf(index: ReplayIndex, base: SealedSegment): Promise<ViewOfPast> {
  await index.requireBound(base);
  const { ledger, header } = await base.state();
  return new ViewOfPast({ ledger, header, bookmark: base.end, at: base.lastAt });
}

async function applyUntil(view: ViewOfPast, batches: AsyncIterable<readonly Commit[]>, number: number): Promise<void> {
  for await (const commits of batches) {
    for (const commit of commits) {
      if (commit.firstNumber > number) {
        return;
      }
      view.apply(commit.bookmark.number <= number ? commit : cutAfter(commit, number));
    }
  }
}

/** The decisions of a commit up to this event. */
function cutAfter(commit: Commit, number: number): Commit {
  const events = commit.events.filter((event) => event.number <= number);
  return { ...commit, events, bookmark: { ...commit.bookmark, position: ORIGIN.position, number } };
}
