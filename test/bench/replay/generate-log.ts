import { apply, DEFAULT_POLICIES, decide, emptyLedger, type LedgerEvent } from '@fleetbook/domain';
import {
  type Bookmark,
  type EncodedCommit,
  type EventLog,
  encodeCommit,
  encodeEvent,
  foundingCommit,
  hashCommand,
  MAX_EVENTS_PER_COMMIT,
  ORIGIN,
  writerCommit,
} from '@fleetbook/event-log';
import { seededRandom } from '@fleetbook/workload';
import { fleetCommands, LifeOfFleet, type Sent } from './command-stream.ts';

export interface GeneratedLog {
  readonly nodes: number;
  readonly events: number;
  readonly instancesPerNode: number;
  readonly seed: number;
}

const START_AT = 1_790_000_000_000;
const MS_PER_EVENT = 10;

/** Fills an empty log with a history of about so many events: the same for the same numbers. */
export async function generateLog(log: EventLog, wanted: GeneratedLog, onProgress: (events: number) => void) {
  const writer = new Writer(log);
  await writer.found();
  for (const sent of fleetCommands(wanted.nodes)) {
    await writer.send(sent);
  }
  const life = new LifeOfFleet(seededRandom(wanted.seed).next, wanted.nodes, wanted.instancesPerNode);
  for (let said = 0; writer.number < wanted.events; ) {
    const sent = life.next(writer.ledger);
    await writer.send(sent);
    const claimed =
      sent.command.type === 'ClaimInstance' ? life.confirm(writer.ledger, sent.command.instance) : undefined;
    if (claimed !== undefined) {
      await writer.send(claimed);
    }
    if (writer.number - said >= 100_000) {
      said = writer.number;
      onProgress(said);
    }
  }
  await writer.flush();
}

/** Decides as a tracker would, and appends commits as large as they may be. */
class Writer {
  readonly ledger = emptyLedger();
  number = 0;
  readonly #log: EventLog;
  #end: Bookmark = ORIGIN;
  #texts: string[] = [];
  #bytes = 0;
  #commands = 0;
  #commits = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  async found(): Promise<void> {
    const facts = { writer: 'bench', at: START_AT, commitId: this.#commitId() };
    const history = { cell: 'main', historyId: 'bench-history', policies: DEFAULT_POLICIES };
    const founding = foundingCommit({ ...facts, ...history });
    await this.#append(founding, 2, 0);
    for (const text of founding.eventTexts) {
      apply(this.ledger, JSON.parse(text));
    }
    const elected = { type: 'WriterElected', schemaVersion: 1, data: { epoch: 1, writer: 'bench' } } as const;
    const { commit, events } = writerCommit({ ...facts, commitId: this.#commitId(), end: this.#end, epoch: 1 }, [
      elected,
    ]);
    events.forEach((event) => void apply(this.ledger, event));
    await this.#append(commit, 1, 1);
  }

  async send({ actor, command }: Sent): Promise<void> {
    this.#commands += 1;
    const commandId = `command-${this.#commands}`;
    const at = START_AT + this.number * MS_PER_EVENT;
    const message = { commandId, issuedAt: at - 3, actor, command };
    const decision = decide(this.ledger, message, { number: this.number, at });
    if (decision.kind === 'unchanged') {
      return;
    }
    const decided =
      decision.kind === 'accepted'
        ? decision.events
        : [{ type: 'CommandRejected', schemaVersion: 1, data: decision.rejection } as const];
    const head = { command, commandHash: hashCommand(message, JSON.stringify(command)), issuedAt: message.issuedAt };
    const events = decided.map((event, index): LedgerEvent => {
      const place = { number: this.number + 1 + index, at, commandId, index, count: decided.length, actor };
      return index === 0 ? { ...place, ...head, ...event } : { ...place, ...event };
    });
    await this.#queue(events);
  }

  async flush(): Promise<void> {
    if (this.#texts.length > 0) {
      const header = {
        commitId: this.#commitId(),
        epoch: 1,
        firstNumber: this.#end.number + 1,
        previousHash: this.#end.hash,
      };
      await this.#append(encodeCommit(header, this.#texts), this.#texts.length, 1);
      this.#texts = [];
      this.#bytes = 0;
    }
  }

  async #queue(events: readonly LedgerEvent[]): Promise<void> {
    const texts = events.map((event) => encodeEvent(event));
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    if (this.#texts.length + texts.length > MAX_EVENTS_PER_COMMIT || this.#bytes + bytes > MOST_BYTES) {
      await this.flush();
    }
    events.forEach((event) => void apply(this.ledger, event));
    this.#texts.push(...texts);
    this.#bytes += bytes;
    this.number += events.length;
  }

  async #append(commit: EncodedCommit, events: number, epoch: number): Promise<void> {
    let result = await this.#log.append(this.#end.position, commit);
    // A server that is given so many commits in a row may be late once: the same bytes again tell what became of it.
    for (let again = 1; result.status === 'unknown' && again < TRIES; again += 1) {
      result = await this.#log.append(this.#end.position, commit);
    }
    if (result.status !== 'appended') {
      throw new Error(`a commit of the generated log was not appended: ${result.status}`);
    }
    const number = this.#end.number + events;
    this.#end = { position: result.position, number, hash: commit.hash, epoch };
    this.number = Math.max(this.number, number);
  }

  #commitId(): string {
    this.#commits += 1;
    return `00000000-0000-4000-8000-${this.#commits.toString(16).padStart(12, '0')}`;
  }
}

const TRIES = 5;

/** Of event texts in a commit: the rest of a commit needs some room as well. */
const MOST_BYTES = 240 * 1_024;
