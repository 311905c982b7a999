import {
  type Actor,
  apply,
  type CellPolicies,
  type Command,
  DEFAULT_POLICIES,
  type DecidedEvent,
  type Decision,
  decide,
  emptyLedger,
  type Ledger,
  type LedgerEvent,
} from '@fleetbook/domain';
import { type Bookmark, type EventLog, encodeCommit, encodeEvent, hashCommand, ORIGIN } from '@fleetbook/event-log';

export interface HistoryWriterOptions {
  readonly historyId?: string;
  readonly cell?: string;
  readonly policies?: CellPolicies;
  /** Events per commit at most: 1 gives every decision a commit of its own. */
  readonly eventsPerCommit?: number;
  /** The writer that is in office first. */
  readonly writer?: string;
  /** Epoch milliseconds, never less than before. By default a clock of its own: see `pass`. */
  readonly now?: () => number;
  /** Whether `events` are remembered. Default true. */
  readonly keepsEvents?: boolean;
}

/** Writes histories into a log as a tracker would, without its waiting and answering. */
export interface HistoryWriter {
  readonly ledger: Ledger;
  readonly bookmark: Bookmark;
  /** Every event appended so far. */
  readonly events: readonly LedgerEvent[];
  /** Decides a command and queues what is to be recorded. */
  decide(actor: Actor, command: Command, commandId?: string): Decision;
  /** Queues what the writer decided by itself: each event is a decision of its own. */
  record(decided: readonly DecidedEvent[]): void;
  /** Lets time go by; besides, every event takes a millisecond. */
  pass(timeMs: number): void;
  /** The time of the next decision, epoch milliseconds. */
  now(): number;
  /** Number of the newest event, appended or queued. */
  readonly number: number;
  /** Queues an event that no decider made. */
  forge(event: DecidedEvent, command?: Command): void;
  /** Appends what is queued. */
  flush(): Promise<void>;
  /** Another writer takes office: what comes after it is of the next epoch. */
  elect(writer: string): Promise<void>;
  /** `decide` and `flush`. */
  send(actor: Actor, command: Command, commandId?: string): Promise<Decision>;
}

const START_AT = 1_700_000_000_000;

/** Founds a history and takes office. */
export async function foundHistory(log: EventLog, options: HistoryWriterOptions = {}): Promise<HistoryWriter> {
  const {
    historyId = 'history-1',
    cell = 'main',
    policies = DEFAULT_POLICIES,
    eventsPerCommit = 64,
    writer = 'test',
    keepsEvents = true,
  } = options;
  const system: Actor = { role: 'system', id: writer };
  const ledger = emptyLedger();
  const events: LedgerEvent[] = [];
  const queued: (readonly LedgerEvent[])[] = [];
  let bookmark: Bookmark = ORIGIN;
  let number = 0;
  let commits = 0;
  let commands = 0;
  let passedMs = 0;
  let epoch = 1;

  const now = options.now ?? (() => START_AT + number + passedMs);

  function place(decided: readonly DecidedEvent[], facts: Pick<LedgerEvent, 'commandId' | 'actor' | 'command'>): void {
    const at = now();
    const placed = decided.map((event, index): LedgerEvent => {
      number += 1;
      const { command, commandId, actor } = facts;
      const envelope = { number, at, commandId, index, count: decided.length, actor };
      if (index > 0 || command === undefined) {
        return { ...envelope, ...event };
      }
      const message = { commandId, issuedAt: at, actor, command };
      const commandHash = hashCommand(message, JSON.stringify(command));
      return { ...envelope, command, commandHash, issuedAt: at, ...event };
    });
    queued.push(placed);
  }

  async function append(batch: readonly LedgerEvent[], epoch: number): Promise<void> {
    commits += 1;
    const commitId = commitIdOf(commits);
    const header = { commitId, epoch, firstNumber: bookmark.number + 1, previousHash: bookmark.hash };
    const encoded = encodeCommit(
      header,
      batch.map((event) => encodeEvent(event)),
    );
    let result = await log.append(bookmark.position, encoded);
    while (result.status === 'unknown') {
      result = await log.append(bookmark.position, encoded);
    }
    if (result.status !== 'appended') {
      throw new Error(`append: ${result.status}`);
    }
    bookmark = { position: result.position, number: batch.at(-1)?.number ?? 0, hash: encoded.hash, epoch };
    if (keepsEvents) {
      events.push(...batch);
    }
  }

  async function flush(): Promise<void> {
    let batch: LedgerEvent[] = [];
    for (const decision of queued.splice(0)) {
      if (batch.length > 0 && batch.length + decision.length > eventsPerCommit) {
        await append(batch, epoch);
        batch = [];
      }
      batch.push(...decision);
    }
    if (batch.length > 0) {
      await append(batch, epoch);
    }
  }

  async function found(): Promise<void> {
    const created = { cell, historyId, formatVersion: 1 };
    const configured = { policies };
    place(
      [
        { type: 'LedgerCreated', schemaVersion: 1, data: created },
        { type: 'CellConfigured', schemaVersion: 1, data: configured },
      ],
      { commandId: commitIdOf(1), actor: system },
    );
    await append(foldAll(queued.splice(0)), 0);
    const elected: DecidedEvent = { type: 'WriterElected', schemaVersion: 1, data: { epoch: 1, writer } };
    place([elected], { commandId: commitIdOf(2), actor: system });
    await append(foldAll(queued.splice(0)), 1);
  }

  function foldAll(decisions: readonly (readonly LedgerEvent[])[]): readonly LedgerEvent[] {
    const flat = decisions.flat();
    for (const event of flat) {
      apply(ledger, event);
    }
    return flat;
  }

  function decideCommand(actor: Actor, command: Command, commandId?: string): Decision {
    commands += 1;
    const id = commandId ?? `command-${commands}`;
    const at = now();
    const decision = decide(ledger, { commandId: id, issuedAt: at, actor, command }, { number, at });
    if (decision.kind === 'accepted') {
      place(decision.events, { commandId: id, actor, command });
      foldAll(queued.slice(-1));
    } else if (decision.kind === 'rejected') {
      const { code, details } = decision.rejection;
      place([{ type: 'CommandRejected', schemaVersion: 1, data: { code, details } }], {
        commandId: id,
        actor,
        command,
      });
    }
    return decision;
  }

  await found();
  return {
    ledger,
    get bookmark() {
      return bookmark;
    },
    events,
    decide: decideCommand,
    record(decided) {
      for (const event of decided) {
        place([event], { commandId: `${event.type}.${number + 1}`, actor: system });
        foldAll(queued.slice(-1));
      }
    },
    pass(timeMs) {
      passedMs += timeMs;
    },
    now,
    get number() {
      return number;
    },
    forge(event, command) {
      commands += 1;
      const facts = { commandId: `command-${commands}`, actor: { role: 'operator', id: 'forger' } as const };
      place([event], command === undefined ? facts : { ...facts, command });
    },
    flush,
    async elect(next) {
      await flush();
      epoch += 1;
      place([{ type: 'WriterElected', schemaVersion: 1, data: { epoch, writer: next } }], {
        commandId: commitIdOf(commits + 1),
        actor: { role: 'system', id: next },
      });
      await append(foldAll(queued.splice(0)), epoch);
    },
    async send(actor, command, commandId) {
      const decision = decideCommand(actor, command, commandId);
      await flush();
      return decision;
    },
  };
}

function commitIdOf(count: number): string {
  return `00000000-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
}
