import type { Command, DriftKey, LedgerEvent } from '@fleetbook/domain';
import { type Column, printTable } from './table.ts';
import type { Terminal } from './terminal.ts';

const COLUMNS: readonly Column<LedgerEvent>[] = [
  { title: 'event', cell: ({ number }) => String(number), isNumeric: true },
  { title: 'time', cell: ({ at }) => new Date(at).toISOString() },
  { title: 'type', cell: ({ type }) => type },
  { title: 'by', cell: ({ actor }) => `${actor.role} ${actor.id}` },
  { title: 'about', cell: aboutEvent },
];

export function printEvents(terminal: Terminal, events: readonly LedgerEvent[]): void {
  printTable(terminal, COLUMNS, events);
}

/** One line for an event in an endless list. */
export function eventLine(event: LedgerEvent): string {
  const { number, at, actor, type } = event;
  const time = new Date(at).toISOString();
  return `${number}  ${time}  ${type.padEnd(16)}  ${actor.role} ${actor.id}  ${aboutEvent(event)}`.trimEnd();
}

/** What an event is about, in a few words. */
export function aboutEvent(event: LedgerEvent): string {
  const { command } = event;
  const subject = command === undefined ? subjectIn(event) : subjectOf(command);
  switch (event.type) {
    case 'CommandRejected':
      return `${command?.type ?? ''} ${subject}: ${event.data.code}`;
    case 'WriterElected':
      return `epoch ${event.data.epoch}, writer ${event.data.writer}`;
    case 'Checkpoint':
      return `digest ${event.data.digest} after event ${event.data.upTo}`;
    case 'LedgerCreated':
      return `cell ${event.data.cell}, history ${event.data.historyId}`;
    default:
      return subject;
  }
}

/** Names what an event is about that no command of its own tells: timers make some, and decisions have further ones. */
function subjectIn(event: LedgerEvent): string {
  switch (event.type) {
    case 'InventoryStale':
      return `${event.data.node}: ${event.data.reason}`;
    case 'ClaimExpired':
      return `${event.data.node} ${event.data.instance}`;
    case 'MoveAutoConfirmed':
      return `${event.data.instance} ${event.data.moveId}`;
    case 'GuestReportReceived':
      return event.data.node;
    case 'InboxPassed':
      return `message ${event.data.sequence}: ${event.data.outcome}`;
    case 'InboxParked':
      return `message ${event.data.sequence}: ${event.data.code}`;
    case 'InboxRetried':
    case 'InboxDiscarded':
      return `message ${event.data.sequence}`;
    case 'DriftFound':
      return subjectOfDrifts(event.data.node, event.data.found);
    case 'DriftHealed':
      return subjectOfDrifts(event.data.node, event.data.healed);
    default:
      return '';
  }
}

/** A node and the first few instances concerned. */
function subjectOfDrifts(node: string, drifts: readonly DriftKey[]): string {
  const shown = drifts.slice(0, DRIFTS_SHOWN).map(({ kind, instance }) => `${kind} ${instance}`);
  const more = drifts.length > DRIFTS_SHOWN ? [`and ${drifts.length - DRIFTS_SHOWN} more`] : [];
  return drifts.length === 0 ? node : `${node}: ${[...shown, ...more].join(', ')}`;
}

const DRIFTS_SHOWN = 3;

/** Names what a command is about: node, instance, move, as far as it has them. */
function subjectOf(command: Command): string {
  switch (command.type) {
    case 'AtomicBatch':
      return `${command.commands.length} commands`;
    case 'RevokeCheckpoint':
      return `event ${command.upTo}: ${command.reason}`;
    case 'ClaimMove':
      return `${command.kind} ${command.instance} ${command.source ?? 'shelf'} -> ${command.destination}`;
    case 'AdvanceMove':
      return `${command.instance} ${command.moveId} ${command.to}`;
    case 'ConfirmMove':
    case 'RevertMove':
    case 'FailMove':
    case 'CancelMove':
    case 'DropMoveClaim':
      return `${command.instance} ${command.moveId}`;
    default:
      return [command.node, ...('instance' in command ? [command.instance] : [])].join(' ');
  }
}
