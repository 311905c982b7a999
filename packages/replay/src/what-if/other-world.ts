import type { Divergence, WhatIfQuery } from '@fleetbook/contracts';
import {
  apply,
  type BatchPart,
  type Command,
  type CommandMessage,
  type DecidedEvent,
  type Decision,
  dueDecisions,
  type Ledger,
  type LedgerEvent,
  policiesOf,
} from '@fleetbook/domain';
import { earlierUse } from '@fleetbook/tracker/rules';
import { isRecordedAs, judgeOn, messageOf } from '../explain/judge-again.ts';
import { hashed, isRemembered } from './earlier-decisions.ts';

/** Claims that expired and moves that were confirmed by time, as recorded: there the record says when. */
export interface TimedByRecord {
  readonly claims: ReadonlySet<string>;
  readonly moves: ReadonlySet<string>;
}

export type OtherPolicies = NonNullable<WhatIfQuery['policies']>;

export interface OtherWorldOptions {
  readonly timed: TimedByRecord;
  /** In force whatever the cell is configured with. */
  readonly policies: OtherPolicies | undefined;
  /** Of divergences that are told. */
  readonly limit: number;
}

/**
 * A ledger in which recorded commands are decided again on whatever state it has come to. Events take the numbers and
 * times of those that they stand for, so that what comes out the same is the same to the last digit.
 */
export class OtherWorld {
  readonly ledger: Ledger;
  readonly divergences: Divergence[] = [];
  diverged = 0;
  decisions = 0;
  readonly #options: OtherWorldOptions;
  /** The record says when moves were confirmed by another window than the one here. */
  readonly #isOtherWindow: boolean;
  /** Instances with which something else has happened here than is recorded. */
  readonly #others = new Set<string>();
  /** Events of a command that nobody sent. */
  #inserted: readonly LedgerEvent[] = [];
  #electedAt = 0;

  constructor(ledger: Ledger, options: OtherWorldOptions) {
    this.ledger = ledger;
    this.#options = options;
    const windowMs = options.policies?.autoConfirmAfterMs;
    this.#isOtherWindow = windowMs !== undefined && windowMs !== ledger.cell?.policies.autoConfirmAfterMs;
    this.#setPolicies();
  }

  /** Leaves out what is recorded. */
  drop(events: readonly LedgerEvent[]): void {
    this.#setApart(events[0]?.command);
  }

  /** Decides what a recorded decision comes to here. What it names has to be in the ledger, as far as it ever was. */
  take(events: readonly LedgerEvent[]): void {
    const [first] = events;
    if (first === undefined) {
      return;
    }
    this.#passTime(first);
    const message = messageOf(first);
    if (message === undefined) {
      this.#takeOwn(first, events);
      return;
    }
    this.decisions += 1;
    const use = this.#useOfInserted(message, first.at);
    if (use !== undefined) {
      this.#setApart(message.command);
      this.#note(first, events, use);
      return;
    }
    const decision = judgeOn(this.ledger, message, first.number - 1, first.at);
    if (isRecordedAs(decision, events)) {
      this.#apply(events);
      return;
    }
    this.#note(first, events, insteadOf(decision));
    this.#put(message, decision, first.number, first.at);
  }

  /** Applies what an added message was decided to, with these as number and time of its first event. */
  insert(message: CommandMessage, decision: Decision, number: number, at: number): void {
    this.#inserted = this.#put(message, decision, number, at);
  }

