import { decodeStoredEvent } from '@fleetbook/contracts';
import {
  type Actor,
  apply,
  type Command,
  type CommandMessage,
  canonicalRecords,
  DEFAULT_POLICIES,
  type DecidedEvent,
  decide,
  emptyLedger,
  type LedgerEvent,
} from '@fleetbook/domain';
import { createDigest, encodeEvent, hashCommand } from '@fleetbook/event-log';
import type { Step } from './random-steps.ts';

const ORIGIN = { client: 'model', version: '1', host: 'here' };
const WRITER: Actor = { role: 'system', id: 'writer-1' };
const OPERATOR: Actor = { role: 'operator', id: 'operator-1' };
const SCHEDULER: Actor = { role: 'scheduler', id: 'scheduler-1' };
const START_AT = 1_795_000_000_000;

type Envelope = Omit<LedgerEvent, 'type' | 'schemaVersion' | 'data' | 'number' | 'at'>;

interface LiveClaim {
  readonly claimId: string;
  readonly node: string;
  readonly actor: Actor;
}

/** The product's decider and fold, over a log that is a list of stored events. */
export interface Product {
  /** As a reader gets them: encoded, parsed and checked. */
  readonly events: readonly LedgerEvent[];
  run(step: Step): void;
  records(): string[];
  digest(): string;
}

export function createProduct(): Product {
  const ledger = emptyLedger();
  const events: LedgerEvent[] = [];
  const incarnations = new Map<string, number>();
  const claims = new Map<string, LiveClaim>();
  let epoch = 0;
  let sequence = 0;
  let commandCount = 0;

  function append(envelope: Envelope, decided: DecidedEvent): void {
    const event: LedgerEvent = { number: events.length + 1, at: START_AT + events.length, ...envelope, ...decided };
    apply(ledger, event);
    const stored = decodeStoredEvent(JSON.parse(encodeEvent(event)));
    if (!stored.ok) {
      throw new Error(`event ${event.number} cannot be read again: ${stored.error.reason}`);
    }
    events.push(stored.value);
    note(event);
  }

  /** What the senders learn, so that the next step can name it. */
  function note(event: LedgerEvent): void {
    if (event.type === 'NodeRegistered' && event.command?.type === 'RegisterNode') {
      incarnations.set(event.command.node, event.data.incarnation);
    } else if (event.type === 'InstanceClaimed' && event.command?.type === 'ClaimInstance') {
      const { instance, node } = event.command;
      claims.set(instance, { claimId: event.commandId, node, actor: event.actor });
    }
  }

  function system(...decided: readonly DecidedEvent[]): void {
    commandCount += 1;
    const commandId = `commit-${commandCount}`;
    for (const [index, event] of decided.entries()) {
      append({ commandId, index, count: decided.length, actor: WRITER }, event);
    }
  }

  function ask(actor: Actor, command: Command): void {
    commandCount += 1;
    const at = START_AT + events.length;
    const message: CommandMessage = { commandId: `command-${commandCount}`, issuedAt: at, actor, command };
    const decision = decide(ledger, message, { number: events.length, at });
    if (decision.kind === 'unchanged') {
      return;
    }
    const decided = decision.kind === 'accepted' ? decision.events : [refused(decision.rejection)];
    const commandHash = hashCommand(message, JSON.stringify(command));
    for (const [index, event] of decided.entries()) {
      const first = index === 0 ? { command, commandHash, issuedAt: at } : {};
      append({ commandId: message.commandId, index, count: decided.length, actor, ...first }, event);
    }
  }

  function run(step: Step): void {
    if (step.type === 'WriterElected') {
      epoch += 1;
      system({ type: 'WriterElected', schemaVersion: 1, data: { epoch, writer: WRITER.id } });
    } else if (step.type === 'ReportInventory') {
      sequence += step.isWrong ? 0 : 1;
      const incarnation = incarnations.get(step.node) ?? 1;
      const { type, node, providers } = step;
      ask(agentOf(node), { type, origin: ORIGIN, node, incarnation, sequence, mode: 'full', providers });
    } else if (step.type === 'RegisterNode') {
      ask(agentOf(step.node), { ...step, origin: ORIGIN });
    } else if (step.type === 'ClaimInstance') {
      const { isAgent, ...command } = step;
      ask(isAgent ? agentOf(step.node) : SCHEDULER, { ...command, origin: ORIGIN });
    } else if ('instance' in step) {
      release(step);
    } else {
      ask(OPERATOR, { ...step, origin: ORIGIN });
    }
  }

  function release(step: Extract<Step, { type: 'ConfirmClaim' | 'AbortClaim' | 'DropInstance' }>): void {
    const { type, instance } = step;
    const known = claims.get(instance) ?? { claimId: 'never', node: 'n1', actor: SCHEDULER };
    const claimId = step.isWrong ? 'another' : known.claimId;
    const actor = type === 'DropInstance' ? agentOf(known.node) : known.actor;
    ask(actor, { type, origin: ORIGIN, node: known.node, instance, claimId });
  }

  system(
    { type: 'LedgerCreated', schemaVersion: 1, data: { cell: 'main', historyId: 'history-1', formatVersion: 1 } },
    { type: 'CellConfigured', schemaVersion: 1, data: { policies: DEFAULT_POLICIES } },
  );
  return {
    events,
    run,
    records: () => [...canonicalRecords(ledger)].sort(),
    digest: () => {
      const digest = createDigest();
      for (const record of canonicalRecords(ledger)) {
        digest.add(record);
      }
      return digest.hex();
    },
  };
}

function agentOf(node: string): Actor {
  return { role: 'agent', id: `agent-${node}` };
}

function refused(rejection: Extract<ReturnType<typeof decide>, { kind: 'rejected' }>['rejection']): DecidedEvent {
  return { type: 'CommandRejected', schemaVersion: 1, data: { code: rejection.code, details: rejection.details } };
}
