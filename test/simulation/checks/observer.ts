import { isDeepStrictEqual } from 'node:util';
import {
  type CommandAddress,
  errorEntry,
  formatToken,
  type HighWaterMark,
  isErrorCode,
  parseCommandSubject,
  parseToken,
} from '@fleetbook/contracts';
import { type LedgerEvent, resultOf } from '@fleetbook/domain';
import type { MemoryStore } from '@fleetbook/event-log/memory';
import type { RequestWatcher } from '../world/client-machine.ts';
import type { LogWatcher } from '../world/log-server.ts';
import type { SimulatedProcess } from '../world/process.ts';
import { type Fields, fieldsOf, textField } from './fields.ts';
import { keyOf, LedgerBook } from './ledger-book.ts';
import { hold, Violation } from './violation.ts';

/** The digest that a service stated for an event number. */
export interface Statement {
  readonly from: string;
  readonly number: number;
  readonly digest: string;
}

/** An outcome that a client was given. */
export interface Acknowledged {
  readonly key: string;
  readonly number: number;
}

/** A loss of acknowledged commits, as the world did it to the log. */
interface Loss {
  /** Events kept. */
  readonly kept: number;
  /** Processes that knew of events that are lost. */
  readonly knowers: Set<string>;
}

interface Request {
  readonly client: string;
  readonly subject: string;
  readonly atLeast: string | undefined;
  readonly commandIds: readonly string[];
  /** Events in the log when it was sent. */
  readonly endAtSend: number;
}

/** A writer also knows of reports that changed nothing: what they make stale stands nowhere in the log. */
const MAY_BE_OFF_RECORD: ReadonlySet<string> = new Set(['STALE_REPORT']);

/** Of the last event, in a heartbeat, and of the event itself on the live feed. */
const NUMBER = /"number":([0-9]+)/;

/** Sees everything written and everything said, and checks each against what had been written by then. */
export class Observer implements LogWatcher, RequestWatcher {
  book = new LedgerBook();
  readonly acknowledged: Acknowledged[] = [];
  readonly statements: Statement[] = [];
  /** The first rule that was broken. */
  violation: Violation | undefined;
  replies = 0;
  loss: Loss | undefined;
  /** Set where the world has altered bytes of the log. */
  isDamaged = false;
  /** Processes of which a record in memory was altered: until they find out, they state what they have not folded. */
  readonly altered = new Set<string>();
  readonly #store: () => MemoryStore;
  readonly #known = new Map<string, number>();
  /** Every decision there ever was under a key: more than one only where the log has lost some. */
  readonly #outcomes = new Map<string, readonly LedgerEvent[][]>();
  readonly #tokens = new Map<string, number>();
  readonly #lostHashes = new Set<string>();
  #highest = 0;

  constructor(store: () => MemoryStore) {
    this.#store = store;
  }

