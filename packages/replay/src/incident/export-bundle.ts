import type { FleetbookError } from '@fleetbook/contracts';
import {
  type Change,
  type Instance,
  type Ledger,
  type LedgerEvent,
  type LedgerEventOf,
  type Result,
  recordDifference,
  succeed,
} from '@fleetbook/domain';
import {
  type Bookmark,
  type Commit,
  createDigest,
  type EventLog,
  encodeCommit,
  encodeEvent,
  GENESIS_HASH,
  ORIGIN,
} from '@fleetbook/event-log';
import type { Clock } from '@fleetbook/operations';
import { exchangeRecords } from '@fleetbook/snapshot';
import { messageOf, recallFor, withCommandHash } from '../explain/judge-again.ts';
import type { ReplayIndex } from '../index/replay-index.ts';
import { LeanState, type StateHeader } from '../index/state.ts';
import { Instants, type InstantsOptions } from '../past/instants.ts';
import { findBounds, withSoundIndex } from '../past/log-range.ts';
import { findBase, foldTo, type Proof } from '../past/past-view.ts';
import type { ViewOfPast } from '../past/view-of-past.ts';
import { factsOfEvents } from './bundle-facts.ts';
import { type BundlePlace, type BundleStart, encodeBundle } from './bundle-file.ts';
import { hashedTenant, keyedHash, redactTenants } from './redact.ts';

export interface ExportOptions extends InstantsOptions {
  /** Instants; whole commits that reach into the range are in the file. */
  readonly from: string;
  readonly to: string;
  /** Key of the hashes that take the place of tenants; they stay as they are without it. */
  readonly redactionKey?: string;
  /** Whether the log is that of a file in which tenants have been replaced already. */
  readonly isRedacted?: boolean;
}

export interface ExportedBundle {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  readonly commits: number;
  readonly digest: string;
  /** Absent where the file begins with the ledger. */
  readonly before?: StateBefore;
  /** Of its last commit in the log. */
  readonly position: number;
}

/** The state that a stretch of a log begins with: after which event, and what vouches for it. */
export interface StateBefore extends Pick<Proof, 'proof' | 'savedAt'> {
  readonly number: number;
}

/**
 * Makes one portable file of a range of the log, of which no more is read than leads to its end. Errors:
 * NO_SUCH_INSTANT, INVALID_FIELD. Throws LogDamageError, LogUnavailableError.
 */
export async function exportBundle(options: ExportOptions): Promise<Result<ExportedBundle, FleetbookError>> {
  return withSoundIndex(new Instants(options), async (instants) => {
    const bounds = await findBounds(instants, options);
    if (!bounds.ok) {
      return bounds;
    }
    const { index, from, to } = bounds.value;
    return succeed(await bundleOf(index, await rangeOf(index, options.log, from.number, to.number), options));
  });
}

interface Range {
  /** Before and after the commit at which the state stands; absent where the file begins with the ledger. */
  readonly start?: { readonly previous: Bookmark; readonly commit: Commit };
  /** Those of the file, without the one of the state. */
  readonly commits: readonly Commit[];
}

async function rangeOf(index: ReplayIndex, log: EventLog, from: number, to: number): Promise<Range> {
  const commits: Commit[] = [];
  // The state stands at the last commit that ends before `from`: what was earlier is not read.
  const first = Math.max(
    0,
    index.segments.findLastIndex(({ end }) => end.number < from),
  );
  const segments = index.segments.slice(first).filter(({ after }) => after.number < to);
  const isWithoutEvents = segments[0]?.hasEvents === false;
  let before = (isWithoutEvents ? segments[0]?.end : segments[0]?.after) ?? ORIGIN;
  let start = isWithoutEvents ? await startOfFile(index, log) : undefined;
  for (const segment of segments) {
    for await (const batch of segment.commits()) {
      for (const commit of batch.filter(({ firstNumber }) => firstNumber <= to)) {
        if (commit.bookmark.number < from) {
          start = { previous: before, commit };
        } else {
          commits.push(commit);
        }
        before = commit.bookmark;
      }
    }
  }
  return { commits, ...(start === undefined ? {} : { start }) };
}

/** A file that begins later than the ledger has the commit at which its state stands, and no other before it. */
async function startOfFile({ start }: ReplayIndex, log: EventLog): Promise<Range['start']> {
  const previous = start?.seal.previous;
  for await (const [commit] of previous === undefined ? [] : log.read(previous)) {
    return previous === undefined || commit === undefined ? undefined : { previous, commit };
  }
  return undefined;
}

async function bundleOf(
  index: ReplayIndex,
  { start, commits }: Range,
  { redactionKey: key, isRedacted = false, clock, cell }: ExportOptions & { readonly clock: Clock },
): Promise<ExportedBundle> {
  const end = commits.at(-1)?.bookmark ?? ORIGIN;
  const all = start === undefined ? commits : [start.commit, ...commits];
  const texts = key === undefined ? all.map(({ text }) => text) : await redactedTexts(index, all, key);
  const hashes = texts.map(hashIn);
  const state = start === undefined ? undefined : await startOf(index, start, commits, hashes[0] ?? '', key);
  const { view } = await foldTo(index, end.number);
  const digest = key === undefined ? view.digest.hex() : redactedDigest(view, key);
  const facts = {
    ...{ cell, historyId: index.historyIdAt(end.number), digest },
    ...factsOfEvents(commits, hashes.at(-1) ?? GENESIS_HASH),
    startHash: state?.end.hash ?? GENESIS_HASH,
    isRedacted: isRedacted || key !== undefined,
    createdAt: clock.now(),
  };
  const bytes = encodeBundle(facts, { commits: texts, ...(state === undefined ? {} : { start: state }) });
  const number = state?.end.number;
  const before = number === undefined ? {} : { before: { number, ...(await findBase(index, number)).proof } };
  return { bytes, from: facts.from, to: facts.to, commits: commits.length, digest, position: end.position, ...before };
}

