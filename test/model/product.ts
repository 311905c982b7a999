import { decodeStoredEvent } from '@fleetbook/contracts';
import {
  apply,
  type CellPolicies,
  type CommandMessage,
  canonicalRecords,
  DEFAULT_POLICIES,
  type DecidedEvent,
  type DriftPolicy,
  decide,
  decideSilence,
  dueDecisions,
  emptyLedger,
  type Ledger,
  type LedgerEvent,
} from '@fleetbook/domain';
import { encodeEvent, hashCommand } from '@fleetbook/event-log';
import { ledgerDigest } from '@fleetbook/snapshot';
import { otherCommand, partCommand } from './instance-commands.ts';
import { nodeCommand } from './node-commands.ts';
import type { Step } from './random-steps.ts';
import { type Known, OPERATOR, ORIGIN, type Sent, WRITER } from './senders.ts';

const STEPS_BETWEEN_CHECKPOINTS = 70;

const START_AT = 1_795_000_000_000;

const POLICIES: CellPolicies = { ...DEFAULT_POLICIES, autoConfirmAfterMs: 60_000, reportIntervalMs: 180_000 };

type Envelope = Omit<LedgerEvent, 'type' | 'schemaVersion' | 'data' | 'number' | 'at'>;

/** The product's decider and fold, over a log that is a list of stored events. */
export interface Product {
  /** As a reader gets them: encoded, parsed and checked. */
  readonly events: readonly LedgerEvent[];
  run(step: Step): void;
  records(): string[];
  digest(): string;
  /** Digest of the whole history, folded once more from its first event. */
  replayed(): string;
}

export function createProduct(driftPolicy: DriftPolicy): Product {
  const ledger = emptyLedger();
  const events: LedgerEvent[] = [];
  const usedIds = new Map<string, string[]>();
  const heardAt = new Map<string, number>();
  const sent: CommandMessage[] = [];
  const recorded = new Set<string>();
  let now = START_AT;
  let electedAt = START_AT;
  let epoch = 0;
  let sequence = 0;
  let ids = 0;

  function append(envelope: Envelope, decided: DecidedEvent): void {
    const event: LedgerEvent = { number: events.length + 1, at: now, ...envelope, ...decided };
    apply(ledger, event);
    const stored = decodeStoredEvent(JSON.parse(encodeEvent(event)));
    if (!stored.ok) {
      throw new Error(`event ${event.number} ${event.type} cannot be read again: ${stored.error.reason}`);
    }
    events.push(stored.value);
  }

  function system(...decided: readonly DecidedEvent[]): void {
    ids += 1;
    for (const [index, event] of decided.entries()) {
      append({ commandId: `commit-${ids}`, index, count: decided.length, actor: WRITER }, event);
    }
  }

  /** As an operator does who gives up events behind `keptTo`. */
  function forkAfter(keptTo: number): void {
    const from = ledger.cell?.historyId ?? '';
    const data = { from, newHistoryId: `history-${events.length}`, keptTo, lostTo: keptTo + 5, reason: 'a lost disk' };
    const actor = { role: 'operator', id: 'recovery' } as const;
    ids += 1;
    append({ commandId: `fork-${ids}`, index: 0, count: 1, actor }, { type: 'HistoryForked', schemaVersion: 1, data });
  }

  function note({ actor, commandId, command }: CommandMessage): void {
    if ('instance' in command && (command.type === 'ClaimInstance' || command.type === 'ClaimMove')) {
      usedIds.set(command.instance, [...(usedIds.get(command.instance) ?? []), commandId]);
    }
    if ('node' in command && actor.role === 'agent') {
      heardAt.set(command.node, now);
    }
  }

  /** A command id that is recorded is answered from the record; nothing is decided again. */
  function ask(message: CommandMessage): void {
    if (recorded.has(message.commandId)) {
      return;
    }
    const { actor, commandId, command, issuedAt } = message;
    const decision = decide(ledger, message, { number: events.length, at: now });
    note(message);
    if (decision.kind === 'unchanged' || (decision.kind === 'rejected' && isNeverRecorded(decision.rejection.code))) {
      return;
    }
    recorded.add(commandId);
    const decided = decision.kind === 'accepted' ? decision.events : [refused(decision.rejection)];
    const commandHash = hashCommand(message, JSON.stringify(command));
    for (const [index, event] of decided.entries()) {
      const first = index === 0 ? { command, commandHash, issuedAt, ...throughInbox(ledger, ids) } : {};
      append({ commandId, index, count: decided.length, actor, ...first }, event);
    }
  }

  function send({ actor, command }: Sent): void {
    ids += 1;
    const message: CommandMessage = { commandId: `command-${ids}`, issuedAt: now, actor, command };
    sent.push(message);
    ask(message);
  }

  function again(back: number, isSameId: boolean): void {
    const message = sent.at(-1 - back);
    if (message !== undefined && isSameId) {
      ask(message);
    } else if (message !== undefined) {
      send(message);
    }
  }

  const unheardSince = (time: number): readonly string[] =>
    [...ledger.nodes.keys()].filter((node) => (heardAt.get(node) ?? START_AT) <= time);

  function pass(timeMs: number): void {
    now += timeMs;
    for (const event of dueDecisions(ledger, now, electedAt)) {
      system(event);
    }
    for (const event of decideSilence(ledger, unheardSince, now)) {
      system(event);
    }
  }

  function run(step: Step): void {
    now += 1;
    sequence += 1;
    system(...inboxEvents(ledger, sequence));
    if (sequence % STEPS_BETWEEN_CHECKPOINTS === 0) {
      const upTo = events.length;
      system({ type: 'Checkpoint', schemaVersion: 1, data: { upTo, digestVersion: 1, digest: ledgerDigest(ledger) } });
      send({ actor: OPERATOR, command: { type: 'RevokeCheckpoint', origin: ORIGIN, upTo, reason: 'doubted' } });
    }
    if (step.type === 'WriterElected') {
      epoch += 1;
      electedAt = now;
      const keptTo = events.length;
      system({ type: 'WriterElected', schemaVersion: 1, data: { epoch, writer: WRITER.id } });
      if (step.forks) {
        forkAfter(keptTo);
      }
    } else if (step.type === 'Pass') {
      pass(step.timeMs);
    } else if (step.type === 'Again') {
      again(step.back, step.isSameId);
    } else {
      send(sentBy(known(), step));
      if (step.type === 'ReportGuests') {
        auditAgain(step);
      }
    }
  }

  const known = (): Known => ({ ledger, events, usedIds, sequence: sequence + 1 });

  /** The same guests are no news: an audit after one that healed nothing appends nothing. */
  function auditAgain(step: Extract<Step, { readonly type: 'ReportGuests' }>): void {
    const { actor, command } = sentBy(known(), step);
    let isNews = true;
    while (command.type === 'ReportGuests') {
      const count = events.length;
      send({ actor, command: { ...command, takenAt: count } });
      const appended = events.slice(count).filter(({ type }) => type !== 'CommandRejected');
      if (appended.length === 0) {
        return;
      }
      if (!isNews) {
        throw new Error(`an audit without drift appends ${JSON.stringify(appended)}`);
      }
      isNews = appended.some(({ type }) => type === 'DriftHealed');
    }
  }

  system(
    { type: 'LedgerCreated', schemaVersion: 1, data: { cell: 'main', historyId: 'history-1', formatVersion: 1 } },
    { type: 'CellConfigured', schemaVersion: 1, data: { policies: { ...POLICIES, driftPolicy } } },
  );
  return {
    events,
    run,
    records: () => [...canonicalRecords(ledger)].sort(),
    digest: () => ledgerDigest(ledger),
    replayed: () => {
      const replay = emptyLedger();
      for (const event of events) {
        apply(replay, event);
      }
      return ledgerDigest(replay);
    },
  };
}