  onStore(writer: Pick<SimulatedProcess, 'name'>): void {
    this.#guarded(() => {
      const { commits } = this.#store();
      const missing = this.book.commits.length - commits.length;
      hold('the log keeps what is appended', missing <= 0, () => `${missing} commits are gone`);
      for (let place = this.book.commits.length; place < commits.length; place += 1) {
        const stored = commits[place];
        hold('the log keeps what is appended', stored !== undefined, () => `nothing at place ${place + 1}`);
        this.#book(stored.bytes, writer.name);
      }
    });
  }

  onRule(rule: string, found: string): void {
    this.violation ??= new Violation(rule, found);
  }

  onKnown({ name }: SimulatedProcess, { number }: { readonly number: number }): void {
    this.#known.set(name, Math.max(number, this.#known.get(name) ?? 0));
  }

  /** What is kept beside the log outlives a process: so does what it knows of a loss. */
  onMark(process: SimulatedProcess, mark: HighWaterMark | undefined): void {
    this.#known.set(process.name, mark?.number ?? 0);
    if (this.loss !== undefined && (mark?.number ?? 0) > this.loss.kept && this.#lostHashes.has(mark?.hash ?? '')) {
      this.loss.knowers.add(process.name);
    }
  }

  /** The world takes the last commits away. */
  noteLoss(keptCommits: number): void {
    const lost = this.book;
    this.book = new LedgerBook();
    for (const { bytes, writer } of lost.commits.slice(0, keptCommits)) {
      this.book.add(bytes, writer);
    }
    const kept = this.book.number;
    for (const { hash } of lost.commits.slice(keptCommits)) {
      this.#lostHashes.add(hash);
    }
    const knowers = [...this.#known].filter(([, number]) => number > kept).map(([name]) => name);
    this.loss = { kept, knowers: new Set(knowers) };
  }

  onRequest(client: string, subject: string, payload: Uint8Array): (payload: Uint8Array, from: string) => void {
    const body = fieldsOf(payload);
    const request: Request = {
      client,
      subject,
      atLeast: textField(body, 'atLeast'),
      commandIds: commandIdsOf(body),
      endAtSend: this.book.number,
    };
    return (reply, from) => {
      this.replies += 1;
      this.#guarded(() => this.#checkReply(request, fieldsOf(reply), from));
    };
  }

  onToken(client: string, token: string | undefined): void {
    const number = token === undefined ? 0 : (parseToken(token)?.number ?? 0);
    const before = this.#tokens.get(client) ?? 0;
    this.#tokens.set(client, number);
    this.#guarded(() =>
      hold('tokens never go back', number >= before, () => `${client} is at ${number} after ${before}`),
    );
  }

  /** What a service tells everybody: it must be in the log already. */
  onPublish({ name }: SimulatedProcess, subject: string, text: string): void {
    this.#guarded(() => {
      const number = Number(NUMBER.exec(text)?.[1]);
      hold(
        'nothing is published before it is durable',
        number <= this.#highest,
        () => `${name} says ${number} on ${subject} while the log ends with event ${this.#highest}`,
      );
    });
  }

  #book(bytes: Uint8Array, writer: string): void {
    const from = this.book.number;
    hold(
      'nobody writes on a log that lost what it knew',
      this.loss?.knowers.has(writer) !== true,
      () => `${writer} knew of events after ${this.loss?.kept} and wrote event ${from + 1}`,
    );
    this.book.add(bytes, writer);
    this.#highest = Math.max(this.#highest, this.book.number);
    for (const event of this.book.events.slice(from)) {
      if (event.issuedAt !== undefined) {
        const key = keyOf(event.actor.role, event.actor.id, event.commandId);
        this.#outcomes.set(key, [...(this.#outcomes.get(key) ?? []), [...this.book.decisionOf(event)]]);
      }
    }
  }

  #checkReply(request: Request, reply: Fields, from: string): void {
    const address = parseCommandSubject(request.subject);
    const outcomes = reply['outcomes'];
    if (!address.ok) {
      this.#checkAnswer(request, reply, from);
    } else if (Array.isArray(outcomes)) {
      hold('a batch has an outcome for each command', outcomes.length === request.commandIds.length, () => from);
      for (const outcome of outcomes) {
        this.#checkOutcome(request, address.value, outcome, from);
      }
    } else {
      this.#checkOutcome(request, address.value, reply, from);
      this.#checkCommand(address.value, reply, from);
    }
  }

  #checkOutcome(
    request: Request,
    sender: { readonly role: string; readonly actor: string },
    reply: Fields,
    from: string,
  ): void {
    const { outcome, commandId } = reply;
    if (outcome === 'error') {
      const code = textField(reply['error'], 'code');
      const isRecorded = code !== undefined && isErrorCode(code) && errorEntry(code).isRecorded;
      const isToBeRecorded = isRecorded && !MAY_BE_OFF_RECORD.has(code);
      hold('refusals are on record', !isToBeRecorded, () => `${from} answered ${commandId} with ${code} as an error`);
      return;
    }
    hold(
      'answers name their command',
      request.commandIds.some((id) => id === commandId),
      () => `${commandId}`,
    );
    const number = this.#numberOf(reply, from);
    const key = keyOf(sender.role, sender.actor, String(commandId));
    if (outcome === 'unchanged') {
      hold(
        'no deposed writer answers',
        number >= request.endAtSend || this.loss !== undefined,
        () =>
          `${from} judged ${key} at event ${number}, when the log ended with ${request.endAtSend} before it was sent`,
      );
      return;
    }
    this.#checkRecorded(key, number, reply, from);
    this.acknowledged.push({ key, number });
  }

  #checkRecorded(key: string, number: number, reply: Fields, from: string): void {
    const decisions = this.#outcomes.get(key) ?? [];
    hold(
      'answers come after durability',
      decisions.length > 0,
      () => `${from} answered ${key}, which is not in the log`,
    );
    hold(
      'an outcome is what was recorded',
      decisions.some((decision) => isReplyTo(decision, number, reply)),
      () => `${from} answered ${key} with ${JSON.stringify(reply)}, recorded is ${JSON.stringify(decisions)}`,
    );
  }

  /** An id belongs to one command: with the body of another it is refused. */
  #checkCommand({ role, actor, command }: CommandAddress, { outcome, commandId }: Fields, from: string): void {
    const decisions = this.#outcomes.get(keyOf(role, actor, String(commandId))) ?? [];
    const types = decisions.map(([first]) => first?.command?.type);
    hold(
      'an outcome is of the command that was sent',
      (outcome !== 'accepted' && outcome !== 'refused') || types.some((type) => type === command),
      () => `${from} answered ${command} ${commandId} with the outcome of ${types.join(' and ')}`,
    );
  }

  #checkAnswer({ client, subject, atLeast, endAtSend }: Request, reply: Fields, from: string): void {
    if (reply['outcome'] !== 'answer') {
      return;
    }
    const number = this.#numberOf(reply, from);
    const wanted = atLeast === undefined ? undefined : parseToken(atLeast)?.number;
    hold(
      'no answer is older than it must be',
      wanted === undefined || number >= wanted || this.loss !== undefined,
      () => `${from} answered ${client} at event ${number} when asked for ${wanted}`,
    );
    const answer = reply['answer'];
    const digest = textField(answer, 'digest');
    if (digest !== undefined && !this.altered.has(from)) {
      this.statements.push({ from, number, digest });
    }
    if (subject.endsWith('.writer')) {
      hold(
        'no deposed writer answers',
        number >= endAtSend || this.loss !== undefined,
        () => `${from} answered for event ${number}, when the log ended with ${endAtSend} before it was asked`,
      );
    }
  }

  #numberOf(reply: Fields, from: string): number {
    const token = parseToken(String(reply['token']));
    const { historyId } = this.book;
    hold(
      'no answer from the future',
      token !== undefined && token.historyId === historyId && token.number <= this.#highest,
      () => `${from} answered ${reply['token']} while the log ends with ${formatToken(historyId, this.#highest)}`,
    );
    return token.number;
  }

  #guarded(check: () => void): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof Violation)) {
        throw error;
      }
      this.violation ??= error;
    }
  }
}