  #put(message: CommandMessage, decision: Decision, number: number, at: number): readonly LedgerEvent[] {
    this.#setApart(message.command);
    const events = decision.kind === 'accepted' ? placed(message, decision.events, number, at) : [];
    this.#apply(events);
    return events;
  }

  /** What a command is answered with that has an id of the one that was added. */
  #useOfInserted(message: CommandMessage, at: number): Divergence['instead'] | undefined {
    const [first, ...rest] = this.#inserted;
    if (first === undefined || !isRemembered(first, policiesOf(this.ledger), at)) {
      return undefined;
    }
    const details = { commandId: message.commandId };
    switch (earlierUse(message, [hashed(first), ...rest])) {
      case 'repeated':
        return { outcome: 'unchanged' };
      case 'reused':
        return { outcome: 'refused', code: 'COMMAND_ID_REUSED', details };
      case 'taken':
        return { outcome: 'refused', code: 'CLAIM_ID_TAKEN', details };
      default:
        return undefined;
    }
  }

  /** What falls due here, but not in what is recorded, happens when the next decision is made. */
  #passTime(next: LedgerEvent): void {
    const { number, at } = next;
    for (const decided of dueDecisions(this.ledger, at, this.#electedAt)) {
      if (!this.#isTimedByRecord(decided) && !isSameConfirmation(decided, next)) {
        const envelope = { number: number - 1, at, commandId: 'due', index: 0, count: 1 };
        this.#apply([{ ...envelope, actor: { role: 'system', id: 'what-if' }, ...decided }]);
      }
    }
  }

  /** With whatever is as it is recorded, time does what the record says, and when it says so. */
  #isTimedByRecord(decided: DecidedEvent): boolean {
    switch (decided.type) {
      case 'ClaimExpired':
        return this.#options.timed.claims.has(decided.data.claimId) || !this.#others.has(decided.data.instance);
      case 'MoveAutoConfirmed':
        return (
          !this.#isOtherWindow &&
          (this.#options.timed.moves.has(decided.data.moveId) || !this.#others.has(decided.data.instance))
        );
      default:
        return true;
    }
  }

  #setApart(command: Command | BatchPart | undefined): void {
    if (command?.type === 'AtomicBatch') {
      command.commands.forEach((part) => void this.#setApart(part));
    } else if (command !== undefined && 'instance' in command) {
      this.#others.add(command.instance);
    }
  }

  /** What the writer decided by itself happens here where there is still something that it happens to. */
  #takeOwn(first: LedgerEvent, events: readonly LedgerEvent[]): void {
    if (first.type === 'WriterElected') {
      this.#electedAt = first.at;
    }
    if (this.#canHappen(first)) {
      this.#apply(events);
      this.#setPolicies();
    } else {
      this.#note(first, events, { outcome: 'none' });
    }
  }

  #canHappen(event: LedgerEvent): boolean {
    if (event.type === 'ClaimExpired') {
      const instance = this.ledger.instances.get(event.data.instance);
      const { claim } = instance?.status === 'held' ? instance : {};
      return claim?.claimId === event.data.claimId && claim.status === 'unconfirmed';
    }
    if (event.type === 'MoveAutoConfirmed' && this.#isOtherWindow) {
      const due = dueDecisions(this.ledger, event.at, this.#electedAt);
      return due.some((decided) => isSameConfirmation(decided, event));
    }
    if (event.type === 'MoveAutoConfirmed') {
      const move = this.ledger.moves.get(event.data.moveId);
      return move?.state === 'finished' && !move.isError;
    }
    return event.type !== 'InventoryStale' || this.ledger.nodes.has(event.data.node);
  }

  #setPolicies(): void {
    const { cell } = this.ledger;
    const { policies } = this.#options;
    if (cell !== undefined && policies !== undefined) {
      this.ledger.cell = { ...cell, policies: { ...cell.policies, ...policies } };
    }
  }

  #apply(events: readonly LedgerEvent[]): void {
    for (const event of events) {
      apply(this.ledger, event);
    }
  }

  #note(first: LedgerEvent, events: readonly LedgerEvent[], instead: Divergence['instead']): void {
    this.diverged += 1;
    if (this.divergences.length < this.#options.limit) {
      const { number, at, commandId, command } = first;
      const code = first.type === 'CommandRejected' ? { code: first.data.code } : {};
      this.divergences.push({
        ...{ number, at, commandId },
        ...(command === undefined ? {} : { command: command.type }),
        recorded: { types: events.map(({ type }) => type), ...code },
        instead,
      });
    }
  }
}

function isSameConfirmation(decided: DecidedEvent, event: LedgerEvent): boolean {
  return (
    decided.type === 'MoveAutoConfirmed' &&
    event.type === 'MoveAutoConfirmed' &&
    decided.data.moveId === event.data.moveId
  );
}

function insteadOf(decision: Decision): Divergence['instead'] {
  switch (decision.kind) {
    case 'accepted':
      return { outcome: 'accepted', types: decision.events.map(({ type }) => type) };
    case 'rejected':
      return { outcome: 'refused', ...decision.rejection };
    case 'unchanged':
      return { outcome: 'unchanged' };
  }
}

function placed(
  { command, issuedAt, commandId, actor }: CommandMessage,
  decided: readonly DecidedEvent[],
  number: number,
  at: number,
): readonly LedgerEvent[] {
  return decided.map((event, index): LedgerEvent => {
    const envelope = { number: number + index, at, commandId, index, count: decided.length, actor };
    return index === 0 ? { ...envelope, command, issuedAt, ...event } : { ...envelope, ...event };
  });
}
