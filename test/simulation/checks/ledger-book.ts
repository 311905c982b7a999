import { createHash } from 'node:crypto';
import { decodeStoredEvent } from '@fleetbook/contracts';
import { apply, canonicalRecords, emptyLedger, type Ledger, type LedgerEvent, partId } from '@fleetbook/domain';
import { createDigest, GENESIS_HASH } from '@fleetbook/event-log';
import { foldReference, type ReferenceState, referenceDigest, referenceViolations } from '@fleetbook/reference';
import { hold, Violation } from './violation.ts';

/** A commit as the stored format describes it, read here without the product's reader. */
interface StoredCommit {
  readonly commitId: string;
  readonly epoch: number;
  readonly firstNumber: number;
  readonly previousHash: string;
  readonly events: readonly unknown[];
  readonly hash: string;
}

export interface BookedCommit {
  readonly writer: string;
  readonly hash: string;
  readonly epoch: number;
  readonly bytes: Uint8Array;
  readonly lastNumber: number;
}

/** Who states a wrong digest, where the world is to have such a writer. */
export const IMPOSTOR = 'impostor';

const HASH_SUFFIX_BYTES = ',"hash":""}'.length + 64;

/** What the log has come to hold, checked commit by commit as it is written, and what follows from it. */
export class LedgerBook {
  readonly commits: BookedCommit[] = [];
  readonly events: LedgerEvent[] = [];
  /** First event of each decision that answers a command, by sender and command id. */
  readonly decisions = new Map<string, LedgerEvent>();
  readonly ledger: Ledger = emptyLedger();
  /** Milestones for which a wrong digest was stated. */
  readonly forged = new Set<number>();
  readonly #reference: ReferenceState = foldReference([]);
  readonly #writerOfEpoch = new Map<number, string>();
  historyId = '';

  get number(): number {
    return this.events.length;
  }

  /** Takes a commit that now stands at the log's end. Throws Violation. */
  add(bytes: Uint8Array, writer: string): void {
    const commit: StoredCommit = JSON.parse(Buffer.from(bytes).toString('utf8'));
    this.#checkChain(commit, bytes);
    const events = commit.events.map((raw) => decoded(raw));
    this.#checkEpoch(commit, events, writer);
    for (const event of events) {
      this.#checkEvent(event);
      this.events.push(event);
      apply(this.ledger, event);
    }
    const { hash, epoch } = commit;
    this.commits.push({ writer, hash, epoch, bytes, lastNumber: this.number });
    foldReference(events, this.#reference);
    this.#checkCheckpoints(events);
    const [violation] = referenceViolations(this.#reference);
    hold('the ledger adds up', violation === undefined, () => violation ?? '');
  }

  /** The events of the decision that begins with this one. */
  decisionOf(first: LedgerEvent): readonly LedgerEvent[] {
    return this.events.slice(first.number - 1, first.number - 1 + first.count);
  }

  /** The digest by the product's records and by the reference, which must be equal. */
  digest(): string {
    const digest = createDigest();
    for (const record of canonicalRecords(this.ledger)) {
      digest.add(record);
    }
    const hex = digest.hex();
    hold('product and reference agree', hex === referenceDigest(this.#reference), () => `at event ${this.number}`);
    return hex;
  }

  /** Every reader stands at the end of a commit, so that one that states the digest of another place says nothing. */
  #checkCheckpoints(events: readonly LedgerEvent[]): void {
    for (const event of events) {
      if (event.type !== 'Checkpoint') {
        continue;
      }
      const { upTo, digest } = event.data;
      hold(
        'checkpoints stand where a commit ends',
        upTo < event.number && this.commits.some(({ lastNumber }) => lastNumber === upTo),
        () => `event ${event.number} is of event ${upTo}`,
      );
      if (event.actor.id === IMPOSTOR) {
        this.forged.add(upTo);
        continue;
      }
      const folded = referenceDigest(foldReference(this.events.slice(0, upTo)));
      hold(
        'checkpoints state the digest',
        folded === digest,
        () => `event ${event.number}, ${folded} at event ${upTo}`,
      );
    }
  }

  #checkChain(commit: StoredCommit, bytes: Uint8Array): void {
    const last = this.commits.at(-1);
    const computed = createHash('sha256')
      .update(bytes.subarray(0, bytes.length - HASH_SUFFIX_BYTES))
      .digest('hex');
    hold('commits are chained', commit.hash === computed, () => `commit ${commit.firstNumber} hashes to ${computed}`);
    hold(
      'commits are chained',
      commit.firstNumber === this.number + 1 && commit.previousHash === (last?.hash ?? GENESIS_HASH),
      () => `commit with event ${commit.firstNumber} was written after event ${this.number}`,
    );
  }

  #checkEpoch({ epoch, firstNumber }: StoredCommit, events: readonly LedgerEvent[], writer: string): void {
    const before = this.commits.at(-1)?.epoch ?? 0;
    const [first] = events;
    const isElection = first?.type === 'WriterElected';
    hold(
      'only the newest epoch writes',
      isElection ? epoch > before && first.data.epoch === epoch : epoch === before,
      () => `commit with event ${firstNumber} is of epoch ${epoch}, after epoch ${before}`,
    );
    const owner = this.#writerOfEpoch.get(epoch) ?? writer;
    hold(
      'one writer for an epoch',
      epoch === 0 || owner === writer,
      () => `${writer} writes in epoch ${epoch} of ${owner}`,
    );
    this.#writerOfEpoch.set(epoch, owner);
  }

  #checkEvent(event: LedgerEvent): void {
    const last = this.events.at(-1);
    hold('numbers have no gap', event.number === this.number + 1, () => `${event.number} after ${this.number}`);
    hold('time never goes back', event.at >= (last?.at ?? 0), () => `at event ${event.number}`);
    if (event.type === 'LedgerCreated') {
      this.historyId = event.data.historyId;
    }
    if (event.type === 'CommandRejected') {
      hold('a refusal changes nothing', event.count === 1, () => `event ${event.number}`);
    }
    if (event.issuedAt !== undefined) {
      for (const id of answeredIds(event)) {
        const key = keyOf(event.actor.role, event.actor.id, id);
        const earlier = this.decisions.get(key)?.number;
        hold('one outcome for a command id', earlier === undefined, () => `${key}: events ${earlier}, ${event.number}`);
        this.decisions.set(key, event);
      }
    }
  }
}

export const keyOf = (role: string, actor: string, commandId: string): string => `${role} ${actor} ${commandId}`;

/** That of the command, and those of the parts of a batch that were decided with it. */
function answeredIds(event: LedgerEvent): readonly string[] {
  const parts = event.type === 'AtomicBatchApplied' ? event.data.parts : [];
  const partIds = parts.flatMap((part, place) => (part === null ? [] : [partId(event.commandId, place)]));
  return [event.commandId, ...partIds];
}

function decoded(raw: unknown): LedgerEvent {
  const event = decodeStoredEvent(raw);
  if (event.ok) {
    return event.value;
  }
  throw new Violation('stored events can be read', event.error.reason);
}