function commandIdsOf(body: Fields): readonly string[] {
  const own = textField(body, 'commandId');
  if (own !== undefined) {
    return [own];
  }
  const commands: readonly unknown[] = Array.isArray(body['commands']) ? body['commands'] : [];
  return commands.flatMap((command) => textField(command, 'commandId') ?? []);
}

/** What a node holds is read when the answer is made; all else is as recorded. */
function isReplyTo(decision: readonly LedgerEvent[], number: number, reply: Fields): boolean {
  const [first] = decision;
  const last = decision.at(-1);
  if (first === undefined || last?.number !== number || reply['at'] !== first.at) {
    return false;
  }
  if (first.type === 'CommandRejected') {
    const { code, details } = first.data;
    const error = reply['error'];
    return reply['outcome'] === 'refused' && textField(error, 'code') === code && isSame(detailsOf(error), details);
  }
  return (
    reply['outcome'] === 'accepted' && isSame(withoutHoldings(reply['result']), withoutHoldings(resultOf(decision)))
  );
}

const isSame = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(one, JSON.parse(JSON.stringify(other ?? null)));

const detailsOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'details' in error ? error.details : undefined;

function withoutHoldings(result: unknown): unknown {
  return typeof result === 'object' && result !== null && !Array.isArray(result)
    ? Object.fromEntries(Object.entries(result).filter(([name]) => name !== 'held' && name !== 'sides'))
    : result;
}