/** The command that a sender who knows this makes of a step. */
export function sentBy(known: Known, step: Exclude<Step, { readonly type: 'WriterElected' | 'Pass' | 'Again' }>): Sent {
  switch (step.type) {
    case 'ReportInstanceState':
    case 'AdoptInstance':
    case 'ForceDrop':
    case 'AtomicBatch':
      return otherCommand(known, step);
    default:
      return 'slot' in step ? partCommand(known, step) : nodeCommand(known, step);
  }
}

/** Every fifth command comes through the inbox. */
function throughInbox({ cell }: Ledger, ids: number): { readonly inboxSequence?: number } {
  return ids % 5 === 0 ? { inboxSequence: (cell?.inbox?.upTo ?? 0) + 1 } : {};
}

/** Now and then a message leaves nothing to record or is parked, or an operator settles one that was. */
function inboxEvents({ cell }: Ledger, sequence: number): readonly DecidedEvent[] {
  const { upTo, parked } = cell?.inbox ?? { upTo: 0, parked: [] };
  const settled = parked[sequence % Math.max(1, parked.length)]?.sequence;
  switch (sequence % 60) {
    case 0:
      return [{ type: 'InboxPassed', schemaVersion: 1, data: { sequence: upTo + 2, outcome: 'unchanged' } }];
    case 10:
    case 20: {
      const data = { sequence: upTo + 1, code: 'MALFORMED_JSON', reason: 'The body is not JSON.' };
      return [{ type: 'InboxParked', schemaVersion: 1, data }];
    }
    case 40:
      return settled === undefined ? [] : [{ type: 'InboxRetried', schemaVersion: 1, data: { sequence: settled } }];
    case 50:
      return settled === undefined ? [] : [{ type: 'InboxDiscarded', schemaVersion: 1, data: { sequence: settled } }];
    default:
      return [];
  }
}

const isNeverRecorded = (code: string): boolean => code === 'NOT_AUTHORISED';

function refused(rejection: Extract<ReturnType<typeof decide>, { kind: 'rejected' }>['rejection']): DecidedEvent {
  return { type: 'CommandRejected', schemaVersion: 1, data: { code: rejection.code, details: rejection.details } };
}