const HASH_DIGITS = 64;

function hashIn(text: string): string {
  return text.slice(-HASH_DIGITS - 2, -2);
}

/** Other texts have other hashes: the chain is made anew, and nothing in it is of the one it was taken from. */
async function redactedTexts(index: ReplayIndex, commits: readonly Commit[], key: string): Promise<readonly string[]> {
  const texts: string[] = [];
  const first = commits[0]?.firstNumber ?? 0;
  let previousHash = redactedLink(commits[0]?.previousHash ?? GENESIS_HASH, key);
  for (const { commitId, epoch, firstNumber, events } of commits) {
    const eventTexts: string[] = [];
    for (const event of events) {
      const stated = event.type === 'Checkpoint' ? await redactedCheckpoint(index, event, key, first) : event;
      // On the hash of a command, who has the rest of it could try names of tenants.
      eventTexts.push(encodeEvent(withCommandHash(redactTenants<LedgerEvent>(stated, key))));
    }
    const encoded = encodeCommit({ commitId, epoch, firstNumber, previousHash }, eventTexts);
    previousHash = encoded.hash;
    texts.push(encoded.bytes.toString('utf8'));
  }
  return texts;
}

/** Of the commit before the file, on which tenants could be tried as well. */
function redactedLink(hash: string, key: string): string {
  return hash === GENESIS_HASH ? hash : keyedHash(hash, key);
}

/** States the digest of the inventory with other tenants. One that is wrong, or of before the file, states none. */
async function redactedCheckpoint(
  index: ReplayIndex,
  event: LedgerEventOf<'Checkpoint'>,
  key: string,
  firstNumber: number,
): Promise<LedgerEvent> {
  const { upTo, digest } = event.data;
  const view = upTo < firstNumber ? undefined : (await foldTo(index, upTo)).view;
  const isRight = view?.digest.hex() === digest;
  return {
    ...event,
    data: { ...event.data, digest: view !== undefined && isRight ? redactedDigest(view, key) : keyedHash(digest, key) },
  };
}

/** The state at the end of the commit before the file, with what is over and the file still speaks of. */
async function startOf(
  index: ReplayIndex,
  { previous, commit }: NonNullable<Range['start']>,
  commits: readonly Commit[],
  hash: string,
  key: string | undefined,
): Promise<BundleStart> {
  const { number, epoch } = commit.bookmark;
  const { view } = await foldTo(index, number);
  for (const event of commits.flatMap(({ events }) => events)) {
    const message = messageOf(event);
    if (message !== undefined) {
      await recallFor(index, view, message);
    }
  }
  const { ledger } = view;
  const state = new LeanState(ledger, { digest: view.digest.hex(), sideTenants: view.sideTenants });
  const digest = key === undefined ? state.digest() : redactedDigest(view, key);
  const over = state.prune(Array.from(ledger.instances.values(), instanceChange).concat(moveChanges(ledger)));
  const lines = Array.from(state.lines());
  return {
    previous: placeOf(key === undefined ? previous : { ...previous, hash: redactedLink(previous.hash, key) }),
    end: { number, epoch, hash },
    at: commit.events.at(-1)?.at ?? 0,
    historyId: ledger.cell?.historyId ?? '',
    forks: ledger.cell?.forks ?? [],
    digest,
    state: key === undefined ? lines : lines.map((line) => redactedLine(line, key, digest)),
    ...over,
  };
}

function placeOf({ number, hash, epoch }: Bookmark): BundlePlace {
  return { number, hash, epoch };
}

function instanceChange(instance: Instance): Change {
  return { table: 'instances', key: instance.id, before: undefined, after: instance };
}

function moveChanges({ moves }: Ledger): readonly Change[] {
  return Array.from(moves.values(), (move) => ({ table: 'moves', key: move.id, before: undefined, after: move }));
}

/** A line of a saved state; its header has the digest, and tenants of sides by their moves. */
function redactedLine(line: string, key: string, digest: string): string {
  const parsed: Partial<StateHeader> = redactTenants(JSON.parse(line), key);
  const { sideTenants } = parsed;
  return JSON.stringify(
    sideTenants === undefined
      ? parsed
      : { ...parsed, digest, sideTenants: sideTenants.map(([moveId, tenant]) => [moveId, hashedTenant(tenant, key)]) },
  );
}

/** The digest of the inventory with other tenants, worked out from what differs. */
function redactedDigest({ digest, ledger }: ViewOfPast, key: string): string {
  const sum = createDigest(digest.hex());
  for (const before of ledger.instances.values()) {
    const after = redactTenants(before, key);
    exchangeRecords(sum, recordDifference({ table: 'instances', key: before.id, before, after }));
  }
  return sum.hex();
}
