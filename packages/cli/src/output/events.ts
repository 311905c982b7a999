import type { Command, LedgerEvent } from '@fleetbook/domain';
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
function aboutEvent(event: LedgerEvent): string {
  const { command } = event;
  const subject = command === undefined ? '' : subjectOf(command);
  switch (event.type) {
    case 'CommandRejected':
      return `${command?.type ?? ''} ${subject}: ${event.data.code}`;
    case 'WriterElected':
      return `epoch ${event.data.epoch}, writer ${event.data.writer}`;
    case 'LedgerCreated':
      return `cell ${event.data.cell}, history ${event.data.historyId}`;
    default:
      return subject;
  }
}

/** Names what a command is about: node, instance, move, as far as it has them. */
function subjectOf(command: Command): string {
  switch (command.type) {
    case 'AtomicBatch':
      return `${command.commands.length} commands`;
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
